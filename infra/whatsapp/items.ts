/** One message or status of a webhook, from Meta's form to ours. */
import {
  MESSAGE_TYPES,
  STATUSES,
  type IncomingMedia,
  type IncomingMessage,
  type MessageType,
  type Sender,
  type StatusUpdate,
} from './delivery.ts';
import * as shapes from './incoming.ts';

type Issues = { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] };
type Item<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: Issues | null };

const MEDIA_TYPES: readonly string[] = ['image', 'video', 'audio', 'document', 'sticker'];

export function messageItem(raw: unknown, contacts: readonly shapes.Contact[]): Item<IncomingMessage> {
  const parsed = shapes.message.safeParse(raw);
  if (!parsed.success) return { ok: false, error: parsed.error };
  const json = stringify(raw);
  if (json === null) return { ok: false, error: null };
  const from = senderOf(parsed.data, contacts);
  if (from.phone === undefined && from.bsuid === undefined) return { ok: false, error: { issues: [{ path: ['from'] }] } };
  // A known type with a body that we cannot read is kept whole, as an unknown type is.
  const content = contentOf(parsed.data, raw);
  const replyTo = parsed.data.context?.id;
  return {
    ok: true,
    value: {
      wamid: parsed.data.id,
      type: content === null ? 'unsupported' : typeOf(parsed.data.type),
      sentAt: isoOf(parsed.data.timestamp),
      from,
      ...content,
      ...defined({ replyTo }),
      raw: json,
    },
  };
}

/** Null: a status of a kind that we do not know, which is news but not ours. */
export function statusItem(raw: unknown): Item<StatusUpdate | null> {
  const parsed = shapes.status.safeParse(raw);
  if (!parsed.success) return { ok: false, error: parsed.error };
  const { id, status, timestamp, biz_opaque_callback_data: callbackData, errors, pricing } = parsed.data;
  const name = STATUSES.find((known) => known === status);
  if (name === undefined) return { ok: true, value: null };
  const error = errors?.[0];
  const details = error?.error_data?.details ?? error?.message ?? error?.title;
  return {
    ok: true,
    value: {
      wamid: id,
      status: name,
      occurredAt: isoOf(timestamp),
      ...defined({ errorCode: error?.code, errorDetails: details, callbackData }),
      ...(pricing === undefined
        ? {}
        : {
            pricing: defined({
              billable: pricing.billable,
              model: pricing.pricing_model,
              type: pricing.type,
              category: pricing.category,
            }),
          }),
    },
  };
}

type Content = { readonly text?: string; readonly caption?: string; readonly media?: IncomingMedia };

function contentOf(message: shapes.RawMessage, raw: unknown): Content | null {
  if (message.type === 'text') {
    const body = shapes.textBody.safeParse(raw);
    return body.success ? { text: body.data.text.body } : null;
  }
  if (MEDIA_TYPES.includes(message.type)) {
    const body = shapes.mediaOf(message.type).safeParse(raw);
    if (!body.success) return null;
    const { id, mime_type: mimeType, sha256, filename, caption } = body.data;
    return { media: { id, mimeType, ...defined({ sha256, filename }) }, ...defined({ caption }) };
  }
  return defined({ text: tappedText(message.type, raw) });
}

/** What the customer chose on a button or in a list reads like a text. */
function tappedText(type: string, raw: unknown): string | undefined {
  if (type === 'button') return shapes.buttonBody.safeParse(raw).data?.button.text;
  if (type !== 'interactive') return undefined;
  const chosen = shapes.interactiveBody.safeParse(raw).data?.interactive;
  return chosen?.button_reply?.title ?? chosen?.list_reply?.title;
}

function senderOf(message: shapes.RawMessage, contacts: readonly shapes.Contact[]): Sender {
  const { from: phone, from_user_id: userId } = message;
  const known = contacts.find(
    (contact) => (phone !== undefined && contact.wa_id === phone) || (userId !== undefined && contact.user_id === userId),
  );
  // A delivery about one person need not repeat the ids on the message.
  const only = phone === undefined && userId === undefined && contacts.length === 1 ? contacts[0] : undefined;
  const contact = known ?? only;
  return defined({
    phone: phone ?? contact?.wa_id,
    bsuid: userId ?? contact?.user_id,
    username: contact?.profile?.username,
    profileName: contact?.profile?.name,
  });
}

function typeOf(type: string): MessageType {
  return MESSAGE_TYPES.find((known) => known === type) ?? 'unsupported';
}

function isoOf(unixSeconds: string): string {
  return new Date(Number(unixSeconds) * 1_000).toISOString();
}

/** Null for an object nested so deeply that it cannot be written again. */
function stringify(raw: unknown): string | null {
  try {
    return JSON.stringify(raw);
  } catch {
    // JSON.stringify recurses where JSON.parse does not.
    return null;
  }
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

function defined<T extends object>(record: T): Present<T>;
function defined(record: object): object {
  return Object.fromEntries(Object.entries(record).filter(([, each]) => each !== undefined));
}
