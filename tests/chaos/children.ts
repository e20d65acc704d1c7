import { fork, type ForkOptions } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { Begin, FromLoad, ToLoad } from './load-protocol.ts';
import type { Counts, LoadRecord } from './record.ts';
import type { SlowDiskOptions } from './slow-disk.ts';

export type Load = {
  /** Where the Cloud API is played. */
  readonly url: string;
  readonly begin: (begin: Omit<Begin, 'kind'>) => void;
  readonly counts: () => Counts | null;
  /** Ends the making of new work; the record comes when everything was answered, or after the bound. */
  readonly drain: (withinMs: number) => Promise<LoadRecord>;
  readonly close: () => void;
};

const LOAD = join(import.meta.dirname, 'load.ts');
const SLOW_DISK = join(import.meta.dirname, 'slow-disk.ts');

/** As the program itself would be started, also from inside a test runner. */
const plain = (): ForkOptions => {
  const { NODE_OPTIONS: _left, ...env } = process.env;
  return { execArgv: [], env };
};

export const startLoad = async (): Promise<Load> => {
  const child = fork(LOAD, [], plain());
  const listening = Promise.withResolvers<string>();
  let counts: Counts | null = null;
  let onRecord = (_record: LoadRecord): void => undefined;
  let onEnd = (_error: Error): void => undefined;
  child.on('message', (message: FromLoad) => {
    if (message.kind === 'listening') listening.resolve(message.url);
    else if (message.kind === 'counts') counts = message.counts;
    else onRecord(message.record);
  });
  child.once('exit', (code) => {
    const error = new Error(`expected the load to go on, it ended with ${String(code)}`);
    listening.reject(error);
    onEnd(error);
  });
  const send = (message: ToLoad): void => void child.send(message);
  return {
    url: await listening.promise,
    begin: (begin) => send({ kind: 'begin', ...begin }),
    counts: () => counts,
    drain: (withinMs) =>
      new Promise((resolve, reject) => {
        [onRecord, onEnd] = [resolve, reject];
        send({ kind: 'drain', withinMs });
      }),
    close: () => {
      child.removeAllListeners('exit');
      child.kill('SIGKILL');
    },
  };
};

export type SlowDisk = { readonly slices: () => number; readonly close: () => Promise<void> };

export const startSlowDisk = (options: SlowDiskOptions): SlowDisk => {
  const child = fork(SLOW_DISK, [JSON.stringify(options)], plain());
  let slices = 0;
  child.on('message', (count: number) => (slices = count));
  return {
    slices: () => slices,
    close: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    },
  };
};
