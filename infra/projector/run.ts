import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, EventStore, Generation, ViewGenerations } from '#domain/ports.ts';
import type { Projection } from '#projections/projection.ts';
import { createAnnouncer } from './announcer.ts';
import type { Announcements } from './announcements.ts';
import { type Feed, openFeed } from './feed.ts';
import { fill } from './fill.ts';
import type { Follower } from './follower.ts';
import { errorCode } from './parked.ts';
import { type Pump, startPump } from './pump.ts';
import { openBuilding, type RebuildParts, switchReady } from './rebuild.ts';

/** How soon a generation that another process built or dropped is noticed. The question costs some microseconds. */
const LOOK_MS = 200;
/** After a fault a projection rests this long before it is tried again. */
const FAULT_MS = 2_000;

export type ProjectorOptions = {
  /** Only read. */
  readonly log: EventStore;
  readonly generations: ViewGenerations;
  readonly announcements: Announcements;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Asked before a switch: whether this is still the one projector of all processes. */
  readonly stillHeld?: () => boolean;
  /** A projection is held up, by its name, or the log itself (`log`). The projector goes on trying by itself. */
  readonly onFault?: (projection: string, code: string, error: unknown) => void;
  /** A generation was built beside the live one but parks more streams than it: a person decides. */
  readonly onHeld?: (projection: string) => void;
};

/**
 * Runs all projections over the log until `signal` aborts: keeps the live generation of each moving, builds the generation of a new version
 * beside the live one, and switches to what is ready. Ends after the commits under way.
 */
export const runProjector = async (options: ProjectorOptions): Promise<void> => {
  const { log, generations, projections, clock, signal } = options;
  checkCollections(projections);
  const onFault = options.onFault ?? (() => undefined);
  const announcer = createAnnouncer(options.announcements);
  // Whoever did this work before may have died between a commit and its announcement.
  announcer.readAnew();
  const feed = openFeed({ store: log, from: await log.head(), signal, onFault: (code, error) => onFault('log', code, error) });
  const { stillHeld = () => true, onHeld = () => undefined } = options;
  const kept = { log, generations, clock, signal, feed, announcer, onFault, onHeld, stillHeld };
  await Promise.all(projections.map((projection) => keep({ ...kept, projection })));
  await feed.ended;
  await announcer.flushed();
};

type Kept = RebuildParts & {
  readonly projection: Projection;
  readonly feed: Feed;
  readonly announcer: ReturnType<typeof createAnnouncer>;
  readonly onFault: (projection: string, code: string, error: unknown) => void;
  readonly onHeld: (projection: string) => void;
  readonly stillHeld: () => boolean;
};

/** One projection: its pump on the live generation, and beside it the build of another one when that is wanted. */
const keep = async (kept: Kept): Promise<void> => {
  const { projection, generations, signal, onFault, announcer } = kept;
  let pump: Pump | null = null;
  const beside: { task: Promise<void> | null; held: boolean } = { task: null, held: false };
  while (!signal.aborted) {
    try {
      const own = (await generations.list()).filter(({ projection: name }) => name === projection.name);
      const live = own.find(({ state }) => state === 'live') ?? null;
      const workable = live !== null && live.version >= projection.readsFrom && live.version <= projection.version ? live : null;
      if (pump !== null && pump.generation.number !== workable?.number) {
        await pump.stop();
        pump = null;
      }
      const ready = own.find(({ state, version }) => state === 'ready' && version === projection.version);
      if (workable !== null) pump ??= await startPump({ ...kept, generation: workable }).catch(unlessReplaced(ready));
      if (ready !== undefined) {
        const freeze = async (): Promise<bigint> => {
          await pump?.stop();
          return pump?.position() ?? 0n;
        };
        const moved = (follower: Follower): void => announcer.moved(follower, null);
        const handover = { freeze, moved, announce: announcer.tellNow, stillHeld: kept.stillHeld };
        const switched = await switchReady(kept, projection, ready, handover);
        pump = null;
        // What differs between two generations nobody has listed. Where there was none, nobody has read any.
        if (switched && live !== null) announcer.readAnew();
        if (!switched) await pause(LOOK_MS, signal);
        continue;
      }
      if (live?.version !== projection.version && !beside.held) {
        beside.task ??= build(kept, own, live).then(
          (outcome) => {
            beside.held = outcome === 'held';
            beside.task = null;
          },
          async (error: unknown) => {
            onFault(projection.name, errorCode(error), error);
            await pause(FAULT_MS, signal);
            beside.task = null;
          },
        );
      }
    } catch (error) {
      onFault(projection.name, errorCode(error), error);
      await pump?.stop();
      pump = null;
      await pause(FAULT_MS, signal);
    }
    await Promise.race([pause(LOOK_MS, signal), ...(beside.task === null ? [] : [beside.task])]);
  }
  await Promise.all([pump?.stop(), beside.task]);
};

/** A live generation whose file is damaged cannot be opened: no matter, when the one that replaces it waits. */
const unlessReplaced =
  (ready: Generation | undefined) =>
  (error: unknown): null => {
    if (ready === undefined) throw error;
    return null;
  };

/** Brings a generation of this version to the head and marks it ready: one kept from before (an older release was started again), or a new one. */
const build = async (kept: Kept, own: readonly Generation[], live: Generation | null): Promise<'ready' | 'stopped' | 'held'> => {
  const { projection, generations, log, signal, announcer } = kept;
  const earlier = own.find(({ state, version }) => state === 'previous' && version === projection.version);
  if (earlier !== undefined) {
    await generations.markReady(earlier);
    return 'ready';
  }
  const follower = await openBuilding(kept, projection);
  try {
    await fill([follower], log, { until: null, signal, onProgress: () => announcer.moved(follower, null) });
    if (signal.aborted) return 'stopped';
    if (live !== null && follower.parkedStreams() > (await parkedIn(generations, live))) {
      kept.onHeld(projection.name);
      return 'held';
    }
    await generations.markReady(follower.generation);
    return 'ready';
  } finally {
    await follower.views.close();
  }
};

const parkedIn = async (generations: ViewGenerations, generation: Generation): Promise<number> => {
  const views = await generations.openForReading(generation);
  try {
    return await views.count('parked', {}, Number.MAX_SAFE_INTEGER);
  } finally {
    await views.close();
  }
};

/** A collection belongs to one projection: a generation must not hold another's documents. */
const checkCollections = (projections: readonly Projection[]): void => {
  const names = projections.flatMap((projection) => projection.collections.map((collection) => collection.name));
  if (new Set(names).size < names.length) throw new Error('expected each collection in one projection, got one in two');
  if (new Set(projections.map((projection) => projection.name)).size < projections.length)
    throw new Error('expected projections of different names, got two of one name');
};

const pause = (ms: number, signal: AbortSignal): Promise<void> => wait(ms, undefined, { signal }).catch(() => undefined);
