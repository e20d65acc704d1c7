import type { DatabaseSync } from 'node:sqlite';

/** How soon events of another connection are seen. The question costs 2 µs. */
const FOREIGN_POLL_MS = 20;

export type ForeignWrites = {
  /** Watches while somebody goes through `source`. */
  readonly during: <T>(source: AsyncIterable<T>) => AsyncGenerator<T>;
  readonly stop: () => void;
};

/** `PRAGMA data_version` changes when another connection has committed, in this process or in another. Asked only while somebody follows the log. */
export const watchForeignWrites = (db: DatabaseSync, wake: () => void): ForeignWrites => {
  const version = db.prepare('PRAGMA data_version');
  const read = (): unknown => version.get()?.['data_version'];
  let last = read();
  let followers = 0;
  let timer: NodeJS.Timeout | null = null;

  const poll = () => {
    try {
      const now = read();
      if (now !== last) wake();
      last = now;
    } catch {
      // A file that cannot be asked cannot be read either: the followers' own read meets the fault and tells them.
      wake();
    }
  };
  const stop = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return {
    stop,
    during: async function* <T>(source: AsyncIterable<T>): AsyncGenerator<T> {
      followers += 1;
      timer ??= setInterval(poll, FOREIGN_POLL_MS);
      try {
        yield* source;
      } finally {
        followers -= 1;
        if (followers === 0) stop();
      }
    },
  };
};
