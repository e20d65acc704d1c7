import { createServer } from 'node:http';
import Fastify, { type RawServerDefault } from 'fastify';
import type { Product } from '../app/product.ts';
import type { Log } from '../log.ts';
import { answerErrors } from './errors.ts';
import type { Front } from './front.ts';
import { CLOSE_TIMEOUT_MS, HEADERS_TIMEOUT_MS, KEEP_ALIVE_MS, MAX_HEADER_BYTES, MAX_JSON_BYTES, REQUEST_TIMEOUT_MS } from './limits.ts';
import { listen, reachable } from './listen.ts';
import { createMetrics } from './metrics.ts';
import { healthRoutes } from './routes/health.ts';
import { setSecurityHeaders } from './security-headers.ts';

type Options = {
  readonly service: Pick<Product, 'health' | 'projections' | 'vitals'>;
  readonly log: Log;
  readonly host: string;
  readonly port: number;
};

/** The port of a process that serves nobody: `/health/*` and `/metrics`, for whoever watches over it. */
export const startHealthFront = async ({ service, log, host, port }: Options): Promise<Front> => {
  const server = createServer({
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: KEEP_ALIVE_MS,
    maxHeaderSize: MAX_HEADER_BYTES,
  });
  const app = Fastify({ logger: false, bodyLimit: MAX_JSON_BYTES, serverFactory: (): RawServerDefault => server });
  answerErrors(app, log);
  await app.register(healthRoutes(service, createMetrics(service)));
  await app.ready();
  server.on('request', (request, response) => {
    setSecurityHeaders(response, false);
    app.routing(request, response);
  });
  const bound = await listen(server, { host, port });
  return {
    url: `http://${reachable(host)}:${String(bound)}`,
    port: bound,
    close: async () => {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const cut = setTimeout(() => server.closeAllConnections(), CLOSE_TIMEOUT_MS);
      await closed;
      clearTimeout(cut);
      await app.close();
    },
  };
};
