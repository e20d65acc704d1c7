import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import { type EventPlace, StoreFault } from '#infra/sqlite/store-fault.ts';
import { createHub } from '#infra/eventloop/hub.ts';

/** One place of the log: an event, or the knowledge that this program cannot read what stands there. */
export type FeedItem =
  | { readonly kind: 'event'; readonly event: RecordedEvent }
  | { readonly kind: 'unreadable'; readonly place: EventPlace; readonly code: string };

export const positionOf = (item: FeedItem): bigint => (item.kind === 'event' ? item.event.position : item.place.position);

/** Events of one read. Decoding takes about 8 µs, so that a read holds the event loop for about 2 ms. */
export const CHUNK = 250;
/** Chunks kept for projections that catch up side by side, so that the log is decoded once for all of them. */
const KEPT_CHUNKS = 16;
const RETRY_MS = 500;
/** An idle projection looks up this often, so that "seconds since progress" tells a dead one from one without work. */
const IDLE_MS = 1_000;

export type Feed = {
  /** The items after a position: a chunk, or fewer at the end of the log, or none. */
  readonly read: (after: bigint) => Promise<readonly FeedItem[]>;
  /** Resolves when the log goes on behind a position, after a second at most, or when `signal` aborts. */
  readonly wait: (after: bigint, signal: AbortSignal) => Promise<void>;
  readonly ended: Promise<void>;
};

type FeedOptions = {
  readonly store: EventStore;
  readonly from: bigint;
  readonly signal: AbortSignal;
  readonly onFault: (code: string, error: unknown) => void;
};

/** The log as all projections share it: one subscription wakes them and hands them what is new; who is behind reads for itself. */
export const openFeed = ({ store, from, signal, onFault }: FeedOptions): Feed => {
  const hub = createHub();
  const chunks = new Map<bigint, Promise<readonly FeedItem[]>>();
  let known = from;

  const keep = (after: bigint, chunk: Promise<readonly FeedItem[]>): void => {
    chunks.set(after, chunk);
    for (const oldest of chunks.keys()) {
      if (chunks.size <= KEPT_CHUNKS) break;
      chunks.delete(oldest);
    }
  };
  const announce = (items: readonly FeedItem[]) => {
    const last = items.at(-1);
    if (last === undefined) return;
    keep(known, Promise.resolve(items));
    known = positionOf(last);
    hub.wake();
  };
  const followOnce = async () => {
    try {
      for await (const events of store.subscribe(known, { batch: CHUNK, signal })) announce(events.map(asItem));
    } catch (error) {
      const unreadable = unreadableItem(error);
      if (unreadable !== null) return announce([unreadable]);
      onFault(error instanceof StoreFault ? error.code : 'UNKNOWN', error);
      await pause(RETRY_MS, signal);
    }
  };
  const follow = async () => {
    const tick = setInterval(hub.wake, IDLE_MS);
    while (!signal.aborted) await followOnce();
    clearInterval(tick);
  };

  return {
    read: (after) => {
      const kept = chunks.get(after);
      if (kept !== undefined) return kept;
      const chunk = readItems(store, after, CHUNK);
      // Only a full chunk stays true: behind the end of the log there may be more next time.
      const forget = () => {
        if (chunks.get(after) === chunk) chunks.delete(after);
      };
      void chunk.then((items) => items.length < CHUNK && forget(), forget);
      keep(after, chunk);
      return chunk;
    },
    wait: (after, leaving) => (known > after ? Promise.resolve() : hub.changed(hub.version(), leaving)),
    ended: follow(),
  };
};

const asItem = (event: RecordedEvent): FeedItem => ({ kind: 'event', event });

const unreadableItem = (error: unknown): FeedItem | null =>
  error instanceof StoreFault && error.at !== null ? { kind: 'unreadable', place: error.at, code: error.code } : null;

/** The next items after a position: what can be read up to the first that cannot, or that one alone. */
export const readItems = async (store: EventStore, after: bigint, limit: number): Promise<readonly FeedItem[]> => {
  try {
    return (await store.readAll(after, limit)).map(asItem);
  } catch (error) {
    const unreadable = unreadableItem(error);
    if (unreadable === null) throw error;
    return [unreadable];
  }
};

/** Waits, or less when the signal aborts. */
export const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
