import type { FastifyPluginAsync } from 'fastify';
import type { Product } from '../../app/product.ts';
import type { Metrics } from '../metrics.ts';

/** For orchestrators and Prometheus: no sign-in, nothing personal. Close `/metrics` at the proxy where it should not be public. */
export const healthRoutes =
  (product: Pick<Product, 'health'>, metrics: Metrics): FastifyPluginAsync =>
  async (app) => {
    app.addHook('onSend', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });
    app.get('/health/live', async () => ({ alive: true }));
    app.get('/health/ready', async (_request, reply) => {
      const report = await product.health();
      return reply.code(report.ready ? 200 : 503).send(report);
    });
    app.get('/metrics', async (_request, reply) => {
      const { type, text } = await metrics.render();
      return reply.type(type).send(text);
    });
  };
