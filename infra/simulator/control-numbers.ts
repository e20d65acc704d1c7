/** Control: the business's numbers, with the secrets that a product is given to connect. All of it invented. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { badRequest, notFound } from './control-answers.ts';
import { shakeHands } from './handshake.ts';
import { randomDigits, randomSecret, randomToken } from './ids.ts';
import type { Simulation } from './simulation.ts';
import type { BusinessNumber } from './world.ts';

const short = z.string().min(1).max(512);
const numberBody = z.strictObject({
  displayPhoneNumber: short.optional(),
  verifiedName: short.optional(),
  accessToken: short.optional(),
  appSecret: short.optional(),
  verifyToken: short.optional(),
  webhookUrl: z
    .url({ protocol: /^https?$/ })
    .nullable()
    .optional(),
});
type NumberBody = z.infer<typeof numberBody>;

type Path = { readonly id: string };

export function numberRoutes(app: FastifyInstance, { sim }: { readonly sim: Simulation }): void {
  app.post('/control/numbers', async (request, reply) => {
    const body = numberBody.safeParse(request.body ?? {});
    if (!body.success) return badRequest(reply, body.error);
    return reply.code(201).send(await apply(sim, randomNumber(randomDigits(15)), body.data));
  });

  app.put<{ Params: Path }>('/control/numbers/:id', async (request, reply) => {
    const body = numberBody.safeParse(request.body ?? {});
    if (!body.success) return badRequest(reply, body.error);
    if (!/^\d{1,32}$/.test(request.params.id)) return notFound(reply, 'a phone number id is digits');
    const number = sim.world.numbers.get(request.params.id) ?? randomNumber(request.params.id);
    return reply.send(await apply(sim, number, body.data));
  });

  app.get<{ Params: Path }>('/control/numbers/:id', (request, reply) => {
    const number = sim.world.numbers.get(request.params.id);
    return number === undefined ? notFound(reply, 'no such number') : reply.send(number);
  });
}

/** Saving a webhook address shakes hands anew; without a good handshake nothing is delivered, as with Meta. */
async function apply(sim: Simulation, number: BusinessNumber, body: NumberBody): Promise<BusinessNumber> {
  Object.assign(number, Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)));
  sim.world.numbers.set(number.phoneNumberId, number);
  number.handshake = number.webhookUrl === null ? null : await shakeHands(number, number.webhookUrl);
  sim.hub.tell({ type: 'changed' });
  return number;
}

function randomNumber(phoneNumberId: string): BusinessNumber {
  return {
    phoneNumberId,
    wabaId: randomDigits(15),
    displayPhoneNumber: `+20 2 0000 ${randomDigits(4)}`,
    verifiedName: 'Marsa Group',
    accessToken: randomToken('EAAsim'),
    appSecret: randomSecret(),
    verifyToken: randomToken('verify-'),
    webhookUrl: null,
    handshake: null,
    freeDelivered: { month: '', count: 0 },
  };
}
