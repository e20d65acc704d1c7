import type { RecordedEvent } from '#domain/message.ts';
import type { Hub } from '#infra/eventloop/hub.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

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
