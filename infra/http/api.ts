import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import cookie from '@fastify/cookie';
import helmet from '@fastify/helmet';
import multipart from '@fastify/multipart';
import rateLimit from '@fastify/rate-limit';
import { serializerCompiler, validatorCompiler, type ZodTypeProvider } from '@fastify/type-provider-zod';
import Fastify, { type FastifyInstance, type RawServerDefault } from 'fastify';
import type { Product } from '../app/product.ts';
import { type Log, toldCode, toldRoute, type ToldText } from '../log.ts';
import { createAccess } from './access.ts';
import { answerErrors, sendProblem } from './errors.ts';
import { readJson } from './json-body.ts';
import { MAX_JSON_BYTES, MAX_UPLOAD_BYTES, RATE_ADDRESSES, RATE_WINDOW_MS, REQUESTS_PER_MINUTE } from './limits.ts';
import { createSignInLimiter, type Limiter } from './limiter.ts';
import { createMetrics, type Metrics } from './metrics.ts';
import { describeApi, docsRoutes } from './openapi.ts';
import { fault } from './problems.ts';
import { apiRoutes } from './routes/all.ts';
import { healthRoutes } from './routes/health.ts';
import { webhookRoutes } from './routes/webhooks.ts';
import { seenOf } from './seen.ts';
import { createStreams } from './streams.ts';

export type Api = {
  readonly routing: (request: IncomingMessage, response: ServerResponse) => void;
  readonly fastify: FastifyInstance;
  /** For what is answered outside of Fastify: pages and their files. */
  readonly observe: Metrics['observe'];
  readonly endStreams: () => void;
  readonly close: () => Promise<void>;
};

export type ApiOptions = {
  readonly product: Product;
  readonly log: Log;
  readonly server?: Server;
  readonly heartbeatMs?: number;
  readonly signIns?: Limiter;
};

/** The HTTP API, the webhooks, health and metrics, ready to answer. Listens to nothing itself. */
export const createApi = async ({ product, log, server, heartbeatMs, signIns = createSignInLimiter() }: ApiOptions): Promise<Api> => {
  const app = Fastify({
    // Our own log line per request names the route, never the address that was asked for.
    logger: false,
    bodyLimit: MAX_JSON_BYTES,
    // A read opens personal values and records it, and a stream never ends: neither has a HEAD.
    exposeHeadRoutes: false,
    // Addresses that cannot be decoded, or are absurd, are answered before any route is known.
    frameworkErrors: (error, _request, reply) => {
      void sendProblem(reply, error.code === 'FST_ERR_MAX_PARAM_LENGTH' ? fault('no-such-route') : fault('malformed-request'));
    },
    // Without it a second request on a closing server is answered as if it stayed open.
    return503OnClosing: true,
    ...(server === undefined ? {} : { serverFactory: (): RawServerDefault => server }),
  }).withTypeProvider<ZodTypeProvider>();
  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  answerErrors(app, log);
  const metrics = createMetrics(product);
  watchRequests(app, metrics, log);
  await app.register(helmet, API_POLICY);
  await app.register(cookie);
  const streams = createStreams(product, { metrics, ...(heartbeatMs === undefined ? {} : { heartbeatMs }) });
  await app.register(healthRoutes(product, metrics));
  await app.register(webhookRoutes(product), { prefix: '/webhooks' });
  await app.register(async (api) => {
    readJson(api);
    await api.register(multipart, { limits: { fileSize: MAX_UPLOAD_BYTES, files: 1, fields: 8, fieldSize: MAX_JSON_BYTES, parts: 9 } });
    await api.register(rateLimit, RATE);
    await describeApi(api);
    await api.register(docsRoutes, { prefix: '/api' });
    await api.register(apiRoutes({ product, access: createAccess(product.application), streams, signIns }), { prefix: '/api/v1' });
  });
  await app.ready();
  return {
    routing: (request, response) => app.routing(request, response),
    fastify: app,
    observe: metrics.observe,
    endStreams: streams.endAll,
    close: () => app.close(),
  };
};

/** Nothing of the API is a page: a browser that opens an answer runs, loads and frames nothing. */
const API_POLICY = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: { defaultSrc: ["'none'"], frameAncestors: ["'none'"], baseUri: ["'none'"], formAction: ["'none'"] },
  },
  // The front server sets these for every answer alike.
  strictTransportSecurity: false,
  referrerPolicy: false,
  xFrameOptions: false,
} as const;

const RATE = {
  max: REQUESTS_PER_MINUTE,
  timeWindow: RATE_WINDOW_MS,
  cache: RATE_ADDRESSES,
  keyGenerator: (request: { readonly raw: IncomingMessage }) => seenOf(request.raw).address ?? 'nowhere',
  errorResponseBuilder: () => fault('too-many-requests'),
};

const watchRequests = (app: FastifyInstance, metrics: Metrics, log: Log): void => {
  app.addHook('onResponse', async (request, reply) => {
    const pattern = request.routeOptions.url;
    const route: 'none' | ToldText = pattern === undefined ? 'none' : toldRoute(pattern);
    metrics.observe({ method: request.method, route, status: reply.statusCode, durationMs: reply.elapsedTime });
    const line = { method: toldCode(request.method), route, status: reply.statusCode, durationMs: Math.round(reply.elapsedTime) };
    if (reply.statusCode >= 500) log.warn('http.answered', line);
    else log.debug('http.answered', line);
  });
};
