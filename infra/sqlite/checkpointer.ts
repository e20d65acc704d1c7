import type { DatabaseSync } from 'node:sqlite';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { WAL_CHECKPOINT_PAGES } from './file.ts';

/** Checkpoints of one file, away from the thread that writes it. */
export type Checkpointer = {
  /** To be called after each commit, outside of a transaction. Costs microseconds every now and then. */
  readonly committed: () => void;
  readonly stop: () => Promise<void>;
};

/** The size of the WAL is asked for every so many commits; so many add hundreds of pages, thousands at the very most. */
const ASK_EVERY = 16;
/**
 * Behind that SQLite itself checkpoints in the writing thread: when the thread here is not there, or when commits follow one another so
 * closely that it never finds the WAL at rest. Nearly all pages have been moved by then, so this is short. 64 MB, as much as is kept.
 */
const OWN_CHECKPOINT_PAGES = 16_000;

export const createCheckpointer = (db: DatabaseSync, file: string, pages = WAL_CHECKPOINT_PAGES): Checkpointer => {
  db.exec(`PRAGMA wal_autocheckpoint = ${String(OWN_CHECKPOINT_PAGES)}`);
  // Only counts: `log` pages stand in the WAL, `checkpointed` of them in the main file too.
  const count = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  let commits = 0;
  let thread: Worker | null = null;
  let state: 'resting' | 'moving' | 'stopped' = 'resting';

  const toMove = (): number => {
    try {
      const counted = count.get();
      return Number(counted?.['log']) - Number(counted?.['checkpointed']);
    } catch {
      // What was committed stays committed: a disk that cannot be asked is for the next commit to meet.
      return 0;
    }
  };
  /** Started when it is first needed: most logs of tests and tools never grow so far. It needs nothing from the environment. */
  const start = (): Worker => {
    const started = new Worker(new URL('./checkpoint-thread.ts', import.meta.url), { workerData: file, env: {} });
    started.unref();
    started.on('message', () => {
      if (state === 'moving') state = 'resting';
    });
    started.on('error', () => {
      // SQLite's own checkpoints take over.
      state = 'stopped';
    });
    return started;
  };

  return {
    committed: () => {
      commits += 1;
      if (state !== 'resting' || commits % ASK_EVERY !== 0 || toMove() < pages) return;
      state = 'moving';
      thread ??= start();
      thread.postMessage('checkpoint');
    },
    stop: async () => {
      const failed = state === 'stopped';
      state = 'stopped';
      if (thread === null || failed) return;
      const ended = once(thread, 'exit');
      thread.ref();
      thread.postMessage('stop');
      await ended;
    },
  };
};
