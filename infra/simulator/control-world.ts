/** Control: state, clock, chaos, scripts, live news. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { CALM, chaosSchema } from './chaos.ts';
import { badRequest, notFound } from './control-answers.ts';
import { numberOf } from './control-customers.ts';
import { bsuidOf } from './ids.ts';
import type { Simulation } from './simulation.ts';
import type { Customer } from './world.ts';

const clockBody = z.strictObject({
  advanceMs: z
    .int()
    .min(0)
    .max(366 * 24 * 3_600_000),
});
const chaosBody = chaosSchema.partial();
const PACES = { calm: 0.5, natural: 1, lively: 3, fast: 20 } as const;
const scriptBody = z.strictObject({
  customers: z.union([z.int().min(1).max(12), z.array(z.string()).min(1)]).default(12),
  pace: z.union([z.enum(['calm', 'natural', 'lively', 'fast']), z.number().positive().max(1_000)]).default('natural'),
  numberId: z.string().optional(),
});

const HEARTBEAT_MS = 15_000;

export function worldRoutes(app: FastifyInstance, { sim }: { readonly sim: Simulation }): void {
  const { world, hub, clock } = sim;

  app.get('/control/state', (_request, reply) => reply.header('cache-control', 'no-store').send(stateOf(sim)));

  app.post('/control/clock', (request, reply) => {
    const body = clockBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    clock.advance(body.data.advanceMs);
    hub.tell({ type: 'clock', offsetMs: clock.offsetMs() });
    return reply.send({ now: new Date(clock.now()).toISOString(), offsetMs: clock.offsetMs() });
  });

  app.put('/control/chaos', (request, reply) => {
    const body = chaosBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const given = Object.fromEntries(Object.entries(body.data).filter(([, value]) => value !== undefined));
    world.chaos = { ...world.chaos, ...given };
    sim.deliverer.release();
    hub.tell({ type: 'chaos', chaos: world.chaos });
    return reply.send(world.chaos);
  });

  app.delete('/control/chaos', (_request, reply) => {
    world.chaos = CALM;
    sim.deliverer.release();
    hub.tell({ type: 'chaos', chaos: world.chaos });
    return reply.send(world.chaos);
  });

  app.post('/control/script/start', (request, reply) => {
    const body = scriptBody.safeParse(request.body ?? {});
    if (!body.success) return badRequest(reply, body.error);
    const number = numberOf(sim, body.data.numberId);
    if (number === null) return notFound(reply, 'no such number: name one by numberId, or connect one');
    const { customers, pace } = body.data;
    const scripted = [...world.customers.values()].filter((each) => each.personality !== null);
    const chosen = typeof customers === 'number' ? scripted.slice(0, customers) : scripted.filter((each) => customers.includes(each.id));
    const started = sim.scripts.start(number, chosen, typeof pace === 'number' ? pace : PACES[pace]);
    return reply.send({ started });
  });

  app.post('/control/script/stop', (_request, reply) => {
    sim.scripts.stop();
    return reply.send({ started: 0 });
  });

  /** Conversations and people go, numbers stay connected. */
  app.post('/control/reset', (_request, reply) => {
    sim.reset();
    return reply.send(stateOf(sim));
  });

  app.get('/control/events', (request, reply) => {
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store', 'x-accel-buffering': 'no' });
    raw.write('retry: 1000\n\n');
    const stop = hub.listen((news) => raw.write(`data: ${JSON.stringify(news)}\n\n`));
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
    request.raw.on('close', () => {
      clearInterval(heartbeat);
      stop();
    });
  });
}

/** Everything that a page shows; secrets of a number are asked for one by one. */
function stateOf(sim: Simulation): object {
  const { world, clock, scripts } = sim;
  return {
    now: new Date(clock.now()).toISOString(),
    offsetMs: clock.offsetMs(),
    chaos: world.chaos,
    scriptsRunning: scripts.running(),
    numbers: [...world.numbers.values()].map(({ accessToken: _a, appSecret: _s, verifyToken: _v, ...shown }) => shown),
    customers: [...world.customers.values()].map((customer) => customerView(sim, customer)),
    messages: world.messages,
    webhooks: world.webhooks,
  };
}

function customerView(sim: Simulation, { personality, bsuidSeed: _seed, ...customer }: Customer): object {
  const full = sim.world.customers.get(customer.id);
  const bsuids =
    full === undefined
      ? {}
      : Object.fromEntries([...sim.world.numbers.values()].map((number) => [number.phoneNumberId, bsuidOf(full, number)]));
  return { ...customer, scripted: personality !== null, bsuids };
}
