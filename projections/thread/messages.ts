import type { IsoTime } from '#domain/ids.ts';
import { evolveDelivery, queued } from '#domain/message/delivery.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { handlesOf } from '../document.ts';
import { authorOf } from './chips-and-notes.ts';
import { deliveryState } from './delivery-state.ts';
import { orderOf, writtenAt } from './order.ts';
import type { MessageEntry } from './view.ts';

type Event = TypedEvent<typeof messageEvents>;
type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** What a message's own event makes of its entry. */
export const onMessage = (entry: MessageEntry | null, event: Event): MessageEntry | null => {
  if (event.type === 'MessageReceived') return received(event);
  if (event.type === 'MessageQueued') return written(event);
  if (entry === null) return null;
  switch (event.type) {
    case 'MediaStored':
      return withMedia(entry, event);
    case 'MediaFetchFailed':
      return { ...entry, media: entry.media === null ? null : { ...entry.media, state: 'failed', failure: event.data.reason } };
    case 'SendAttempted':
      return moved(entry, event, event.data.attemptedAt);
    case 'SendAccepted':
      return { ...moved(entry, event, event.data.acceptedAt), wamid: handlesOf(messageEvents, event)('wamid') };
    case 'SendFailed':
      return { ...moved(entry, event, event.data.failedAt), failure: failureOf(event, event.data.failure) };
    case 'SendOutcomeUnknown':
      return moved(entry, event, event.data.noticedAt);
    case 'SendRetryRequested':
      return moved(entry, event, event.data.requestedAt);
    case 'StatusReported':
      return reported(entry, event);
    case 'MessageErased':
      return erased(entry, event);
  }
};

const base = (event: Of<'MessageReceived' | 'MessageQueued'>, at: IsoTime) => {
  const { messageId, conversationId, contactId, kind } = event.data;
  const handle = handlesOf(messageEvents, event);
  return {
    tenant: event.tenant,
    conversationId,
    contactId,
    order: orderOf(at, messageId),
    at,
    entry: 'message',
    messageId,
    kind,
    body: handle('body'),
    replyTo: handle('replyTo'),
    wamid: handle('wamid'),
    attempt: 0,
    failure: null,
    erased: null,
  } as const;
};

const received = (event: Of<'MessageReceived'>): MessageEntry => {
  const handle = handlesOf(messageEvents, event);
  const media = {
    state: 'fetching',
    bytes: null,
    type: handle('mediaType'),
    fileName: handle('fileName'),
    sizeBytes: null,
    failure: null,
  } as const;
  const about = {
    direction: 'in',
    author: null,
    state: null,
    delivery: null,
    reached: {},
    media: event.data.hasMedia ? media : null,
  } as const;
  const { messageId, sentAt, receivedAt } = event.data;
  return { ...base(event, sentAt), order: orderOf(writtenAt(sentAt, receivedAt), messageId), ...about };
};

const written = (event: Of<'MessageQueued'>): MessageEntry => {
  const { queuedAt, sizeBytes } = event.data;
  const handle = handlesOf(messageEvents, event);
  const media = {
    state: 'stored',
    bytes: handle('bytes'),
    type: handle('mediaType'),
    fileName: handle('fileName'),
    sizeBytes,
    failure: null,
  } as const;
  return {
    ...base(event, queuedAt),
    direction: 'out',
    author: authorOf(event.meta.actor),
    media: sizeBytes === null ? null : media,
    state: 'queued',
    delivery: queued,
    reached: { queued: queuedAt },
  };
};

/** The type that came with the file itself is the truer one. */
const withMedia = (entry: MessageEntry, event: Of<'MediaStored'>): MessageEntry => {
  const handle = handlesOf(messageEvents, event);
  const stored = {
    state: 'stored',
    bytes: handle('bytes'),
    type: handle('mediaType'),
    sizeBytes: event.data.sizeBytes,
    failure: null,
  } as const;
  return { ...entry, media: { fileName: null, ...entry.media, ...stored } };
};

type SendEvent = Of<'SendAttempted' | 'SendAccepted' | 'SendFailed' | 'SendOutcomeUnknown' | 'SendRetryRequested' | 'StatusReported'>;

/** The failure of before goes with a new attempt, and once the reply arrived. */
const moved = (entry: MessageEntry, event: SendEvent, at: IsoTime): MessageEntry => {
  const delivery = evolveDelivery(entry.delivery ?? queued, event);
  const state = deliveryState(delivery);
  const failure = delivery.stage === 'failed' ? entry.failure : null;
  const happened = event.type === 'StatusReported' ? event.data.status : state;
  return { ...entry, delivery, state, attempt: delivery.attempt, failure, reached: { ...entry.reached, [happened]: at } };
};

const reported = (entry: MessageEntry, event: Of<'StatusReported'>): MessageEntry => {
  const next = moved(entry, event, event.data.occurredAt);
  return event.data.status === 'failed' && next.state === 'failed' ? { ...next, failure: failureOf(event, 'other') } : next;
};

const failureOf = (event: Of<'SendFailed' | 'StatusReported'>, code: string): MessageEntry['failure'] => ({
  code,
  providerCode: event.data.providerCode,
  details: handlesOf(messageEvents, event)('details'),
});

/** Times and states stay: they are about us. Everything that came from the customer or went to them is gone. */
const erased = (entry: MessageEntry, { data }: Of<'MessageErased'>): MessageEntry => ({
  ...entry,
  body: null,
  replyTo: null,
  wamid: null,
  media: entry.media === null ? null : { ...entry.media, bytes: null, type: null, fileName: null },
  failure: entry.failure === null ? null : { ...entry.failure, details: null },
  erased: data.certificate,
});
