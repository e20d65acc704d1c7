import { setTimeout as wait } from 'node:timers/promises';
import type { Log } from '#infra/log.ts';

/** Without a nudge a worker looks again this often: due retries, work that another process left. */
const IDLE_MS = 1_000;
/** After a failed round a worker rests this long, so that a broken store is not hammered. */
const FAILED_MS = 2_000;

export type Worker = {
  readonly start: () => void;
  /** There may be something to do: look now. */
  readonly nudge: () => void;
  /** Ends after the round that runs now. */
  readonly stop: () => Promise<void>;
  /** False while rounds fail. */
  readonly healthy: () => boolean;
};

type Options = { readonly name: string; readonly log: Log; readonly round: (signal: AbortSignal) => Promise<boolean> };

/** A loop that works while there is work, sleeps until it is nudged, and survives a failed round. */
export const createWorker = ({ name, log, round }: Options): Worker => {
  const ending = new AbortController();
  let nudged = Promise.withResolvers<undefined>();
  let running: Promise<void> | null = null;
  let failed = false;
  const loop = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      const again = await attempt();
      if (again) continue;
      await Promise.race([nudged.promise, wait(failed ? FAILED_MS : IDLE_MS, undefined, { ref: false })]);
      nudged = Promise.withResolvers<undefined>();
    }
  };
  const attempt = async (): Promise<boolean> => {
    try {
      const worked = await round(ending.signal);
      failed = false;
      return worked;
    } catch (error) {
      failed = true;
      log.error('worker.failed', { part: name, err: error });
      return false;
    }
  };
  return {
    start: () => {
      running ??= loop();
    },
    nudge: () => {
      nudged.resolve(undefined);
    },
    stop: async () => {
      ending.abort();
      nudged.resolve(undefined);
      await running;
    },
    healthy: () => !failed,
  };
};
