import type { RecordedEvent } from '#domain/message.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** Tells waiting subscribers that the log may have grown. A counter, so that growth between a read and the wait is not missed. */
export type Hub = {
  readonly wake: () => void;
  readonly version: () => number;
  /** Resolves when `version` is no longer `seen`, or when `signal` aborts. */
  readonly changed: (seen: number, signal: AbortSignal) => Promise<void>;
};

export const createHub = (): Hub => {
  let version = 0;
  const waiters = new Set<() => void>();
  return {
    wake: () => {
      version += 1;
      const woken = [...waiters];
      waiters.clear();
      for (const resume of woken) resume();
    },
    version: () => version,
    changed: (seen, signal) =>
      new Promise((resolve) => {
        if (version !== seen || signal.aborted) return resolve();
        const resume = () => {
          waiters.delete(resume);
          signal.removeEventListener('abort', resume);
          resolve();
        };
        waiters.add(resume);
        signal.addEventListener('abort', resume, { once: true });
      }),
  };
};

type Source = { readonly hub: Hub; readonly readAll: (after: bigint, limit: number) => Promise<readonly RecordedEvent[]> };

/** Catches up, then follows, by the same read: there is no seam between the two at which an event could be lost or doubled. */
export async function* follow(
  source: Source,
  after: bigint,
  options: { readonly batch: number; readonly signal: AbortSignal },
): AsyncGenerator<readonly RecordedEvent[]> {
  let position = after;
  while (!options.signal.aborted) {
    const seen = source.hub.version();
    const events = await source.readAll(position, options.batch);
    const last = events.at(-1);
    if (last === undefined) {
      await source.hub.changed(seen, options.signal);
      continue;
    }
    position = last.position;
    yield events;
  }
}

/**
 * Decodes entries of the log until the first that cannot be read. What stands before it is given out; the fault comes when it is the
 * first, so that a follower gets everything sound and then learns exactly where the log cannot be understood (`fault.at`). Reading a
 * single stream has no such mercy: a decision on half a stream would be wrong.
 */
export const soundPrefix = <T>(entries: readonly T[], decode: (entry: T) => RecordedEvent): readonly RecordedEvent[] => {
  const events: RecordedEvent[] = [];
  for (const entry of entries) {
    try {
      events.push(decode(entry));
    } catch (error) {
      if (events.length === 0 || !(error instanceof StoreFault)) throw error;
      return events;
    }
  }
  return events;
};
