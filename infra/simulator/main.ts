/** The simulator as a server of its own: Graph on one side, a control side and the phone page on the other. */
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { customerRoutes } from './control-customers.ts';
import { numberRoutes } from './control-numbers.ts';
import { worldRoutes } from './control-world.ts';
import { errorBody, graphError } from './graph-errors.ts';
import { graphRoutes } from './graph-routes.ts';
import { pageRoutes } from './page-routes.ts';
import { createSimulation, type Simulation } from './simulation.ts';

export type RunningSimulator = {
  readonly url: string;
  readonly close: () => Promise<void>;
};

export async function startSimulator(at: { readonly port: number; readonly host: string }): Promise<RunningSimulator> {
  const sim = createSimulation();
  const app = await buildApp(sim, LOOPBACK.has(at.host));
  const url = await app.listen({ port: at.port, host: at.host });
  return {
    url,
    close: async () => {
      sim.close();
      await app.close();
    },
  };
}

/** Names under which a browser may ask a simulator that listens on this machine only (against DNS rebinding). */
const LOOPBACK: ReadonlySet<string> = new Set(['127.0.0.1', 'localhost', '::1', '[::1]']);

async function buildApp(sim: Simulation, local: boolean): Promise<FastifyInstance> {
  // Open event streams must not hold up the end.
  const app = Fastify({ logger: false, forceCloseConnections: true, bodyLimit: 1024 * 1024 });
  app.addHook('onRequest', ownPagesOnly);
  if (local) app.addHook('onRequest', loopbackOnly);
  app.setErrorHandler((error, request, reply) => {
    const status = statusOf(error);
    if (request.url.startsWith('/control/'))
      return reply.code(status).send({ code: 'bad-request', message: 'the request could not be read' });
    return reply.code(status).send(errorBody(graphError(status >= 500 ? 131000 : 100)));
  });
  await app.register(graphRoutes, { sim });
  numberRoutes(app, { sim });
  customerRoutes(app, { sim });
  worldRoutes(app, { sim });
  pageRoutes(app, { sim });
  return app;
}

/** Browsers send along from where they ask: a strange page may not play with the simulator of the person reading it. */
async function ownPagesOnly(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { origin } = request.headers;
  if (origin !== undefined && origin !== `${request.protocol}://${request.host}`) {
    await reply.code(403).send({ code: 'foreign-origin', message: 'this page may not use the simulator' });
  }
}

async function loopbackOnly(request: FastifyRequest, reply: FastifyReply): Promise<void> {
  if (!LOOPBACK.has(request.hostname))
    await reply.code(403).send({ code: 'foreign-host', message: 'this simulator answers on this machine only' });
}

function statusOf(error: unknown): number {
  if (error instanceof Error && 'statusCode' in error && typeof error.statusCode === 'number') return error.statusCode;
  return 500;
}
