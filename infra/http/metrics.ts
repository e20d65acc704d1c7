import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Product } from '../app/product.ts';

export type Answered = { readonly method: string; readonly route: string; readonly status: number; readonly durationMs: number };

export type Metrics = {
  readonly observe: (answered: Answered) => void;
  readonly setStreams: (open: number) => void;
  readonly render: () => Promise<{ readonly type: string; readonly text: string }>;
};

/** Seconds; the fine steps lie where pages and webhooks are promised (50 ms). */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Labels are patterns, methods, codes and names of projections: none can hold a value that somebody sent. */
export const createMetrics = (product: Pick<Product, 'projections'>): Metrics => {
  const register = new Registry();
  // Node's own, among them the delay of the event loop.
  collectDefaultMetrics({ register });
  const durations = new Histogram({
    name: 'vconnect_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [register],
  });
  const webhooks = new Counter({
    name: 'vconnect_webhook_deliveries_total',
    help: 'Webhook deliveries by the status that they were answered with.',
    labelNames: ['status'],
    registers: [register],
  });
  const streams = new Gauge({ name: 'vconnect_stream_clients', help: 'Open streams of changes.', registers: [register] });
  const projections = projectionGauges(register);
  return {
    observe: ({ method, route, status, durationMs }) => {
      durations.observe({ method, route, status: String(status) }, durationMs / 1_000);
      if (method === 'POST' && route.startsWith('/webhooks/')) webhooks.inc({ status: String(status) });
    },
    setStreams: (open) => streams.set(open),
    render: async () => {
      await projections(product);
      return { type: register.contentType, text: await register.metrics() };
    },
  };
};

const projectionGauges = (register: Registry): ((product: Pick<Product, 'projections'>) => Promise<void>) => {
  const gauge = (name: string, help: string) => new Gauge({ name, help, labelNames: ['projection'], registers: [register] });
  const lag = gauge('vconnect_projection_lag_events', "Events between the log's head and the projection's checkpoint.");
  const idle = gauge('vconnect_projection_seconds_since_progress', 'Seconds since the projection last moved.');
  const parked = gauge('vconnect_projection_parked_streams', 'Streams that the projection cannot follow and set aside.');
  return async (product) => {
    for (const { name: projection, lag: behind, secondsSinceProgress, parkedStreams } of await product.projections.status()) {
      lag.set({ projection }, Number(behind));
      idle.set({ projection }, secondsSinceProgress);
      parked.set({ projection }, parkedStreams);
    }
  };
};
