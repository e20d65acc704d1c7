import { evolveDelivery, queued } from '#domain/message/delivery.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { handlesOf } from '../document.ts';
import { writtenAt } from '../thread/order.ts';
import { deliveryState } from '../thread/delivery-state.ts';
import type { InboxRow, Preview } from './view.ts';

type Event = TypedEvent<typeof messageEvents>;
type Written = Extract<Event, { type: 'MessageReceived' | 'MessageQueued' }>;

/** A message's event seen from its conversation's row. A message may be recorded before the row knows that the conversation started. */
export const onMessage = (row: InboxRow | null, event: Event): InboxRow | null => {
  if (row?.status === 'erased') return row;
  switch (event.type) {
    case 'MessageReceived':
    case 'MessageQueued':
      return withPreview(row, event);
    case 'SendAttempted':
    case 'SendAccepted':
    case 'SendFailed':
    case 'SendOutcomeUnknown':
    case 'SendRetryRequested':
    case 'StatusReported':
      return withSamePreview(row, event, ({ delivery }) => {
        const next = evolveDelivery(delivery ?? queued, event);
        return { delivery: next, state: deliveryState(next) };
      });
    case 'MessageErased':
      // The entry stays, so that nothing older takes its place and none of its events comes back.
      return withSamePreview(row, event, () => ({ body: null }));
    case 'MediaStored':
    case 'MediaFetchFailed':
      return row;
  }
};

const withPreview = (known: InboxRow | null, event: Written): InboxRow => {
  const preview = previewOf(event);
  return withEntry(known ?? rowOf(event, preview.at), preview);
};

/** The latest entry is shown, in whatever order they come; so the same one twice changes nothing. */
export const withEntry = (row: InboxRow, preview: Preview): InboxRow =>
  row.preview === null || isAfter(preview, row.preview) ? { ...row, preview, lastAt: preview.at } : row;

/** By the entry's own time; of two at the same time, by id. */
const isAfter = (a: Preview, b: Preview): boolean => (a.at === b.at ? a.entryId > b.entryId : a.at > b.at);

const previewOf = (event: Written): Preview => {
  const body = handlesOf(messageEvents, event)('body');
  const revision = String(event.revision);
  if (event.type === 'MessageReceived') {
    const { messageId, kind, sentAt, receivedAt } = event.data;
    return { entryId: messageId, from: 'customer', kind, body, state: null, delivery: null, revision, at: writtenAt(sentAt, receivedAt) };
  }
  const { messageId, kind, queuedAt } = event.data;
  return { entryId: messageId, from: 'us', kind, body, state: 'queued', delivery: queued, revision, at: queuedAt };
};

const rowOf = ({ tenant, data }: Written, at: InboxRow['lastAt']): InboxRow => ({
  tenant,
  conversationId: data.conversationId,
  contactId: data.contactId,
  channelId: data.channelId,
  list: 'open',
  status: 'open',
  assignee: 'nobody',
  lastAt: at,
  preview: null,
  unread: [],
  windowUntil: null,
  erased: null,
});

/** Changes the preview when it shows this very message and did not hear of this event yet. */
const withSamePreview = (row: InboxRow | null, event: Event, change: (preview: Preview) => Partial<Preview>): InboxRow | null => {
  if (row?.preview?.entryId !== event.data.messageId || event.revision <= BigInt(row.preview.revision)) return row;
  return { ...row, preview: { ...row.preview, ...change(row.preview), revision: String(event.revision) } };
};
