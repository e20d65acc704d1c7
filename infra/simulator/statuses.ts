/** What becomes of a message that the business sent: sent, delivered, read, or failed, each told by a webhook. */
import type { Deliverer } from './deliverer.ts';
import { statusItem, type StatusNews } from './envelope.ts';
import { failsLater, graphError } from './graph-errors.ts';
import type { Hub } from './hub.ts';
import { priceOf } from './pricing.ts';
import type { Timers, VirtualClock } from './time.ts';
import type { ChatMessage, MessageState, World } from './world.ts';

const SENT_AFTER_MS = 120;
const DELIVERED_AFTER_MS = 350;
/** A person looks at the phone a moment later. */
const READ_AFTER_MS = 900;

const RANK: Readonly<Record<MessageState, number>> = { sending: 0, failed: 1, sent: 1, delivered: 2, read: 3 };

export type Statuses = {
  readonly begin: (message: ChatMessage) => void;
  /** The customer looked at it. */
  readonly read: (message: ChatMessage) => void;
};

type Parts = {
  readonly world: World;
  readonly hub: Hub;
  readonly clock: VirtualClock;
  readonly timers: Timers;
  readonly deliverer: Deliverer;
};

export function createStatuses({ world, hub, clock, timers, deliverer }: Parts): Statuses {
  const priced = new Set<string>();

  const tell = (message: ChatMessage, status: StatusNews['status'], errorCode: number | null = null): void => {
    const number = world.numbers.get(message.phoneNumberId);
    const customer = world.customers.get(message.customerId);
    if (number === undefined || customer === undefined) return;
    if (status === 'failed' || RANK[status] > RANK[message.state]) message.state = status;
    message.errorCode = errorCode ?? (status === 'failed' ? null : message.errorCode);
    hub.tell({ type: 'message-state', wamid: message.wamid, state: message.state, errorCode: message.errorCode });
    const error = errorCode === null ? null : { code: errorCode, ...pick(errorCode) };
    const news: StatusNews = { status, at: clock.now(), pricing: priceFor(message, status), error };
    deliverer.enqueue(number, statusItem(number, customer, message, news));
  };

  /** The price stands on `sent` or on one later status: here on every third message it comes late. */
  const priceFor = (message: ChatMessage, status: StatusNews['status']): object | null => {
    const late = (message.wamid.codePointAt(message.wamid.length - 8) ?? 0) % 3 === 0;
    if (status === 'failed' || priced.has(message.wamid) || (late && status === 'sent')) return null;
    const number = world.numbers.get(message.phoneNumberId);
    if (number === undefined) return null;
    priced.add(message.wamid);
    return priceOf(number, clock.now());
  };

  const read = (message: ChatMessage): void => {
    if (message.state === 'sent' || message.state === 'delivered') tell(message, 'read');
  };

  const arrive = (message: ChatMessage): void => {
    if (message.state === 'read') return;
    if (!world.chaos.dropDelivered) tell(message, 'delivered');
    timers.after(READ_AFTER_MS, () => {
      if (world.customers.get(message.customerId)?.autoRead === true) read(message);
    });
  };

  return {
    read,
    begin: (message) => {
      const { failSends, deliveredAfterFailed } = world.chaos;
      const failure = failSends !== null && failsLater(failSends) ? failSends : null;
      timers.after(SENT_AFTER_MS, () => {
        tell(message, 'sent');
        timers.after(DELIVERED_AFTER_MS, () => {
          if (failure !== null) tell(message, 'failed', failure);
          if (failure === null) arrive(message);
          else if (deliveredAfterFailed) timers.after(DELIVERED_AFTER_MS, () => arrive(message));
        });
      });
    },
  };
}

function pick(code: number): { readonly title: string; readonly details: string } {
  const { title, details } = graphError(code);
  return { title, details };
}
