import type { StreamName } from '#domain/ids.ts';
import type { EventStore } from '#domain/ports.ts';
import type { ViewChange } from '#infra/projector/announcements.ts';
import { type ProjectorOptions, runProjector } from '#infra/projector/run.ts';
import { watchViews } from '#infra/projector/watch.ts';
import type { OpenViews } from '#infra/views/generations-sqlite.ts';
import type { Projection } from '#projections/projection.ts';
import { statusEvent } from '../eventstore/sample-events.ts';
import { clock } from './suite.ts';

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
  const { generations, announcements } = opened;
  const parts = { log, generations, announcements, projections };
  const running = runProjector({ ...parts, clock, signal: stopping.signal, onFault: (_name, code) => faults.push(code), ...options });
  const watch = await watchViews({ ...parts, onChange: (change) => changes.push(change), onFault: () => undefined });
  return {
    ...watch,
    changes,
    faults,
    stop: async () => {
      stopping.abort();
      await Promise.all([running, watch.stop()]);
    },
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
