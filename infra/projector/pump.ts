import type { IsoTime, StreamName } from '#domain/ids.ts';
import type { Clock, EventStore, ViewStore, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { breathe } from '#infra/eventloop/turns.ts';
import type { Projection } from '#projections/projection.ts';
import { type Applied, applyItems, type Poison } from './apply.ts';
import type { ViewChange } from './announcements.ts';
import { errorCode, loadParked, type Parked, parkedWrite } from './collections.ts';
import { type Feed, type FeedItem, pause, positionOf } from './feed.ts';
import { type ReplayResult, replayStream, resetProjection } from './replay.ts';

/** Events of one batch when far behind: documents touched often are written once. More would make the commit itself a long pause. */
const MAX_BATCH = 500;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;

export type PumpOptions = {
  readonly projection: Projection;
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** After each commit, also one that changed no document. */
  readonly onCommit: (change: ViewChange) => void;
  readonly onFault: (projection: string, code: string, error: unknown) => void;
};

export type Pump = {
  readonly projection: Projection;
  readonly checkpoint: () => bigint;
  readonly parked: () => readonly Parked[];
  /** Code of the fault that holds the projection up now; null when it runs. */
  readonly fault: () => string | null;
  readonly progressAtMs: () => number;
  readonly replay: (stream: StreamName) => Promise<ReplayResult>;
  readonly reset: () => Promise<void>;
  readonly ended: Promise<void>;
};

/** Moves one projection along the log, for ever: read, apply, commit documents and checkpoint together. */
export const startPump = async (options: PumpOptions): Promise<Pump> => {
  const { projection, views, store, feed, signal } = options;
  const { name } = projection;
  let parked = await loadParked(views, name);
  let checkpoint = await views.checkpoint(name);
  let fault: string | null = null;
  let progressAtMs = performance.now();
  const exclusive = oneAtATime();

  const park = (poison: Poison): Parked => asParked(name, options.clock.now(), poison);

  const commit = async (position: bigint, applied: Applied, writes: readonly ViewWrite[] = []): Promise<void> => {
    const added = applied.poison.map(park);
    await views.commit(name, position, [...applied.writes, ...writes, ...added.map(parkedWrite)]);
    for (const item of added) parked.set(item.stream, item);
    checkpoint = position;
    progressAtMs = performance.now();
    options.onCommit({ position, views: applied.changed });
  };

  /** One event alone, when the batch around it could not be stored: what cannot be stored is parked too. */
  const applyAlone = async (item: FeedItem): Promise<void> => {
    const applied = await applyItems([item], { projection, views, waiting: (stream) => parked.has(stream) });
    try {
      await commit(positionOf(item), applied);
    } catch (error) {
      if (!isProjectionsOwn(error) || item.kind !== 'event') throw error;
      const { stream, revision, position, type } = item.event;
      await commit(position, {
        writes: [],
        changed: [],
        poison: [{ stream, revision, position, eventType: type, code: errorCode(error), frames: [] }],
      });
    }
  };

  const applyBatch = async (items: readonly FeedItem[]): Promise<void> => {
    const last = items.at(-1);
    if (last === undefined) return;
    const applied = await applyItems(items, { projection, views, waiting: (stream) => parked.has(stream) });
    try {
      await commit(positionOf(last), applied);
    } catch (error) {
      if (!isProjectionsOwn(error)) throw error;
      for (const item of items) await applyAlone(item);
    }
  };

  const step = () =>
    exclusive(async () => {
      // The stored checkpoint leads: another process may have reset the projection.
      checkpoint = await views.checkpoint(name);
      const items = await readBatch(feed, checkpoint);
      await applyBatch(items);
      return items.length;
    });

  const run = async (): Promise<void> => {
    let retryMs = FIRST_RETRY_MS;
    while (!signal.aborted) {
      try {
        const moved = await step();
        [fault, retryMs, progressAtMs] = [null, FIRST_RETRY_MS, performance.now()];
        if (moved === 0) await feed.wait(checkpoint);
      } catch (error) {
        fault = errorCode(error);
        options.onFault(name, fault, error);
        await pause(retryMs, signal);
        retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
      }
    }
  };

  return {
    projection,
    checkpoint: () => checkpoint,
    parked: () => [...parked.values()],
    fault: () => fault,
    progressAtMs: () => progressAtMs,
    replay: (stream) => exclusive(() => replayStream({ stream, store, views, projection, parked, checkpoint, commit })),
    reset: () =>
      exclusive(async () => {
        await resetProjection(views, projection, [...parked.values()]);
        parked = new Map();
        checkpoint = 0n;
      }),
    ended: run(),
  };
};

/** Errors for which the projection's own output is to blame, not the store. */
const isProjectionsOwn = (error: unknown): boolean =>
  error instanceof StoreFault && (error.code === 'VIEW_MALFORMED' || error.code === 'VIEW_NOT_DECLARED');

const asParked = (projection: string, parkedAt: IsoTime, { stream, revision, position, eventType, code }: Poison): Parked => ({
  projection,
  stream,
  revision: Number(revision),
  position: Number(position),
  eventType,
  code,
  parkedAt,
});

/** A little when there is little, much when far behind. */
const readBatch = async (feed: Feed, after: bigint): Promise<readonly FeedItem[]> => {
  const batch: FeedItem[] = [];
  let position = after;
  while (batch.length < MAX_BATCH) {
    await breathe();
    const items = await feed.read(position);
    const last = items.at(-1);
    if (last === undefined) break;
    batch.push(...items);
    position = positionOf(last);
  }
  return batch;
};

/** Runs tasks of one projection one after the other. */
const oneAtATime = (): (<T>(task: () => Promise<T>) => Promise<T>) => {
  let last: Promise<unknown> = Promise.resolve();
  return (task) => {
    const mine = last.then(task);
    last = mine.catch(() => undefined);
    return mine;
  };
};
