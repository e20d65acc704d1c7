/** Webhook bodies as Meta writes them. */
import { bsuidOf } from './ids.ts';
import type { BusinessNumber, ChatMessage, Customer, StoredMedia } from './world.ts';

export type Item =
  | {
      readonly kind: 'message';
      readonly body: object;
      readonly contact: object;
      readonly wamid: string;
      readonly type: string;
      readonly customer: string;
    }
  | {
      readonly kind: 'status';
      readonly body: object;
      readonly contact: null;
      readonly wamid: string;
      readonly type: string;
      readonly customer: string;
    };

/** One envelope with all items; messages and statuses of one number share a `value` per kind, as Meta groups them. */
export function envelopeOf(number: BusinessNumber, items: readonly Item[]): object {
  const messages = items.filter((item) => item.kind === 'message');
  const statuses = items.filter((item) => item.kind === 'status');
  const contacts = [...new Map(messages.map((item) => [JSON.stringify(item.contact), item.contact])).values()];
  const change = (part: object) => ({
    field: 'messages',
    value: {
      messaging_product: 'whatsapp',
      metadata: { display_phone_number: number.displayPhoneNumber.replaceAll(/\D/g, ''), phone_number_id: number.phoneNumberId },
      ...part,
    },
  });
  const changes = [
    ...(messages.length > 0 ? [change({ contacts, messages: messages.map((item) => item.body) })] : []),
    ...(statuses.length > 0 ? [change({ statuses: statuses.map((item) => item.body) })] : []),
  ];
  return { object: 'whatsapp_business_account', entry: [{ id: number.wabaId, changes }] };
}

export function messageItem(number: BusinessNumber, customer: Customer, message: ChatMessage, content: object): Item {
  const userId = bsuidOf(customer, number);
  const phone = customer.phoneHidden ? {} : { from: customer.phone };
  const waId = customer.phoneHidden ? {} : { wa_id: customer.phone };
  const username = customer.username === null ? {} : { username: customer.username };
  return {
    kind: 'message',
    wamid: message.wamid,
    type: message.type,
    customer: customer.name,
    contact: { profile: { name: customer.name, ...username }, ...waId, user_id: userId },
    body: {
      ...(message.replyTo === null ? {} : { context: { from: number.displayPhoneNumber.replaceAll(/\D/g, ''), id: message.replyTo } }),
      ...phone,
      from_user_id: userId,
      id: message.wamid,
      timestamp: unixSeconds(message.sentAt),
      type: message.type,
      ...content,
    },
  };
}

export function mediaContent(type: 'image' | 'document', media: StoredMedia, caption: string | null): object {
  return {
    [type]: {
      ...(caption === null ? {} : { caption }),
      ...(type === 'document' ? { filename: media.filename ?? 'document' } : {}),
      mime_type: media.mimeType,
      sha256: media.sha256.toString('base64'),
      id: media.id,
    },
  };
}

export type StatusNews = {
  readonly status: 'sent' | 'delivered' | 'read' | 'failed';
  readonly at: number;
  readonly pricing: object | null;
  readonly error: { readonly code: number; readonly title: string; readonly details: string } | null;
};

export function statusItem(number: BusinessNumber, customer: Customer, message: ChatMessage, news: StatusNews): Item {
  const recipient = { ...(customer.phoneHidden ? {} : { recipient_id: customer.phone }), recipient_user_id: bsuidOf(customer, number) };
  return {
    kind: 'status',
    wamid: message.wamid,
    type: news.status,
    customer: customer.name,
    contact: null,
    body: {
      id: message.wamid,
      status: news.status,
      timestamp: unixSeconds(news.at),
      // Failed ones may come without a name on them.
      ...(news.status === 'failed' && customer.phoneHidden ? {} : recipient),
      ...(message.callbackData === null ? {} : { biz_opaque_callback_data: message.callbackData }),
      ...(news.pricing === null ? {} : { pricing: news.pricing }),
      ...(news.error === null
        ? {}
        : {
            errors: [
              { code: news.error.code, title: news.error.title, message: news.error.title, error_data: { details: news.error.details } },
            ],
          }),
    },
  };
}

/** Meta's PHP writes everything beyond ASCII as escapes, and slashes too; other senders write it raw. */
export function writeBody(envelope: object, escaped: boolean): string {
  const json = JSON.stringify(envelope);
  if (!escaped) return json;
  return json
    .replaceAll('/', String.raw`\/`)
    .replaceAll(/[\u0080-\uffff]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function unixSeconds(ms: number): string {
  return String(Math.floor(ms / 1_000));
}
