import type { Registry } from 'prom-client';
import type { Product } from '../../app/product.ts';
import { toldCode, type ToldText } from '../../log.ts';
import { doneRatio } from '../../projector/building.ts';
import { counter, gauge as closedGauge } from './closed.ts';

/** How far the read models of the data folder are. Every process says the same; a dead projector shows as a lag that grows. */
export const projectionMetrics = (register: Registry): ((projections: Pick<Product['projections'], 'status'>) => Promise<void>) => {
  const labelNames = ['projection'] as const;
  const gauge = (name: string, help: string) => closedGauge({ name, help, labelNames, registers: [register] });
  const gauges = {
    lag: gauge('vconnect_projection_lag_events', "Events between the log's head and the position of the live generation."),
    idle: gauge('vconnect_projection_seconds_since_progress', 'Seconds since the live generation last moved, or looked and found nothing.'),
    parked: gauge('vconnect_projection_parked_streams', 'Streams that the projection cannot follow and set aside.'),
    fault: gauge('vconnect_projection_fault', '1 while a fault holds the projection up, else 0.'),
    generation: gauge('vconnect_projection_generation', 'Number of the generation that pages read; 0 while there is none.'),
    building: gauge('vconnect_projection_building_generation', 'Number of the generation that is built beside it; 0 while none is.'),
    ratio: gauge(
      'vconnect_projection_building_ratio',
      'How far the generation that is being built has come, from 0 to 1; 0 while none is.',
    ),
  };
  const applied = counter({
    name: 'vconnect_projection_applied_events_total',
    help: 'Events that the live generation moved past, as this process saw it since its start.',
    labelNames,
    registers: [register],
  });
  const seen = new Map<string, { readonly generation: number; readonly checkpoint: bigint }>();

  const count = (projection: ToldText, generation: number, checkpoint: bigint): void => {
    const before = seen.get(projection);
    // Another generation stands elsewhere: how far it is says nothing of what was applied meanwhile.
    const moved = before?.generation === generation ? Number(checkpoint - before.checkpoint) : 0;
    applied.inc({ projection }, Math.max(0, moved));
    seen.set(projection, { generation, checkpoint });
  };
  const clear = (): void => {
    for (const each of Object.values(gauges)) each.reset();
  };

  return async (projections) => {
    // What cannot be asked any more must not stand there as if it were still so.
    clear();
    for (const status of await projections.status()) {
      const { generation, building } = status;
      const projection = toldCode(status.name);
      gauges.lag.set({ projection }, Number(status.lag));
      gauges.idle.set({ projection }, status.secondsSinceProgress);
      gauges.parked.set({ projection }, status.parkedStreams);
      gauges.fault.set({ projection }, status.fault === null ? 0 : 1);
      gauges.generation.set({ projection }, generation);
      gauges.building.set({ projection }, building?.generation ?? 0);
      gauges.ratio.set({ projection }, building === null ? 0 : doneRatio(status));
      count(projection, generation, status.checkpoint);
    }
  };
};
