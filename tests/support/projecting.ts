import { join } from 'node:path';
import { now } from '#infra/app/context.ts';
import type { EventStore } from '#domain/ports.ts';
import { runProjector } from '#infra/projector/run.ts';
import { watchViews } from '#infra/projector/watch.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import type { Projection } from '#projections/projection.ts';

/** The projector and what hears of it in this thread, over views in a folder, or in memory without one. */
export const startProjecting = async (
  log: EventStore,
  { folder = null, projections = allProjections }: { readonly folder?: string | null; readonly projections?: readonly Projection[] } = {},
) => {
  const opened =
    folder === null ? createMemoryViewGenerations(projections) : openViewGenerations({ folder: join(folder, 'views'), projections });
  const { views, generations, announcements } = opened;
  const stopping = new AbortController();
  const faults: unknown[] = [];
  const running = runProjector({
    log,
    generations,
    announcements,
    projections,
    clock: { now },
    signal: stopping.signal,
    onFault: (_projection, _code, error) => faults.push(error),
  });
  const watch = await watchViews({
    log,
    generations,
    announcements,
    projections,
    onChange: () => undefined,
    onFault: (error) => faults.push(error),
  });
  return {
    views,
    generations,
    faults,
    watch,
    /** All views have seen the log as of now. */
    current: async (timeoutMs = 15_000) => watch.caughtUpTo(await log.head(), timeoutMs),
    stop: async () => {
      stopping.abort();
      await Promise.all([running, watch.stop()]);
      await opened.close();
    },
  };
};
