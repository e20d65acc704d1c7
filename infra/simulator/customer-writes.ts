/** A customer's phone: writes to a business, reads what it answered. */
import type { Deliverer } from './deliverer.ts';
import { mediaContent, messageItem, type Item } from './envelope.ts';
import type { Hub } from './hub.ts';
import { bsuidOf, newWamid } from './ids.ts';
import type { MediaShelf } from './media-shelf.ts';
import type { Statuses } from './statuses.ts';
import type { VirtualClock } from './time.ts';
import { rememberMessage, type BusinessNumber, type ChatMessage, type Customer, type World } from './world.ts';

export type CustomerContent =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'image'; readonly bytes: Uint8Array; readonly mimeType: string; readonly caption: string | null }
  | {
      readonly kind: 'document';
      readonly bytes: Uint8Array;
      readonly mimeType: string;
      readonly filename: string;
      readonly caption: string | null;
    }
  /** Any other type, body as given: for playing what the product has no screen for. */
  | { readonly kind: 'raw'; readonly type: string; readonly body: Readonly<Record<string, unknown>> };

export type CustomerPhone = {
  readonly write: (customer: Customer, number: BusinessNumber, content: CustomerContent, replyTo?: string | null) => ChatMessage;
  readonly read: (customer: Customer, number: BusinessNumber) => number;
  readonly changePhone: (customer: Customer, phone: string) => void;
};

type Parts = {
  readonly world: World;
  readonly hub: Hub;
  readonly clock: VirtualClock;
  readonly deliverer: Deliverer;
  readonly statuses: Statuses;
  readonly shelf: MediaShelf;
};

export function createCustomerPhone(parts: Parts): CustomerPhone {
  const { world, hub, clock, deliverer, statuses, shelf } = parts;

  const write: CustomerPhone['write'] = (customer, number, content, replyTo = null) => {
    const { graph, stored, text } = bodyOf(shelf, number, content);
    const message: ChatMessage = {
      wamid: newWamid(customer.phoneHidden ? bsuidOf(customer, number) : customer.phone, 'incoming'),
      phoneNumberId: number.phoneNumberId,
      customerId: customer.id,
      author: 'customer',
      type: content.kind === 'raw' ? content.type : content.kind,
      text,
      mediaId: stored?.id ?? null,
      mimeType: stored?.mimeType ?? null,
      filename: stored?.filename ?? null,
      replyTo,
      callbackData: null,
      sentAt: clock.now(),
      state: 'sent',
      errorCode: null,
    };
    rememberMessage(world, message);
    hub.tell({ type: 'message', message });
    deliverer.enqueue(number, messageItem(number, customer, message, graph));
    return message;
  };

  return {
    write,
    read: (customer, number) => {
      const unread = world.messages.filter(
        (message) =>
          message.customerId === customer.id &&
          message.phoneNumberId === number.phoneNumberId &&
          message.author === 'business' &&
          (message.state === 'sent' || message.state === 'delivered'),
      );
      for (const message of unread) statuses.read(message);
      return unread.length;
    },
    changePhone: (customer, phone) => {
      const talkedTo = new Set(
        world.messages.filter((message) => message.customerId === customer.id).map((message) => message.phoneNumberId),
      );
      const numbers = [...world.numbers.values()].filter((number) => talkedTo.has(number.phoneNumberId));
      const old = { phone: customer.phone, seed: customer.bsuidSeed };
      customer.phone = phone;
      customer.bsuidSeed = `${customer.id}:${phone}`;
      for (const number of numbers) deliverer.enqueue(number, movedItem(number, customer, old, clock.now()));
      hub.tell({ type: 'changed' });
    },
  };
}

function bodyOf(shelf: MediaShelf, number: BusinessNumber, content: CustomerContent) {
  switch (content.kind) {
    case 'text':
      return { graph: { text: { body: content.text } }, stored: null, text: content.text };
    case 'raw':
      return { graph: content.body, stored: null, text: null };
    case 'image':
    case 'document': {
      const filename = content.kind === 'document' ? content.filename : null;
      const stored = shelf.put(number, { bytes: content.bytes, mimeType: content.mimeType, filename }, 'webhook');
      return { graph: mediaContent(content.kind, stored, content.caption), stored, text: content.caption };
    }
  }
}

/** Comes from the old number and names the new one. */
function movedItem(number: BusinessNumber, customer: Customer, old: { readonly phone: string; readonly seed: string }, now: number): Item {
  const before = { ...customer, phone: old.phone, bsuidSeed: old.seed };
  const message: ChatMessage = {
    wamid: newWamid(old.phone, 'incoming'),
    phoneNumberId: number.phoneNumberId,
    customerId: customer.id,
    author: 'customer',
    type: 'system',
    text: null,
    mediaId: null,
    mimeType: null,
    filename: null,
    replyTo: null,
    callbackData: null,
    sentAt: now,
    state: 'sent',
    errorCode: null,
  };
  const body = `User ${customer.name} changed from ${old.phone} to ${customer.phone}`;
  return messageItem(number, before, message, {
    system: { body, wa_id: customer.phone, user_id: bsuidOf(customer, number), type: 'user_changed_number' },
  });
}
