/** `POST /<phone>/messages`: what Meta checks before it accepts, and what it answers. */
import { z } from 'zod';
import { failsLater, graphError, type GraphError } from './graph-errors.ts';
import { bsuidOf, digitsOf, newWamid } from './ids.ts';
import { rememberMessage, type BusinessNumber, type ChatMessage, type Customer } from './world.ts';
import type { Simulation } from './simulation.ts';

const WINDOW_MS = 24 * 3_600_000;
/** Messages per second and number. */
const THROUGHPUT = 80;

const mediaBody = z.looseObject({ id: z.string(), caption: z.string().max(1_024).optional(), filename: z.string().max(240).optional() });
const common = {
  messaging_product: z.literal('whatsapp'),
  recipient_type: z.literal('individual').optional(),
  to: z.string().min(1).max(32).optional(),
  recipient: z.string().min(1).max(140).optional(),
  context: z.looseObject({ message_id: z.string() }).optional(),
  biz_opaque_callback_data: z.string().max(512).optional(),
};
const sendBody = z.discriminatedUnion('type', [
  z.looseObject({ ...common, type: z.literal('text'), text: z.looseObject({ body: z.string().min(1).max(4_096) }) }),
  z.looseObject({ ...common, type: z.literal('image'), image: mediaBody }),
  z.looseObject({ ...common, type: z.literal('document'), document: mediaBody }),
]);
type SendBody = z.infer<typeof sendBody>;

const readBody = z.looseObject({
  messaging_product: z.literal('whatsapp'),
  status: z.literal('read'),
  message_id: z.string(),
  typing_indicator: z.looseObject({ type: z.literal('text') }).optional(),
});

export type SendAnswer =
  { readonly kind: 'ok'; readonly body: object; readonly lost: boolean } | { readonly kind: 'error'; readonly error: GraphError };

const refuse = (code: number, details?: string): SendAnswer => ({ kind: 'error', error: graphError(code, details) });

export function createSendDesk(sim: Simulation): (number: BusinessNumber, body: unknown) => SendAnswer {
  const seenOnce = new Set<string>();
  const recent = new Map<string, number[]>();

  return (number, body) => {
    if (isRead(body)) return markRead(sim, number, body);
    const parsed = sendBody.safeParse(body);
    if (!parsed.success) return badBody(body, parsed.error);
    const request = parsed.data;
    const switched = switchedFailure(sim, request, seenOnce) ?? tooFast(recent, number.phoneNumberId);
    if (switched !== null) return switched;
    if (request.to !== undefined && digitsOf(request.to) === digitsOf(number.displayPhoneNumber)) return refuse(131021);
    const customer = recipientOf(sim, number, request);
    if (customer === null || !windowOpen(sim, number, customer)) return refuse(131047);
    const content = contentOf(sim, number, request);
    return 'kind' in content ? content : accept(sim, { number, customer, request, content });
  };
}

function badBody(body: unknown, error: z.ZodError): SendAnswer {
  const type = z.looseObject({ type: z.string() }).safeParse(body).data?.type;
  if (type !== undefined && !['text', 'image', 'document'].includes(type)) {
    return refuse(131051, `The simulator does not play messages of type ${JSON.stringify(type.slice(0, 40))} yet.`);
  }
  const path = error.issues[0]?.path.join('.') ?? '';
  return refuse(100, path === '' ? undefined : `Invalid or missing parameter: ${path}`);
}

function switchedFailure(sim: Simulation, request: SendBody, seenOnce: Set<string>): SendAnswer | null {
  const { failSends, rate429 } = sim.world.chaos;
  if (failSends !== null && !failsLater(failSends)) return refuse(failSends);
  if (!rate429) return null;
  const key = request.biz_opaque_callback_data ?? JSON.stringify(request);
  if (seenOnce.delete(key)) return null;
  seenOnce.add(key);
  return refuse(130429);
}

function tooFast(recent: Map<string, number[]>, phoneNumberId: string): SendAnswer | null {
  const now = performance.now();
  const lastSecond = (recent.get(phoneNumberId) ?? []).filter((at) => now - at < 1_000);
  recent.set(phoneNumberId, lastSecond);
  if (lastSecond.length >= THROUGHPUT) return refuse(130429);
  lastSecond.push(now);
  return null;
}

