import { setTimeout as wait } from 'node:timers/promises';
import { type Log, toldCode } from '#infra/log.ts';
import type { Held, Lease } from '#infra/processes/lease.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** Without a nudge a worker looks again this often: due retries, work that another process left. */
const IDLE_MS = 1_000;
/** After a failed round a worker rests this long, so that a broken store is not hammered. */
const FAILED_MS = 2_000;

export type Worker = {
  readonly start: () => void;
  /** There may be something to do: look now. */
  readonly nudge: () => void;
  /** Ends after the round that runs now, and gives the lease up. */
  readonly stop: () => Promise<void>;
  /** False while rounds fail. */
  readonly healthy: () => boolean;
};

/** `signal` aborts when the process is asked to stop or another one has the work now. */
export type Tenure = Pick<Held, 'signal' | 'stillHeld'>;
export type WorkLease = Pick<Lease, 'whileHeld'>;

/** For work that no other process can do: tests, and stores that nobody shares. */
export const unshared: WorkLease = {
  whileHeld: (signal, work) => work({ token: 1n, signal, stillHeld: () => true }),
};

type Options = {
  readonly name: string;
  readonly log: Log;
  /** Of all processes, the one that holds it works. */
  readonly lease: WorkLease;
  readonly round: (tenure: Tenure) => Promise<boolean>;
};

/** A loop that works while there is work and the lease is held, sleeps until it is nudged, and survives a failed round. */
export const createWorker = ({ name, log, lease, round }: Options): Worker => {
  const ending = new AbortController();
  let nudged = Promise.withResolvers<undefined>();
  let running: Promise<void> | null = null;
  let failed = false;
  const loop = async (tenure: Tenure): Promise<void> => {
    while (!tenure.signal.aborted) {
      const again = await attempt(tenure);
      if (again) continue;
      await Promise.race([nudged.promise, pause(failed ? FAILED_MS : IDLE_MS, tenure.signal)]);
      nudged = Promise.withResolvers<undefined>();
    }
    // What another process does now is not for this one to complain of.
    failed = false;
  };
  const attempt = async (tenure: Tenure): Promise<boolean> => {
    try {
      const worked = await round(tenure);
      failed = false;
      return worked;
    } catch (error) {
      // Its list is being prepared: there is nothing wrong, and nothing to do yet.
      if (error instanceof StoreFault && error.code === 'VIEWS_BUILDING') return false;
      failed = true;
      log.error('worker.failed', { part: toldCode(name), err: error });
      return false;
    }
  };
  return {
    start: () => {
      running ??= lease.whileHeld(ending.signal, loop);
    },
    nudge: () => {
      nudged.resolve(undefined);
    },
    stop: async () => {
      ending.abort();
      await running;
    },
    healthy: () => !failed,
  };
};

const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  try {
    await wait(ms, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};
