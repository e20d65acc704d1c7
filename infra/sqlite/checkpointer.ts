import type { DatabaseSync } from 'node:sqlite';
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

/** A checkpoint under way ends within tens of milliseconds; on a disk that does not answer nothing is waited for. */
const STOP_MS = 5_000;

type Options = { readonly pages?: number | undefined; readonly thread?: URL };

export const createCheckpointer = (
  db: DatabaseSync,
  file: string,
  { pages = WAL_CHECKPOINT_PAGES, thread: program = new URL('./checkpoint-thread.ts', import.meta.url) }: Options = {},
): Checkpointer => {
  db.exec(`PRAGMA wal_autocheckpoint = ${String(OWN_CHECKPOINT_PAGES)}`);
  // Only counts: `log` pages stand in the WAL, `checkpointed` of them in the main file too.
  const count = db.prepare('PRAGMA wal_checkpoint(NOOP)');
  let commits = 0;
  let thread: Worker | null = null;
  const exited = Promise.withResolvers<undefined>();
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
    const started = new Worker(program, { workerData: file, env: {} });
    started.unref();
    started.on('message', () => {
      if (state === 'moving') state = 'resting';
    });
    // However it ends, SQLite's own checkpoints take over; an error is followed by the exit.
    started.on('error', () => undefined);
    started.once('exit', () => {
      [thread, state] = [null, 'stopped'];
      exited.resolve(undefined);
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
      state = 'stopped';
      const running = thread;
      if (running === null) return;
      running.ref();
      running.postMessage('stop');
      const timer = setTimeout(() => {
        void running.terminate();
        exited.resolve(undefined);
      }, STOP_MS);
      await exited.promise;
      clearTimeout(timer);
    },
  };
};
