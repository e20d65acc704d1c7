// What the page knows, and who wants to hear of changes.
import { call, listen } from './api.js';

export const state = {
  numbers: [],
  customers: [],
  messages: [],
  webhooks: [],
  scriptsRunning: [],
  chaos: null,
  offsetMs: 0,
  customerId: null,
  numberId: null,
  typingUntil: 0,
};

const listeners = new Set();

/** `what`: all, messages, message-state, webhooks, chaos, clock, selection, typing. */
export function onChange(listener) {
  listeners.add(listener);
}

export function changed(what, detail) {
  for (const listener of listeners) listener(what, detail);
}

export const now = () => Date.now() + state.offsetMs;
export const currentCustomer = () => state.customers.find((customer) => customer.id === state.customerId);
export const currentNumber = () => state.numbers.find((number) => number.phoneNumberId === state.numberId);
export const inChat = (message) => message.customerId === state.customerId && message.phoneNumberId === state.numberId;
export const waitsForReading = (message) => message.author === 'business' && (message.state === 'sent' || message.state === 'delivered');

export async function reload() {
  const fresh = await call('GET', 'state');
  if (fresh === null) return;
  Object.assign(state, fresh);
  const query = new URLSearchParams(location.search);
  if (!currentCustomer())
    state.customerId = state.customers.find((each) => each.id === query.get('customer'))?.id ?? state.customers[0]?.id ?? null;
  if (!currentNumber()) state.numberId = state.numbers[0]?.phoneNumberId ?? null;
  changed('all');
}

export function select(part) {
  Object.assign(state, part);
  state.typingUntil = 0;
  changed('selection');
}

/** Business typing lasts 25 seconds, or until the message comes. */
const TYPING_MS = 25_000;

export function start() {
  listen((news) => {
    switch (news.type) {
      case 'message':
        state.messages.push(news.message);
        if (inChat(news.message) && news.message.author === 'business') state.typingUntil = 0;
        return changed('messages', news.message);
      case 'message-state': {
        const message = state.messages.findLast((each) => each.wamid === news.wamid);
        if (message === undefined) return undefined;
        Object.assign(message, { state: news.state, errorCode: news.errorCode });
        return changed('message-state', message);
      }
      case 'webhook':
        state.webhooks.push(news.entry);
        if (state.webhooks.length > 300) state.webhooks.shift();
        return changed('webhooks', news.entry);
      case 'chaos':
        state.chaos = news.chaos;
        return changed('chaos');
      case 'clock':
        state.offsetMs = news.offsetMs;
        return changed('clock');
      case 'typing':
        if (news.customerId === state.customerId && news.phoneNumberId === state.numberId) state.typingUntil = Date.now() + TYPING_MS;
        return changed('typing');
      default:
        return reload();
    }
  }, reload);
  return reload();
}
