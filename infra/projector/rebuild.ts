import type { Clock, EventStore, Generation, ViewGenerations } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { compareDocuments, type Comparison } from './compare.ts';
import { fill, type FillProgress } from './fill.ts';
import { type Follower, openFollower } from './follower.ts';

export type RebuildParts = {
  readonly log: EventStore;
  readonly generations: ViewGenerations;
  readonly clock: Clock;
  readonly signal: AbortSignal;
};

export type Built = {
  readonly projection: string;
  readonly generation: Generation;
  readonly comparison: Comparison;
  /** Streams that the new generation could not follow, and how many the live one could not. */
  readonly parked: number;
  readonly parkedBefore: number;
};

/** The generation that is being built already (by a process that was stopped), or a new one. */
export const openBuilding = async ({ generations, clock }: RebuildParts, projection: Projection): Promise<Follower> => {
  const own = (await generations.list()).filter(({ projection: name }) => name === projection.name);
  for (const other of own.filter(({ state, version }) => state === 'building' && version !== projection.version))
    await generations.drop(other);
  const begun = own.find(({ state, version }) => state === 'building' && version === projection.version);
  const generation = begun ?? (await generations.begin(projection.name, projection.version));
  return openFollower({ projection, generation, views: await generations.open(generation), clock });
};

const liveOf = async (generations: ViewGenerations, projection: string): Promise<Generation | null> =>
  (await generations.list()).find(({ projection: name, state }) => name === projection && state === 'live') ?? null;

/**
 * Builds new generations of projections beside the live ones: filled from the log, compared with the live one at the same position, filled
 * to the head. Pages see nothing of it. Interrupted, the next call goes on where this one stopped. No key is needed.
 * Nothing is switched: `markReady` does that, when whoever called is content.
 */
export const buildBeside = async (
  parts: RebuildParts,
  projections: readonly Projection[],
  onProgress: (progress: FillProgress) => void,
): Promise<readonly Built[]> => {
  const { log, generations, signal } = parts;
  const followers: Follower[] = [];
  try {
    for (const projection of projections) followers.push(await openBuilding(parts, projection));
    const marks = await Promise.all(followers.map((follower) => positionOfLive(generations, follower)));
    const common = marks.reduce((least, mark) => (mark < least ? mark : least), marks[0] ?? 0n);
    const total = await log.head();
    await fill(followers, log, { until: common, signal, onProgress: ({ done }) => onProgress({ done, total }) });
    const built: Built[] = [];
    for (const follower of followers) built.push(await compareWithLive(parts, follower));
    await fill(followers, log, { until: null, signal, onProgress });
    return built;
  } finally {
    for (const follower of followers) await follower.views.close();
  }
};

const positionOfLive = async (generations: ViewGenerations, { projection }: Follower): Promise<bigint> => {
  const live = await liveOf(generations, projection.name);
  if (live === null) return 0n;
  try {
    const views = await generations.openForReading(live);
    try {
      return (await views.progress()).checkpoint;
    } finally {
      await views.close();
    }
  } catch {
    // Damaged: that may be why it is built anew.
    return 0n;
  }
};

/** Freezes the live one where it stands, brings the new one to the very same position, and compares. */
const compareWithLive = async ({ log, generations, signal }: RebuildParts, follower: Follower): Promise<Built> => {
  const { projection, generation } = follower;
  const report = (comparison: Comparison, parkedBefore = 0): Built => ({
    projection: projection.name,
    generation,
    comparison,
    parked: follower.parkedStreams(),
    parkedBefore,
  });
  const notCompared = (reason: Extract<Comparison, { kind: 'not-compared' }>['reason']) => report({ kind: 'not-compared', reason });
  const live = await liveOf(generations, projection.name);
  if (live === null) return notCompared('nothing-live');
  if (live.version !== projection.version) return notCompared('other-version');
  const views = await generations.openForReading(live).catch(() => null);
  if (views === null) return notCompared('live-not-readable');
  try {
    const frozen = await views.snapshot();
    try {
      const { checkpoint } = await frozen.progress();
      if (checkpoint < follower.position()) return notCompared('ahead-of-live');
      await fill([follower], log, { until: checkpoint, signal });
      const parkedBefore = await views.count('parked', {}, Number.MAX_SAFE_INTEGER);
      return report(await compareDocuments(projection, frozen, follower.views), parkedBefore);
    } finally {
      await frozen.close();
    }
  } catch (error) {
    // A page of its file is damaged: that may be why it is built anew.
    if (error instanceof StoreFault && error.code === 'STORE_DAMAGED') return notCompared('live-not-readable');
    throw error;
  } finally {
    await views.close();
  }
};

/** The generation that was live before, marked for the switch back. Null when there is none that this program can move on. */
export const markRollback = async (generations: ViewGenerations, projection: Projection): Promise<Generation | null> => {
  const previous = (await generations.list()).find(
    ({ projection: name, state, version }) => name === projection.name && state === 'previous' && version === projection.version,
  );
  if (previous !== undefined) await generations.markReady(previous);
  return previous ?? null;
};

export type Handover = {
  /** Stops the live one and tells its position. */
  readonly freeze: () => Promise<bigint>;
  /** Says with every batch that the new one moves: whoever waits for it knows that it was taken up. */
  readonly moved: (follower: Follower) => void;
  /** Says how far the new one is, so that it never looks as if it were at the beginning. */
  readonly announce: (follower: Follower) => Promise<void>;
  /** At the very end: another projector would have moved the live one on since. */
  readonly stillHeld: () => boolean;
};

/**
 * Brings a generation that is ready to the head, then to where the live one stops, and makes it live: from then on pages read it, and nobody
 * saw the views go back. Only for whoever runs the projector.
 * @returns whether it is live
 */
export const switchReady = async (
  { log, generations, clock, signal }: RebuildParts,
  projection: Projection,
  ready: Generation,
  { freeze, moved, announce, stillHeld }: Handover,
): Promise<boolean> => {
  const views = await generations.open(ready);
  try {
    const follower = await openFollower({ projection, generation: ready, views, clock });
    await fill([follower], log, { until: null, signal, onProgress: () => moved(follower) });
    const upTo = await freeze();
    await fill([follower], log, { until: upTo, signal });
    if (follower.position() < upTo) return false;
    await announce(follower);
    if (!stillHeld()) return false;
    await generations.switchTo(ready);
    return true;
  } finally {
    await views.close();
  }
};
