import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FillProgress } from './fill.ts';
import { PROJECTING_HEAP } from './heap.ts';
import type { Built } from './rebuild.ts';

/** Each thread decodes the whole log for itself; more than four gain nothing. */
const MOST_THREADS = 4;

export type BuildMessage =
  { readonly kind: 'progress'; readonly progress: FillProgress } | { readonly kind: 'built'; readonly built: readonly Built[] };

/** Builds projections beside the live ones (`buildBeside`) over several cores. `costOf`: what a projection weighs, for fair shares. */
export type BuildAll = (
  names: readonly string[],
  signal: AbortSignal,
  onProgress: (progress: FillProgress) => void,
) => Promise<readonly Built[]>;

export const buildInThreads =
  (dataFolder: string, costOf: (name: string) => number): BuildAll =>
  async (names, signal, onProgress) => {
    const shares = fairShares(names, Math.min(availableParallelism(), MOST_THREADS), costOf);
    const progress = new Map<number, FillProgress>();
    const results = await Promise.all(
      shares.map((share, index) =>
        inThread({ dataFolder, names: share }, signal, (each) => {
          progress.set(index, each);
          if (progress.size === shares.length) onProgress(least([...progress.values()]));
        }),
      ),
    );
    const built = results.flat();
    return names.flatMap((name) => built.find((each) => each.projection === name) ?? []);
  };

/** Where nothing is known of the weights, the number of projections is shared. */
const LEAST_COST = 1;

/** The heaviest first, each to the thread that has least to do. */
export const fairShares = (names: readonly string[], threads: number, costOf: (name: string) => number): readonly (readonly string[])[] => {
  type Shares = { readonly names: string[]; cost: number }[];
  const shares: Shares = Array.from({ length: Math.min(threads, names.length) }, () => ({ names: [], cost: 0 }));
  for (const { name, cost } of names.map((name) => ({ name, cost: Math.max(LEAST_COST, costOf(name)) })).sort((a, b) => b.cost - a.cost)) {
    const lightest = shares.reduce((least, share) => (share.cost < least.cost ? share : least));
    lightest.names.push(name);
    lightest.cost += cost;
  }
  return shares.map((share) => share.names);
};

const least = (all: readonly FillProgress[]): FillProgress => all.reduce((behind, each) => (each.done < behind.done ? each : behind));

type Share = { readonly dataFolder: string; readonly names: readonly string[] };

const inThread = (share: Share, signal: AbortSignal, onProgress: (progress: FillProgress) => void): Promise<readonly Built[]> =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../compose/build-thread.ts', import.meta.url), {
      workerData: share,
      resourceLimits: PROJECTING_HEAP,
    });
    const stop = (): void => worker.postMessage('stop');
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    worker.on('message', (message: BuildMessage) => {
      if (message.kind === 'progress') onProgress(message.progress);
      else resolve(message.built);
    });
    worker.once('error', reject);
    worker.once('exit', (code) => {
      signal.removeEventListener('abort', stop);
      // After an answer this changes nothing any more.
      reject(new Error(`expected the thread that builds to answer, it ended with ${String(code)}`));
    });
  });
