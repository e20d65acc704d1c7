/** Control: people, and what they do on their phones. */
import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { badRequest, conflict, notFound } from './control-answers.ts';
import type { CustomerContent } from './customer-writes.ts';
import { digitsOf } from './ids.ts';
import { newCustomer } from './people.ts';
import type { Simulation } from './simulation.ts';
import type { BusinessNumber } from './world.ts';

const phone = z
  .string()
  .transform(digitsOf)
  .pipe(z.string().regex(/^[1-9]\d{6,14}$/, 'a phone number with its country code'));
const customerBody = z.strictObject({
  name: z.string().trim().min(1).max(120),
  phone,
  phoneHidden: z.boolean().default(false),
  language: z.enum(['ar', 'en']).default('en'),
});
const changeBody = z.strictObject({ autoRead: z.boolean().optional(), phoneHidden: z.boolean().optional(), phone: phone.optional() });

/** Base64 of Meta's largest document. */
const MAX_BASE64 = Math.ceil((100 * 1024 * 1024) / 3) * 4;
const base64 = z
  .base64()
  .max(MAX_BASE64)
  .transform((text) => Buffer.from(text, 'base64'));
const caption = z.string().max(1_024).optional();
const mimeType = z
  .string()
  .regex(/^[\w.+-]+\/[\w.+-]+$/)
  .max(128);
const messageBody = z.strictObject({
  numberId: z.string().optional(),
  replyTo: z.string().max(1_024).optional(),
  text: z.string().min(1).max(65_536).optional(),
  image: z.strictObject({ base64, mimeType, caption }).optional(),
  document: z.strictObject({ base64, mimeType, filename: z.string().min(1).max(240), caption }).optional(),
  raw: z.strictObject({ type: z.string().min(1).max(64), body: z.record(z.string(), z.unknown()).default({}) }).optional(),
});
type MessageBody = z.infer<typeof messageBody>;

const readBody = z.strictObject({ numberId: z.string().optional() });

type Path = { readonly id: string };

export function customerRoutes(app: FastifyInstance, { sim }: { readonly sim: Simulation }): void {
  const { world, hub } = sim;

  app.post('/control/customers', (request, reply) => {
    const body = customerBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    if ([...world.customers.values()].some((each) => each.phone === body.data.phone))
      return conflict(reply, 'somebody has this phone number');
    const customer = newCustomer(world, body.data);
    hub.tell({ type: 'changed' });
    return reply.code(201).send(customer);
  });

  app.put<{ Params: Path }>('/control/customers/:id', (request, reply) => {
    const body = changeBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const customer = world.customers.get(request.params.id);
    if (customer === undefined) return notFound(reply, 'no such customer');
    const wanted = body.data.phone;
    if (wanted !== undefined && wanted !== customer.phone) {
      if ([...world.customers.values()].some((each) => each.phone === wanted)) return conflict(reply, 'somebody has this phone number');
      sim.phone.changePhone(customer, wanted);
    }
    customer.autoRead = body.data.autoRead ?? customer.autoRead;
    customer.phoneHidden = body.data.phoneHidden ?? customer.phoneHidden;
    hub.tell({ type: 'changed' });
    return reply.send(customer);
  });

  app.post<{ Params: Path }>('/control/customers/:id/messages', { bodyLimit: MAX_BASE64 + 65_536 }, (request, reply) => {
    const body = messageBody.safeParse(request.body);
    if (!body.success) return badRequest(reply, body.error);
    const customer = world.customers.get(request.params.id);
    const number = numberOf(sim, body.data.numberId);
    if (customer === undefined) return notFound(reply, 'no such customer');
    if (number === null) return notFound(reply, 'no such number: name one by numberId, or connect one');
    const content = contentOf(body.data);
    if (content === null) return reply.code(400).send({ code: 'bad-request', path: '', message: 'one of text, image, document, raw' });
    return reply.code(201).send(sim.phone.write(customer, number, content, body.data.replyTo ?? null));
  });

  app.post<{ Params: Path }>('/control/customers/:id/read', (request, reply) => {
    const body = readBody.safeParse(request.body ?? {});
    if (!body.success) return badRequest(reply, body.error);
    const customer = world.customers.get(request.params.id);
    const number = numberOf(sim, body.data.numberId);
    if (customer === undefined || number === null) return notFound(reply, 'no such customer or number');
    return reply.send({ read: sim.phone.read(customer, number) });
  });
}

/** The number named, or the only one. */
export function numberOf(sim: Simulation, numberId: string | undefined): BusinessNumber | null {
  if (numberId !== undefined) return sim.world.numbers.get(numberId) ?? null;
  const [only, ...others] = sim.world.numbers.values();
  return others.length === 0 ? (only ?? null) : null;
}

function contentOf(body: MessageBody): CustomerContent | null {
  const given: (CustomerContent | null)[] = [
    body.text === undefined ? null : { kind: 'text', text: body.text },
    body.image === undefined
      ? null
      : { kind: 'image', bytes: body.image.base64, mimeType: body.image.mimeType, caption: body.image.caption ?? null },
    body.document === undefined
      ? null
      : {
          kind: 'document',
          bytes: body.document.base64,
          mimeType: body.document.mimeType,
          filename: body.document.filename,
          caption: body.document.caption ?? null,
        },
    body.raw === undefined ? null : { kind: 'raw', type: body.raw.type, body: body.raw.body },
  ];
  const present = given.filter((each) => each !== null);
  return present.length === 1 ? (present[0] ?? null) : null;
}
