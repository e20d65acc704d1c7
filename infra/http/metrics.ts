import { collectDefaultMetrics, Registry } from 'prom-client';
import type { ReadModels } from '../app/product.ts';
import type { ToldText } from '../log.ts';
import { counter, gauge, histogram } from './metrics/closed.ts';
import { logMetrics } from './metrics/log-metrics.ts';
import { processMetrics } from './metrics/process-metrics.ts';
import { revealMetrics } from './metrics/reveal-metrics.ts';
import { projectionMetrics } from './metrics/projection-metrics.ts';

export type Answered = { readonly method: string; readonly route: RouteLabel; readonly status: number; readonly durationMs: number };
/** A route's pattern, or of what kind a page's address is. */
type RouteLabel = ToldText | 'none' | '/*' | '/_app/*';

export type Metrics = {
  readonly observe: (answered: Answered) => void;
  readonly setStreams: (open: number) => void;
  readonly render: () => Promise<{ readonly type: string; readonly text: string }>;
};

/** Seconds; the fine steps lie where pages and webhooks are promised (50 ms). */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** Labels are patterns, methods, codes and names of projections, roles and leases: none can hold a value that somebody sent. */
export const createMetrics = ({ projections, vitals }: Pick<ReadModels, 'projections' | 'vitals'>): Metrics => {
  const register = new Registry();
  // Node's own, among them the delay of the event loop.
  collectDefaultMetrics({ register });
  const durations = histogram({
    name: 'vconnect_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer, by route pattern.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [register],
  });
  const webhooks = counter({
    name: 'vconnect_webhook_deliveries_total',
    help: 'Webhook deliveries by the status that they were answered with.',
    labelNames: ['status'],
    registers: [register],
  });
  const streams = gauge({ name: 'vconnect_stream_clients', help: 'Open streams of changes.', registers: [register] });
  const unanswered = counter({
    name: 'vconnect_metrics_unanswered_total',
    help: 'Times that a part did not say its numbers when it was asked for this page: they are missing from it.',
    labelNames: ['part'],
    registers: [register],
  });
  for (const part of PARTS) unanswered.inc({ part }, 0);
  const log = logMetrics(register, vitals.appends);
  const readModels = projectionMetrics(register);
  const processes = processMetrics(register, vitals);
  const reveals = revealMetrics(register, vitals.refusals);
  /** A store that does not answer takes its own numbers away, not everybody's. */
  const ask = async (part: (typeof PARTS)[number], question: () => void | Promise<void>): Promise<void> => {
    try {
      await question();
    } catch {
      unanswered.inc({ part });
    }
  };
  return {
    observe: ({ method, route, status, durationMs }) => {
      durations.observe({ method: METHODS.find((known) => known === method) ?? 'other', route, status }, durationMs / 1_000);
      if (method === 'POST' && route.startsWith('/webhooks/')) webhooks.inc({ status });
    },
    setStreams: (open) => streams.set({}, open),
    render: async () => {
      await ask('log', log);
      await ask('projections', () => readModels(projections));
      await ask('processes', processes);
      reveals();
      return { type: register.contentType, text: await register.metrics() };
    },
  };
};

/** Node's parser knows some thirty more; whoever tries them through does not make the page grow. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

/** Whose numbers are asked for when the page is made. */
const PARTS = ['log', 'projections', 'processes'] as const;
