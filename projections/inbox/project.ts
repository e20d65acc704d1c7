import { conversationEvents } from '#domain/conversation/events.ts';
import { type ConversationId, isOfCategory } from '#domain/ids.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { eventOf, handlesOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { onMessage, withEntry } from './preview.ts';
import { INBOX, type InboxRow, UNREAD_CAP } from './view.ts';

/** The conversation list: one row per conversation, moved by its own events and by those of its messages. */
export const inboxProjection: Projection = {
  name: 'inbox',
  version: 1,
  readsFrom: 1,
  collections: [
    {
      name: INBOX,
      indexes: [
        ['tenant', 'list', 'lastAt'],
        ['tenant', 'list', 'assignee', 'lastAt'],
        ['tenant', 'status', 'assignee'],
      ],
    },
  ],
  route: (event) => {
    const id = conversationIdOf(event);
    return id === null ? [] : [{ collection: INBOX, id }];
  },
  evolve: (document, event) => {
    const row = held<InboxRow>(document);
    const conversation = eventOf('conversation', conversationEvents, event);
    if (conversation !== null) return onConversation(row, conversation);
    const message = eventOf('message', messageEvents, event);
    return message === null ? row : onMessage(row, message);
  },
  // A row hears of every message of its conversation, without bound; the preview knows its own revision instead.
  guard: (event) => isOfCategory(event.stream, 'conversation'),
};

const conversationIdOf = (event: RecordedEvent): ConversationId | null =>
  (eventOf('conversation', conversationEvents, event) ?? eventOf('message', messageEvents, event))?.data.conversationId ?? null;

const onConversation = (known: InboxRow | null, event: TypedEvent<typeof conversationEvents>): InboxRow | null => {
  if (event.type === 'ConversationStarted') return known ?? newRow(event);
  if (known === null || known.status === 'erased') return known;
  switch (event.type) {
    case 'CustomerWrote': {
      const { messageId, windowUntil } = event.data;
      return { ...known, windowUntil, unread: [...known.unread, messageId].slice(-UNREAD_CAP) };
    }
    case 'ConversationAssigned':
      return { ...known, assignee: event.data.assignee ?? 'nobody' };
    case 'ConversationResolved':
      return { ...known, list: 'resolved', status: 'resolved' };
    case 'ConversationReopened':
      return { ...known, list: 'open', status: 'open' };
    case 'ConversationRead':
      // Ids are ordered by time: what came while the page was open stays unread.
      return { ...known, unread: known.unread.filter((messageId) => messageId > event.data.upTo) };
    case 'NoteAdded':
      return withNote(known, event);
    case 'ConversationErased': {
      const { certificate, erasedAt } = event.data;
      return { ...known, status: 'erased', preview: null, unread: [], windowUntil: null, erased: { certificate, at: erasedAt } };
    }
  }
};

type Started = Extract<TypedEvent<typeof conversationEvents>, { type: 'ConversationStarted' }>;

const newRow = ({ tenant, data }: Started): InboxRow => ({
  tenant,
  conversationId: data.conversationId,
  contactId: data.contactId,
  channelId: data.channelId,
  list: 'open',
  status: 'open',
  assignee: 'nobody',
  lastAt: data.startedAt,
  preview: null,
  unread: [],
  windowUntil: null,
  erased: null,
});

const withNote = (row: InboxRow, event: Extract<TypedEvent<typeof conversationEvents>, { type: 'NoteAdded' }>): InboxRow => {
  const { noteId, addedAt } = event.data;
  const body = handlesOf(conversationEvents, event)('body');
  const revision = String(event.revision);
  return withEntry(row, { entryId: noteId, from: 'note', kind: 'text', body, state: null, delivery: null, revision, at: addedAt });
};