/** If both are given the phone wins. */
function recipientOf(sim: Simulation, number: BusinessNumber, request: SendBody): Customer | null {
  const { to, recipient } = request;
  const people = [...sim.world.customers.values()];
  const found =
    to === undefined
      ? people.find((person) => bsuidOf(person, number) === recipient)
      : people.find((person) => person.phone === digitsOf(to));
  return found ?? null;
}

/** Opens with each message of the customer to this number. */
function windowOpen(sim: Simulation, number: BusinessNumber, customer: Customer): boolean {
  const last = sim.world.messages.findLast(
    (message) => message.author === 'customer' && message.customerId === customer.id && message.phoneNumberId === number.phoneNumberId,
  );
  return last !== undefined && sim.clock.now() - last.sentAt < WINDOW_MS;
}

type Content = Pick<ChatMessage, 'text' | 'mediaId' | 'mimeType' | 'filename'>;

function contentOf(sim: Simulation, number: BusinessNumber, request: SendBody): Content | SendAnswer {
  if (request.type === 'text') return { text: request.text.body, mediaId: null, mimeType: null, filename: null };
  const body = request.type === 'image' ? request.image : request.document;
  const media = sim.shelf.find(body.id);
  if (media === null || media.phoneNumberId !== number.phoneNumberId) return refuse(131053, 'Media id is unknown or has expired.');
  const isImage = media.mimeType === 'image/jpeg' || media.mimeType === 'image/png';
  if (request.type === 'image' && !isImage) return refuse(131053, `Images are image/jpeg or image/png, this is ${media.mimeType}.`);
  const filename = request.type === 'document' ? (body.filename ?? media.filename) : null;
  return { text: body.caption ?? null, mediaId: media.id, mimeType: media.mimeType, filename };
}

type Accepted = { readonly number: BusinessNumber; readonly customer: Customer; readonly request: SendBody; readonly content: Content };

function accept(sim: Simulation, { number, customer, request, content }: Accepted): SendAnswer {
  const message: ChatMessage = {
    wamid: newWamid(request.to === undefined ? bsuidOf(customer, number) : customer.phone, 'outgoing'),
    phoneNumberId: number.phoneNumberId,
    customerId: customer.id,
    author: 'business',
    type: request.type,
    ...content,
    replyTo: request.context?.message_id ?? null,
    callbackData: request.biz_opaque_callback_data ?? null,
    sentAt: sim.clock.now(),
    state: 'sending',
    errorCode: null,
  };
  rememberMessage(sim.world, message);
  sim.hub.tell({ type: 'message', message });
  sim.statuses.begin(message);
  const contact =
    request.to === undefined
      ? { input: request.recipient, user_id: bsuidOf(customer, number) }
      : { input: request.to, wa_id: customer.phone };
  const body = { messaging_product: 'whatsapp', contacts: [contact], messages: [{ id: message.wamid, message_status: 'accepted' }] };
  return { kind: 'ok', body, lost: sim.world.chaos.loseAnswer };
}

function isRead(body: unknown): boolean {
  return z.looseObject({ status: z.unknown(), message_id: z.unknown() }).safeParse(body).data?.status !== undefined;
}

/** Reading one message reads all before it. */
function markRead(sim: Simulation, number: BusinessNumber, body: unknown): SendAnswer {
  const parsed = readBody.safeParse(body);
  if (!parsed.success) return badBody({}, parsed.error);
  const message = sim.world.byWamid.get(parsed.data.message_id);
  if (message?.author !== 'customer' || message.phoneNumberId !== number.phoneNumberId)
    return refuse(131009, 'message_id is not a message of this number.');
  const upTo = sim.world.messages.filter(
    (each) =>
      each.author === 'customer' &&
      each.customerId === message.customerId &&
      each.phoneNumberId === message.phoneNumberId &&
      each.sentAt <= message.sentAt &&
      each.state !== 'read',
  );
  for (const each of upTo) {
    each.state = 'read';
    sim.hub.tell({ type: 'message-state', wamid: each.wamid, state: 'read', errorCode: null });
  }
  if (parsed.data.typing_indicator !== undefined) {
    sim.hub.tell({ type: 'typing', phoneNumberId: number.phoneNumberId, customerId: message.customerId });
  }
  return { kind: 'ok', body: { success: true }, lost: false };
}
