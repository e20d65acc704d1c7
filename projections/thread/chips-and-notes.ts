import { conversationEvents } from '#domain/conversation/events.ts';
import type { IsoTime } from '#domain/ids.ts';
import type { Actor } from '#domain/message.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { handlesOf } from '../document.ts';
import { orderOf } from './order.ts';
import type { ChipEntry, NoteEntry, ThreadEntry } from './view.ts';

type Event = TypedEvent<typeof conversationEvents>;

/** What a conversation's own event makes of one entry: a chip of its own, a note, or the end of a note. */
export const onConversation = (entry: ThreadEntry | null, event: Event, targetId: string): ThreadEntry | null => {
  switch (event.type) {
    case 'ConversationStarted':
      return chip(event, event.data.startedAt, { chip: 'started' });
    case 'ConversationAssigned': {
      const { assignee, assignedAt } = event.data;
      return chip(event, assignedAt, { chip: assignee === null ? 'unassigned' : 'assigned', assignee });
    }
    case 'ConversationResolved':
      return chip(event, event.data.resolvedAt, { chip: 'resolved' });
    case 'ConversationReopened':
      return chip(event, event.data.reopenedAt, { chip: 'reopened' });
    case 'NoteAdded':
      return note(event);
    case 'ConversationErased': {
      const { certificate, erasedAt } = event.data;
      if (targetId === event.id) return chip(event, erasedAt, { chip: 'erased', certificate });
      return entry?.entry === 'note' ? { ...entry, body: null, erased: certificate } : entry;
    }
    case 'CustomerWrote':
    case 'ConversationRead':
      return entry;
  }
};

type ChipFacts = Pick<ChipEntry, 'chip'> & Partial<Pick<ChipEntry, 'assignee' | 'certificate'>>;

const chip = (event: Event, at: IsoTime, facts: ChipFacts): ChipEntry => ({
  tenant: event.tenant,
  conversationId: event.data.conversationId,
  contactId: event.data.contactId,
  order: orderOf(at, event.id, facts.chip === 'started'),
  at,
  entry: 'chip',
  actor: event.meta.actor,
  assignee: null,
  certificate: null,
  ...facts,
});

const note = (event: Extract<Event, { type: 'NoteAdded' }>): NoteEntry => {
  const { conversationId, contactId, noteId, addedAt } = event.data;
  return {
    tenant: event.tenant,
    conversationId,
    contactId,
    order: orderOf(addedAt, noteId),
    at: addedAt,
    entry: 'note',
    noteId,
    author: authorOf(event.meta.actor),
    body: handlesOf(conversationEvents, event)('body'),
    erased: null,
  };
};

/** The account that wrote an entry; null when a customer or the machine did. */
export const authorOf = (actor: Actor): NoteEntry['author'] => (actor.kind === 'account' ? actor.id : null);
