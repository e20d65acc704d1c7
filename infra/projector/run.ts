import type { StreamName } from '#domain/ids.ts';
import type { Clock, EventStore, ViewStore } from '#domain/ports.ts';
import type { Projection } from '#projections/projection.ts';
import { loadParked, type Parked, PROJECTION_STATE, type ProjectionState } from './collections.ts';
import { openFeed, pause } from './feed.ts';
import type { ViewChange } from './announcements.ts';
import { type Pump, startPump } from './pump.ts';
import { type ReplayResult, resetProjection } from './replay.ts';

export type ProjectorOptions = {
  readonly store: EventStore;
  /** Opened with the collections of all projections and `projectorCollections`. */
  readonly views: ViewStore;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  /** Documents that changed, after they were committed: for open pages. */
  readonly onChange?: (change: ViewChange) => void;
  /** A projection is held up, by its name, or the log itself (`log`). For logs and metrics; the projector goes on trying by itself. */
  readonly onFault?: (projection: string, code: string, error: unknown) => void;
};

export type ProjectionStatus = {
  readonly name: string;
  readonly version: number;
  readonly checkpoint: bigint;
  /** Events of the log that it has not seen. Measured against the log, so a dead projection cannot show zero. */
  readonly lag: bigint;
  readonly secondsSinceProgress: number;
  readonly parkedStreams: number;
  readonly fault: string | null;
};

export type RebuildProgress = { readonly done: bigint; readonly total: bigint };

export type Projector = {
  /** True when all views have seen `position` in time; false when not. */
  readonly caughtUpTo: (position: bigint, timeoutMs: number, signal?: AbortSignal) => Promise<boolean>;
  readonly status: () => Promise<readonly ProjectionStatus[]>;
  readonly parked: () => readonly Parked[];
  /** Takes up a parked stream again, after the projection or the event's reader was repaired. */
  readonly replay: (projection: string, stream: StreamName) => Promise<ReplayResult>;
  /** Empties a projection and fills it from the log. Resolves when it has reached the head of now. */
  readonly rebuild: (projection: string, onProgress?: (progress: RebuildProgress) => void) => Promise<void>;
  /** Ends after the commits under way. */
  readonly stop: () => Promise<void>;
};

const PROGRESS_MS = 100;

/** Runs all projections over the log. A projection whose version changed since the last start is filled again from the beginning. */
export const startProjector = async (options: ProjectorOptions): Promise<Projector> => {
  const { store, views, projections, clock } = options;
  checkCollections(projections);
  const stopping = new AbortController();
  const { signal } = stopping;
  const onFault = options.onFault ?? (() => undefined);
  const waiters = new Set<() => void>();
  const onCommit = (change: ViewChange) => {
    for (const wake of [...waiters]) wake();
    if (change.views.length === 0) return;
    try {
      options.onChange?.(change);
    } catch (error) {
      onFault('listener', 'LISTENER_FAILED', error);
    }
  };

  for (const projection of projections) await adoptVersion(views, projection);
  const feed = openFeed({ store, from: await store.head(), signal, onFault: (code, error) => onFault('log', code, error) });
  const pumps = new Map<string, Pump>();
  for (const projection of projections) {
    pumps.set(projection.name, await startPump({ projection, store, views, feed, clock, signal, onCommit, onFault }));
  }
  const pumpOf = (name: string): Pump => {
    const pump = pumps.get(name);
    if (pump === undefined) throw new Error('expected the name of a projection, got another name');
    return pump;
  };
  const reached = (position: bigint) => [...pumps.values()].every((pump) => pump.checkpoint() >= position);

  return {
    caughtUpTo: (position, timeoutMs, caller) =>
      waitUntil(() => reached(position), waiters, timeoutMs, caller === undefined ? [signal] : [signal, caller]),
    status: async () => {
      const head = await store.head();
      return [...pumps.values()].map((pump) => statusOf(pump, head));
    },
    parked: () => [...pumps.values()].flatMap((pump) => pump.parked()),
    replay: (name, stream) => pumpOf(name).replay(stream),
    rebuild: async (name, onProgress = () => undefined) => {
      const pump = pumpOf(name);
      const total = await store.head();
      await pump.reset();
      while (pump.checkpoint() < total && !signal.aborted) {
        onProgress({ done: pump.checkpoint(), total });
        await pause(PROGRESS_MS, signal);
      }
      onProgress({ done: pump.checkpoint(), total });
    },
    stop: async () => {
      stopping.abort();
      await Promise.all([feed.ended, ...[...pumps.values()].map((pump) => pump.ended)]);
    },
  };
};

const statusOf = (pump: Pump, head: bigint): ProjectionStatus => {
  const checkpoint = pump.checkpoint();
  return {
    name: pump.projection.name,
    version: pump.projection.version,
    checkpoint,
    lag: head > checkpoint ? head - checkpoint : 0n,
    secondsSinceProgress: Math.max(0, (performance.now() - pump.progressAtMs()) / 1_000),
    parkedStreams: pump.parked().length,
    fault: pump.fault(),
  };
};

/** A collection belongs to one projection: emptying it must not take another's documents. */
const checkCollections = (projections: readonly Projection[]): void => {
  const names = projections.flatMap((projection) => projection.collections.map((collection) => collection.name));
  if (new Set(names).size < names.length) throw new Error('expected each collection in one projection, got one in two');
  if (new Set(projections.map((projection) => projection.name)).size < projections.length)
    throw new Error('expected projections of different names, got two of one name');
};

const adoptVersion = async (views: ViewStore, projection: Projection): Promise<void> => {
  const state = await views.get<ProjectionState>(PROJECTION_STATE, projection.name);
  if (state?.version === projection.version) return;
  const parked = await loadParked(views, projection.name);
  await resetProjection(views, projection, [...parked.values()]);
};

/** Listeners are taken off again: the projector's own signal lives as long as the process. */
const waitUntil = (done: () => boolean, waiters: Set<() => void>, timeoutMs: number, signals: readonly AbortSignal[]): Promise<boolean> =>
  new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      waiters.delete(check);
      for (const signal of signals) signal.removeEventListener('abort', end);
      resolve(done());
    };
    const check = () => {
      if (done()) end();
    };
    const timer = setTimeout(end, timeoutMs);
    waiters.add(check);
    for (const signal of signals) signal.addEventListener('abort', end, { once: true });
    if (done() || signals.some((signal) => signal.aborted)) end();
  });
