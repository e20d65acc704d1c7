import type { EventId } from '#domain/ids.ts';
import type { AppendResult, ExpectedRevision } from '#domain/ports.ts';
import type { StoredEvent } from './codec.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** Where an event id stands already. `stream` is the store's own key of the stream. */
export type Found = { readonly stream: number; readonly revision: number; readonly position: number };

export type Judgement = { readonly kind: 'write' } | { readonly kind: 'done'; readonly outcome: AppendResult | StoreFault };

type Question = {
  readonly expected: ExpectedRevision;
  readonly events: readonly StoredEvent[];
  /** The store's key of the stream and its last revision; null when the stream does not exist. */
  readonly stream: { readonly key: number; readonly last: number } | null;
  readonly find: (id: EventId) => Found | undefined;
};

/**
 * The rules of appending, the same for every embedded store: a repetition is recognised before the expected revision is looked at
 * (a retry after a lost answer comes with a stale revision), and part of a repetition is a fault.
 */
export const judge = ({ expected, events, stream, find }: Question): Judgement => {
  const found = events.map((event) => find(event.id));
  const last = found.at(-1);
  if (found.some((place) => place !== undefined)) {
    const repeated =
      stream !== null &&
      found.every((place, index) => place?.stream === stream.key && place.revision === (found[0]?.revision ?? 0) + index);
    if (!repeated || last === undefined) return { kind: 'done', outcome: idTaken() };
    return {
      kind: 'done',
      outcome: { kind: 'appended', revision: BigInt(last.revision), position: BigInt(last.position), repeated: true },
    };
  }
  if (fits(expected, stream)) return { kind: 'write' };
  return { kind: 'done', outcome: { kind: 'conflict', actual: stream === null ? null : BigInt(stream.last) } };
};

/** Whether a stream ends where the caller expects it. */
export const fits = (expected: ExpectedRevision, stream: Question['stream']): boolean => {
  if (expected === 'any') return true;
  return expected === 'none' ? stream === null : stream !== null && expected === BigInt(stream.last);
};

const idTaken = () =>
  new StoreFault('EVENT_ID_TAKEN', 'expected new event ids or exactly those of an earlier append to this stream, got a mixture');

/** An append names at least one event, and each id once. */
export const checkBatch = (events: readonly StoredEvent[]): void => {
  if (events.length === 0) throw new StoreFault('EVENT_MALFORMED', 'expected at least one event to append, got none');
  if (new Set(events.map((event) => event.id)).size < events.length) throw idTaken();
};
