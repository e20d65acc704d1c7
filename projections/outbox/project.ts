import { type IsoTime, parseTime } from '#domain/ids.ts';
import { type deliveryStatuses, type MessageEvent, messageEvents } from '#domain/message/events.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import { typedEvent } from '#domain/upcast.ts';
import { eventOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { MEDIA_QUEUE, type MediaItem, OUTBOX, type OutboxItem } from './view.ts';

type Event = MessageEvent<'sealed'>;

/** What waits for the machine: replies to send, files to fetch. Rebuilt from the log like every view, so a crash loses no work. */
export const outboxProjection: Projection = {
  name: 'outbox',
  version: 1,
  readsFrom: 1,
  collections: [
    { name: OUTBOX, indexes: [['state', 'dueAt']] },
    { name: MEDIA_QUEUE, indexes: [['receivedAt']] },
  ],
  route: (event) => {
    const message = eventOf('message', messageEvents, event);
    return message === null ? [] : collectionsOf(message.type).map((collection) => ({ collection, id: message.data.messageId }));
  },
  evolve: (document, event, target) => {
    const typed = typedEvent(messageEvents, event);
    const handle = (field: string): SealedHandle | null => handleOf(event, messageEvents[typed.type], field);
    return target.collection === OUTBOX
      ? evolveOutbox(held<OutboxItem>(document), typed, event, handle)
      : evolveMedia(held<MediaItem>(document), typed, event, handle);
  },
};

/** The queues that an event of a message can concern. */
const collectionsOf = (type: Event['type']): readonly string[] => {
  switch (type) {
    case 'MessageErased':
      return [OUTBOX, MEDIA_QUEUE];
    case 'MessageReceived':
    case 'MediaStored':
    case 'MediaFetchFailed':
      return [MEDIA_QUEUE];
    case 'MessageQueued':
    case 'SendAttempted':
    case 'SendAccepted':
    case 'SendFailed':
    case 'SendOutcomeUnknown':
    case 'SendRetryRequested':
    case 'StatusReported':
      return [OUTBOX];
  }
};

type HandleOf = (field: string) => SealedHandle | null;

const evolveOutbox = (item: OutboxItem | null, event: Event, { tenant }: RecordedEvent, handle: HandleOf): OutboxItem | null => {
  if (event.type === 'MessageQueued') {
    const { messageId, conversationId, contactId, channelId, kind, queuedAt } = event.data;
    const sealed = {
      body: handle('body'),
      replyTo: handle('replyTo'),
      bytes: handle('bytes'),
      mediaType: handle('mediaType'),
      fileName: handle('fileName'),
    };
    return { tenant, messageId, conversationId, contactId, channelId, state: 'queued', attempt: 0, dueAt: queuedAt, kind, ...sealed };
  }
  if (item === null) return null;
  switch (event.type) {
    case 'SendAttempted':
      return { ...item, state: 'sending', attempt: event.data.attempt };
    case 'SendFailed':
      return { ...item, state: event.data.willRetry ? 'queued' : 'failed', dueAt: retryAt(event.data.failedAt, item.attempt) };
    case 'SendOutcomeUnknown':
      return { ...item, state: 'unknown' };
    case 'SendRetryRequested':
      return { ...item, state: 'queued', dueAt: event.data.requestedAt };
    case 'SendAccepted':
      return { ...item, state: 'accepted' };
    case 'StatusReported':
      return reported(item, event.data.status);
    case 'MessageErased':
      return null;
    case 'MessageReceived':
    case 'MediaStored':
    case 'MediaFetchFailed':
      return item;
  }
};

/** WhatsApp may report a failure after it took the reply; then a person may ask to try again, until it has reached the phone. */
const reported = (item: OutboxItem, status: (typeof deliveryStatuses)[number]): OutboxItem | null => {
  switch (status) {
    case 'sent':
      return { ...item, state: 'accepted' };
    case 'failed':
      return { ...item, state: 'failed' };
    case 'delivered':
    case 'read':
    case 'played':
      return null;
  }
};

/** First wait between two attempts; it doubles each time (WhatsApp asks for a back-off). */
const FIRST_RETRY_MS = 2_000;
/** Longest wait between two attempts. */
const MAX_RETRY_MS = 5 * 60 * 1000;

const retryAt = (failedAt: IsoTime, attempt: number): IsoTime =>
  parseTime(new Date(Date.parse(failedAt) + Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, attempt - 1), MAX_RETRY_MS)).toISOString()) ??
  failedAt;

const evolveMedia = (item: MediaItem | null, event: Event, { tenant }: RecordedEvent, handle: HandleOf): MediaItem | null => {
  switch (event.type) {
    case 'MessageReceived': {
      if (!event.data.hasMedia) return null;
      const { messageId, conversationId, contactId, channelId, receivedAt } = event.data;
      const sealed = { mediaId: handle('mediaId'), mediaType: handle('mediaType'), mediaDigest: handle('mediaDigest') };
      return { tenant, messageId, conversationId, contactId, channelId, receivedAt, ...sealed };
    }
    case 'MediaStored':
    case 'MediaFetchFailed':
    case 'MessageErased':
      return null;
    case 'MessageQueued':
    case 'SendAttempted':
    case 'SendAccepted':
    case 'SendFailed':
    case 'SendOutcomeUnknown':
    case 'SendRetryRequested':
    case 'StatusReported':
      return item;
  }
};
