import { type EventId, type StreamName, streamParts } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import { createAppendQueue, type Member, type Outcome } from './append-queue.ts';
import { type CatalogueOf, createEventCodec, type StoredEvent } from './codec.ts';
import { type EventPlace, StoreFault } from '#infra/sqlite/store-fault.ts';
import { checkBatch, type Found, judge } from './judge.ts';
import { createHub } from '#infra/eventloop/hub.ts';
import { follow, soundPrefix } from './subscription.ts';

type Entry = { readonly stored: StoredEvent; readonly place: EventPlace };
type Stream = { readonly key: number; readonly entries: Entry[] };

/** The twin of the SQLite store for tests: same codec, same rules, same group commit, nothing on disk. */
export const openMemoryEventStore = ({ catalogueOf }: { readonly catalogueOf: CatalogueOf }): EventStore => {
  const codec = createEventCodec(catalogueOf);
  const log: Entry[] = [];
  const streams = new Map<StreamName, Stream>();
  const ids = new Map<EventId, Found>();
  const hub = createHub();
  const closing = new AbortController();

  const write = (member: Member): Outcome => {
    const stream = streams.get(member.stream);
    const known = stream === undefined ? null : { key: stream.key, last: stream.entries.length - 1 };
    const judgement = judge({ ...member, stream: known, find: (id) => ids.get(id) });
    if (judgement.kind === 'done') return judgement.outcome;
    const target = stream ?? { key: streams.size + 1, entries: [] };
    streams.set(member.stream, target);
    for (const stored of member.events) {
      const revision = target.entries.length;
      const entry = { stored, place: { stream: member.stream, revision: BigInt(revision), position: BigInt(log.length + 1) } };
      target.entries.push(entry);
      log.push(entry);
      ids.set(stored.id, { stream: target.key, revision, position: log.length });
    }
    return { kind: 'appended', revision: BigInt(target.entries.length - 1), position: BigInt(log.length), repeated: false };
  };

  const queue = createAppendQueue((group) => {
    const outcomes = group.map(write);
    hub.wake();
    return Promise.resolve(outcomes);
  });

  const open = <T>(read: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (closing.signal.aborted) throw new StoreFault('STORE_CLOSED', 'expected an open event log, got one that was closed');
      resolve(read());
    });
  const decode = ({ stored, place }: Entry): RecordedEvent => codec.decode(stored, place);
  const readAll: EventStore['readAll'] = (after, limit) => open(() => soundPrefix(log.slice(Number(after), Number(after) + limit), decode));

  return {
    append: async (stream, expected, events, signal) => {
      signal?.throwIfAborted();
      const encoded = events.map((event) => codec.encode(stream, event));
      checkBatch(encoded);
      return queue.push({ stream, expected, events: encoded }, signal);
    },
    readStream: (stream, { from = 0n, limit = Infinity } = {}) =>
      open(() => (streams.get(stream)?.entries ?? []).slice(Number(from), Number(from) + limit).map(decode)),
    readStreams: (wanted) =>
      open(
        () =>
          new Map(wanted.flatMap((name) => (streams.has(name) ? [[name, (streams.get(name)?.entries ?? []).map(decode)] as const] : []))),
      ),
    readAll,
    streams: (category) => open(() => [...streams.keys()].filter((name) => streamParts(name).category === category).sort()),
    head: () => open(() => BigInt(log.length)),
    subscribe: (after, { batch, signal }) => follow({ hub, readAll }, after, { batch, signal: AbortSignal.any([signal, closing.signal]) }),
    close: async () => {
      await queue.close();
      closing.abort();
    },
  };
};
