import { setTimeout as wait } from 'node:timers/promises';
import type { TenantId } from '#domain/ids.ts';
import type { EventStore, Generation, ViewGenerations } from '#domain/ports.ts';
import type { Projection } from '#projections/projection.ts';
import type { Announcements, ProjectionProgress, ViewChange } from './announcements.ts';
import { type Parked, PARKED } from './parked.ts';

export type ProjectionStatus = {
  readonly name: string;
  /** Of the live generation; 0 while there is none. */
  readonly generation: number;
  readonly version: number;
  readonly checkpoint: bigint;
  /** Events of the log that the live generation has not seen. Measured against the log, so a dead projector cannot show zero. */
  readonly lag: bigint;
  readonly secondsSinceProgress: number;
  readonly parkedStreams: number;
  readonly fault: string | null;
  /** A generation that is being built or waits for its switch, and how far it is. */
  readonly building: { readonly generation: number; readonly version: number; readonly checkpoint: bigint } | null;
  /** Number of the generation that a rollback would go to. */
  readonly previous: number | null;
};

export type ViewsWatch = {
  /** True when all views have seen `position` in time; false when not. */
  readonly caughtUpTo: (position: bigint, timeoutMs: number, signal?: AbortSignal) => Promise<boolean>;
  readonly status: () => Promise<readonly ProjectionStatus[]>;
  /** Parked streams of all live generations, in order of position, at most `limit` of each; of one organisation when it is named. */
  readonly parked: (limit: number, tenant?: TenantId) => Promise<readonly Parked[]>;
  readonly stop: () => Promise<void>;
};

type WatchOptions = {
  readonly log: EventStore;
  readonly generations: ViewGenerations;
  readonly announcements: Announcements;
  readonly projections: readonly Projection[];
  /** Documents that changed, after they can be read. `missed`: more changed than could be followed; read everything anew. */
  readonly onChange: (change: ViewChange, missed: boolean) => void;
  readonly onFault: (error: unknown) => void;
};

const FAULT_PAUSE_MS = 500;

/** How the rest of the product hears of the projector, in whatever thread or process it runs. */
export const watchViews = async (options: WatchOptions): Promise<ViewsWatch> => {
  const { announcements, projections } = options;
  const stopping = new AbortController();
  const { signal } = stopping;
  const waiters = new Set<() => void>();
  const startedAtMs = Date.now();
  let live = await liveProgress(options);
  let last = await announcements.last();

  const look = async (): Promise<void> => {
    const { changes, last: newest, missed } = await announcements.changesAfter(last);
    live = await liveProgress(options);
    // Only now: a look that failed is made again, with the same changes.
    last = newest;
    for (const wake of [...waiters]) wake();
    for (const change of changes) options.onChange(change, false);
    if (missed) options.onChange({ position: 0n, views: [] }, true);
  };
  const follow = async (): Promise<void> => {
    while (!signal.aborted) {
      const seen = announcements.version();
      try {
        await look();
        await announcements.changed(seen, signal);
      } catch (error) {
        options.onFault(error);
        await wait(FAULT_PAUSE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  const ended = follow();
  const reached = (position: bigint): boolean => projections.every(({ name }) => (live.get(name)?.progress?.checkpoint ?? -1n) >= position);

  return {
    caughtUpTo: (position, timeoutMs, caller) =>
      waitUntil(() => reached(position), waiters, timeoutMs, caller === undefined ? [signal] : [signal, caller]),
    status: async () => {
      const [head, all, said] = await Promise.all([options.log.head(), options.generations.list(), announcements.progress()]);
      return projections.map((projection) => statusOf(projection, { head, all, said, startedAtMs }));
    },
    parked: async (limit, tenant) => {
      const all = await options.generations.list();
      const lists = await Promise.all(
        projections.flatMap(({ name }) => {
          const generation = all.find(({ projection, state }) => projection === name && state === 'live');
          return generation === undefined ? [] : [parkedIn(options.generations, generation, limit, tenant)];
        }),
      );
      return lists.flat().sort((a, b) => a.position - b.position);
    },
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};

type Live = { readonly generation: Generation; readonly progress: ProjectionProgress | undefined };

const liveProgress = async ({ generations, announcements }: WatchOptions): Promise<ReadonlyMap<string, Live>> => {
  const [all, said] = await Promise.all([generations.list(), announcements.progress()]);
  const live = all.filter(({ state }) => state === 'live');
  return new Map(live.map((generation) => [generation.projection, { generation, progress: progressOf(said, generation) }]));
};

const progressOf = (said: readonly ProjectionProgress[], { projection, number }: Generation): ProjectionProgress | undefined =>
  said.find((each) => each.projection === projection && each.generation === number);

type Seen = {
  readonly head: bigint;
  readonly all: readonly Generation[];
  readonly said: readonly ProjectionProgress[];
  readonly startedAtMs: number;
};

const statusOf = ({ name }: Projection, { head, all, said, startedAtMs }: Seen): ProjectionStatus => {
  const own = all.filter(({ projection }) => projection === name);
  const live = own.find(({ state }) => state === 'live');
  const progress = live === undefined ? undefined : progressOf(said, live);
  const checkpoint = progress?.checkpoint ?? 0n;
  const other = own.find(({ state }) => state === 'building' || state === 'ready');
  return {
    name,
    generation: live?.number ?? 0,
    version: live?.version ?? 0,
    checkpoint,
    lag: head > checkpoint ? head - checkpoint : 0n,
    secondsSinceProgress: Math.max(0, (Date.now() - (progress?.seenAtMs ?? startedAtMs)) / 1_000),
    parkedStreams: progress?.parkedStreams ?? 0,
    fault: progress?.fault ?? null,
    building:
      other === undefined
        ? null
        : { generation: other.number, version: other.version, checkpoint: progressOf(said, other)?.checkpoint ?? 0n },
    previous: own.find(({ state }) => state === 'previous')?.number ?? null,
  };
};

const parkedIn = async (
  generations: ViewGenerations,
  generation: Generation,
  limit: number,
  tenant: TenantId | undefined,
): Promise<readonly Parked[]> => {
  const where = tenant === undefined ? {} : { tenant };
  const views = await generations.openForReading(generation);
  try {
    return (await views.find<Parked>(PARKED, { where, sort: { field: 'position', direction: 'ascending' }, limit })).items;
  } finally {
    await views.close();
  }
};

/** Listeners are taken off again: the watch's own signal lives as long as the process. */
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
