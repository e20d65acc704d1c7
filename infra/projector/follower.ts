import type { Clock, Generation, GenerationViews } from '#domain/ports.ts';
import type { StreamName } from '#domain/ids.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { type ChangedDocument, toldOf } from './announcements.ts';
import { type Applied, applyItems, type Poison } from './apply.ts';
import { type FeedItem, positionOf } from './feed.ts';
import { skipNewIds } from './new-ids.ts';
import { errorCode, errorFrames, loadParked, type Parked, parkedOf, parkedWrite } from './parked.ts';

/**
 * Where events change nothing, the position is kept in memory and stored this late: a restart reads at most so much again, and finds nothing
 * to do in it.
 */
const UNSTORED_MS = 1_000;

/** Takes events into one generation of a projection, in order, each once. */
export type Follower = {
  readonly projection: Projection;
  readonly generation: Generation;
  readonly views: GenerationViews;
  /** Position of the last event taken in. */
  readonly position: () => bigint;
  /** How many streams it could not follow. */
  readonly parkedStreams: () => number;
  /** Items that follow each other from at or before the position on; what was taken in already is skipped. */
  readonly take: (items: readonly FeedItem[]) => Promise<Taken>;
  /** Looks whether somebody else committed (a replay, a second projector), and stores a position that is only in memory. */
  readonly settle: () => Promise<void>;
};

/** `stale`: another commit came between; the follower has read where the generation stands, and its position may have gone back. */
export type Taken =
  | /** `changed`: since the last time that it was told. */ { readonly kind: 'taken'; readonly changed: readonly ChangedDocument[] }
  | { readonly kind: 'stale' };

type Parts = {
  readonly projection: Projection;
  readonly generation: Generation;
  readonly views: GenerationViews;
  readonly clock: Clock;
  readonly nowMs?: () => number;
};

/** Whoever opened `views` closes them in the end; only when they cannot be followed at all they are closed here. */
export const openFollower = async ({ projection, generation, views, clock, nowMs = () => performance.now() }: Parts): Promise<Follower> => {
  const known = skipNewIds(views);
  let parked = new Map<StreamName, Parked>();
  let stored = { checkpoint: 0n, commits: 0 };
  let position = 0n;
  /** Committed, and not yet told to whoever asked: a batch may be overtaken, or fail, when some of it is written. */
  let untold: ChangedDocument[] = [];
  let storedAtMs = nowMs();

  const reload = async (): Promise<void> => {
    stored = await views.progress();
    known.forget();
    parked = await loadParked(views);
    position = stored.checkpoint;
  };

  /** @returns whether it was written */
  const commit = async (upTo: bigint, applied: Applied): Promise<boolean> => {
    const added = applied.poison.map((poison) => parkedOf(projection.name, clock.now(), poison));
    const writes = [...applied.writes, ...added.map(parkedWrite)];
    if (!(await views.commit({ after: stored.commits, checkpoint: upTo, writes }))) {
      await reload();
      return false;
    }
    stored = { checkpoint: upTo, commits: stored.commits + 1 };
    for (const item of added) parked.set(item.stream, item);
    known.written(writes);
    untold = untold.concat(toldOf(projection, applied.changed));
    position = upTo;
    storedAtMs = nowMs();
    return true;
  };

  const apply = (items: readonly FeedItem[]): Promise<Applied> =>
    applyItems(items, { projection, views: known.reads, waiting: (stream) => parked.has(stream) });

  /** @returns whether it was taken; false when another commit came between */
  const takeBatch = async (items: readonly FeedItem[], upTo: bigint): Promise<boolean> => {
    const applied = await apply(items);
    const unstored = applied.writes.length === 0 && applied.poison.length === 0 && nowMs() - storedAtMs < UNSTORED_MS;
    if (!unstored) return commit(upTo, applied);
    position = upTo;
    return true;
  };

  /** When the batch cannot be stored, one event after the other: what cannot be stored is parked like what cannot be applied. */
  const takeOneByOne = async (items: readonly FeedItem[]): Promise<boolean> => {
    for (const item of items) {
      const taken = await takeBatch([item], positionOf(item)).catch((error: unknown) =>
        commit(positionOf(item), { writes: [], changed: [], poison: [poisonOf(item, error)] }),
      );
      if (!taken) return false;
    }
    return true;
  };

  const takeAll = async (items: readonly FeedItem[], upTo: bigint): Promise<boolean> => {
    try {
      return await takeBatch(items, upTo);
    } catch (error) {
      if (!isProjectionsOwn(error)) throw error;
      return takeOneByOne(items);
    }
  };

  const overtaken = async (): Promise<boolean> => {
    if ((await views.progress()).commits === stored.commits) return false;
    await reload();
    return true;
  };

  try {
    await reload();
  } catch (error) {
    await views.close();
    throw error;
  }
  return {
    projection,
    generation,
    views,
    position: () => position,
    parkedStreams: () => parked.size,
    take: async (items) => {
      const further = items.filter((item) => positionOf(item) > position);
      const last = further.at(-1);
      if (last === undefined) return { kind: 'taken', changed: [] };
      // What is parked here may have been repaired elsewhere: its events must not be passed over any more.
      if (parked.size > 0 && (await overtaken())) return { kind: 'stale' };
      if (!(await takeAll(further, positionOf(last)))) return { kind: 'stale' };
      const changed = untold;
      untold = [];
      return { kind: 'taken', changed };
    },
    settle: async () => {
      if ((await overtaken()) || position === stored.checkpoint) return;
      await commit(position, { writes: [], changed: [], poison: [] });
    },
  };
};

export const poisonOf = (item: FeedItem, error: unknown): Poison => {
  if (!isProjectionsOwn(error) || item.kind !== 'event') throw error;
  const { stream, revision, position, type } = item.event;
  return { stream, revision, position, eventType: type, code: errorCode(error), frames: errorFrames(error) };
};

/** Errors for which the projection's own output is to blame, not the store. */
export const isProjectionsOwn = (error: unknown): boolean =>
  error instanceof StoreFault && (error.code === 'VIEW_MALFORMED' || error.code === 'VIEW_NOT_DECLARED');
