import { join } from 'node:path';
import { Worker } from 'node:worker_threads';

export type Load = {
  readonly port: number;
  readonly path: string;
  readonly appSecret: string;
  readonly phoneNumberId: string;
  readonly connections: number;
  readonly count: number;
  /** Different people who write. */
  readonly people: number;
  /** First message's number, and the word that makes the ids of this run its own. */
  readonly from: number;
  readonly run: string;
  /** Null: as fast as answers come. */
  readonly perSecond: number | null;
};
export type LoadResult = { readonly ms: number; readonly latencies: readonly number[]; readonly refused: number };

/** Posts signed deliveries of one message each. Throws unless every one was answered 200. */
export const putLoad = async (load: Load): Promise<LoadResult> => {
  const worker = new Worker(join(import.meta.dirname, 'load-worker.ts'), { workerData: load });
  const result = await new Promise<LoadResult>((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
  await worker.terminate();
  if (result.refused > 0) throw new Error(`expected 200 for every delivery, got another answer ${String(result.refused)} times`);
  return result;
};

export const percentile = (values: readonly number[], percent: number): number => {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * percent) / 100))] ?? NaN;
};

export const summary = (values: readonly number[]): string =>
  [50, 95, 99].map((percent) => `p${String(percent)} ${percentile(values, percent).toFixed(1)} ms`).join(', ');
