import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import type { EventStore } from '#domain/ports.ts';
import { createMaintenance } from '#infra/projector/maintenance.ts';
import type { Built } from '#infra/projector/rebuild.ts';
import type { ProjectorOptions } from '#infra/projector/run.ts';
import type { OpenViews } from '#infra/views/generations-sqlite.ts';
import type { Projection } from '#projections/projection.ts';
import { appender, type Running, startRunning } from './running.ts';
import type { Counted } from './sample-projections.ts';
import { clock, type kinds } from './suite.ts';

/** A log, and views that several releases may open, made and cleared around each test; and what tests do with them. */
export const rebuildBench = ({ log, read }: Pick<(typeof kinds)[number], 'log' | 'read'>) => {
  let folder: string;
  let store: EventStore;
  let opened: OpenViews[];
  let running: Running[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-rebuild-'));
    [store, opened, running] = [log(folder), [], []];
  });
  afterEach(async () => {
    await Promise.all(running.map((projector) => projector.stop()));
    for (const each of opened) await each.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const open = (projection: Projection): OpenViews => {
    const views = read(folder, [projection]);
    opened.push(views);
    return views;
  };
  const start = async (views: OpenViews, projection: Projection, options: Partial<ProjectorOptions> = {}) => {
    const projector = await startRunning(store, views, [projection], options);
    running.push(projector);
    return projector;
  };
  const caughtUp = async (projector: Running) => expect(await projector.caughtUpTo(await store.head(), 5_000)).toBe(true);
  const append = (...args: Parameters<ReturnType<typeof appender>>) => appender(store)(...args);
  const total = async ({ views }: OpenViews) => (await views.get<Counted>('counting_total', 'all'))?.count ?? null;
  const states = async ({ generations }: OpenViews) =>
    (await generations.list()).map(({ number, version, state }) => `${String(number)} v${String(version)} ${state}`);
  const maintenance = ({ generations, announcements }: OpenViews, projection: Projection, patienceMs = 20_000) =>
    createMaintenance({ log: store, generations, announcements, projections: [projection], clock, patienceMs });
  const rebuild = (
    views: OpenViews,
    projection: Projection,
    accept: (built: Built) => Promise<boolean> = async () => true,
    signal?: AbortSignal,
  ) =>
    maintenance(views, projection).rebuild([projection.name], {
      signal: signal ?? new AbortController().signal,
      onProgress: () => undefined,
      accept,
    });

  return { store: () => store, open, start, caughtUp, append, total, states, maintenance, rebuild };
};
