import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { StreamName } from '#domain/ids.ts';
import type { EventStore } from '#domain/ports.ts';
import type { ViewChange } from '#infra/projector/announcements.ts';
import { replayParked } from '#infra/projector/replay.ts';
import { type ProjectorOptions, runProjector } from '#infra/projector/run.ts';
import { watchViews } from '#infra/projector/watch.ts';
import type { OpenViews } from '#infra/views/generations-sqlite.ts';
import type { Projection } from '#projections/projection.ts';
import { statusEvent } from '../eventstore/sample-events.ts';
import type { Counted } from './sample-projections.ts';
import { clock, type kinds } from './suite.ts';

export type Running = Awaited<ReturnType<typeof startRunning>>;

/** A projector with what hears of it, to be stopped and started over the same log and views. */
export const startRunning = async (
  log: EventStore,
  opened: OpenViews,
  projections: readonly Projection[],
  options: Partial<ProjectorOptions> = {},
) => {
  const stopping = new AbortController();
  const changes: ViewChange[] = [];
  const faults: string[] = [];
  let missed = 0;
  const { generations, announcements } = opened;
  const parts = { log, generations, announcements, projections };
  const running = runProjector({ ...parts, clock, signal: stopping.signal, onFault: (_name, code) => faults.push(code), ...options });
  const onChange = (change: ViewChange, anew: boolean): void => {
    if (anew) missed += 1;
    else changes.push(change);
  };
  const watch = await watchViews({ ...parts, onChange, onFault: () => undefined });
  return {
    ...watch,
    changes,
    faults,
    /** How often pages were told to read everything anew. */
    missed: () => missed,
    stop: async () => {
      stopping.abort();
      await Promise.all([running, watch.stop()]);
    },
  };
};

/** Folder, log and views of each test, made and cleared around it, and what tests ask of them. */
export const projectorBench = ({ log, read }: Pick<(typeof kinds)[number], 'log' | 'read'>, projections: readonly Projection[]) => {
  let folder: string;
  let store: EventStore;
  let opened: OpenViews;
  let running: Running[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-projector-'));
    [store, opened, running] = [log(folder), read(folder, projections), []];
  });
  afterEach(async () => {
    await Promise.all(running.map((projector) => projector.stop()));
    await opened.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });
  return {
    store: () => store,
    opened: () => opened,
    start: async (wanted: readonly Projection[], options: Partial<ProjectorOptions> = {}) => {
      const projector = await startRunning(store, opened, wanted, options);
      running.push(projector);
      return projector;
    },
    append: (stream: StreamName, ...codes: number[]) => appender(store)(stream, ...codes),
    caughtUp: async (projector: Running) => expect(await projector.caughtUpTo(await store.head(), 5_000)).toBe(true),
    counted: async (stream: string, name = 'counting') => (await opened.views.get<Counted>(`${name}_streams`, stream))?.count ?? 0,
    total: async (name = 'counting') => (await opened.views.get<Counted>(`${name}_total`, 'all'))?.count ?? 0,
    replay: (projection: Projection, stream: StreamName) =>
      replayParked({ log: store, generations: opened.generations, clock, projection, stream }),
  };
};

export const appender =
  (log: EventStore) =>
  (stream: StreamName, ...codes: number[]) =>
    log.append(
      stream,
      'any',
      codes.map((providerCode) => statusEvent({ providerCode })),
    );
