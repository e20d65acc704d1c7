import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Application, PlatformRequest } from '#projections/application.ts';
import type { Product } from '../app/product.ts';
import type { Log } from '../log.ts';
import { type Api, createApi } from './api.ts';
import { CLOSE_TIMEOUT_MS, HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { createSignInLimiter } from './limiter.ts';
import { listen, reachable } from './listen.ts';
import { problem } from './problems.ts';
import { setSecurityHeaders } from './security-headers.ts';
import { createAdopt, rememberSeen, type Seen } from './seen.ts';
import type { WebHandler } from './web-handler.ts';

export type FrontOptions = {
  readonly product: Product;
  readonly log: Log;
  readonly web: WebHandler;
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  readonly publicUrl: string | null;
  readonly trustedProxies: readonly string[];
  /** How often a stream shows life and asks whether its session still holds; 15 s unless told. */
  readonly heartbeatMs?: number;
};

export type Front = {
  /** Where a browser on this machine finds it. */
  readonly url: string;
  readonly port: number;
  /** Takes no new request, lets those under way finish within 5 s, ends the streams. */
  readonly close: () => Promise<void>;
};

/** One plain server on one port: /api, /webhooks, /health and /metrics go to Fastify, everything else to the pages. */
export const startFront = async (options: FrontOptions): Promise<Front> => {
  const { product, log, web } = options;
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const signIns = createSignInLimiter();
  const api = await createApi({
    product,
    log,
    server,
    signIns,
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  });
  const adopt = createAdopt(options);
  server.on('request', (request, response) => {
    const seen = adopt(request);
    setSecurityHeaders(response, seen?.secure ?? false);
    if (seen === null) refuse(response);
    else if (isForApi(request.url ?? '')) {
      rememberSeen(request, seen);
      api.routing(request, response);
    } else {
      giveApplication(request, product.application, seen);
      measure(request, response, api);
      const seconds = isSignIn(request) ? signIns.wait(seen.address ?? 'nowhere') : 0;
      if (seconds > 0) {
        response.writeHead(429, { ...PROBLEM, 'retry-after': String(seconds) }).end(JSON.stringify(problem('too-many-requests')));
        return;
      }
      showPage(web, request, response, log);
    }
  });
  const port = await listen(server, options);
  const url = options.publicUrl ?? `http://${reachable(options.host)}:${String(port)}`;
  return { url, port, close: () => close(server, api) };
};

const API = ['/api', '/webhooks', '/health', '/metrics'] as const;

const isForApi = (url: string): boolean => {
  const path = url.split('?', 1)[0] ?? '';
  return API.some((prefix) => path === prefix || path.startsWith(`${prefix}/`));
};

/** The forms that take a password. */
const isSignIn = ({ method, url = '' }: IncomingMessage): boolean => method === 'POST' && /^\/(?:signin|setup)(?:[/?]|$)/.test(url);

/** Pages find the application on `event.platform.req.vconnect`. */
const giveApplication = (request: IncomingMessage, application: Application, { address, baseUrl }: Seen): void => {
  Object.assign(request, { vconnect: { application, address, baseUrl } } satisfies PlatformRequest);
};

/** Kit answers its own errors; what still gets out of it must neither end the process nor leave the browser waiting. */
const showPage = (web: WebHandler, request: IncomingMessage, response: ServerResponse, log: Log): void => {
  const failed = (error: unknown): void => {
    log.error('page.failed', { err: error });
    if (response.headersSent) response.destroy();
    else response.writeHead(500, PROBLEM).end(JSON.stringify(problem('internal')));
  };
  try {
    Promise.resolve(web(request, response, () => refuse(response))).catch(failed);
  } catch (error) {
    failed(error);
  }
};

/** Pages by kind alone: their addresses hold ids. */
const measure = (request: IncomingMessage, response: ServerResponse, api: Api): void => {
  const startedAt = performance.now();
  const route = request.url?.startsWith('/_app/') === true ? '/_app/*' : '/*';
  response.once('close', () => {
    api.observe({ method: request.method ?? 'none', route, status: response.statusCode, durationMs: performance.now() - startedAt });
  });
};

const PROBLEM = { 'content-type': 'application/problem+json', connection: 'close' } as const;

const refuse = (response: ServerResponse): void => {
  if (response.headersSent) response.destroy();
  else response.writeHead(400, PROBLEM).end(JSON.stringify(problem('malformed-request')));
};

const close = async (server: Server, api: Api): Promise<void> => {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  // Streams would keep the server open for ever.
  api.endStreams();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
  await closed;
  clearTimeout(cut);
  await api.close();
};
