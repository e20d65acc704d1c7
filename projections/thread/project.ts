import { conversationEvents } from '#domain/conversation/events.ts';
import { messageEvents } from '#domain/message/events.ts';
import { eventOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { onConversation } from './chips-and-notes.ts';
import { onMessage } from './messages.ts';
import { THREAD, type ThreadEntry } from './view.ts';

/** The entries of every conversation: one document per message, per note and per chip, in their order. */
export const threadProjection: Projection = {
  name: 'thread',
  version: 1,
  readsFrom: 1,
  collections: [{ name: THREAD, indexes: [['tenant', 'conversationId', 'order']] }],
  route: (event) => {
    const message = eventOf('message', messageEvents, event);
    if (message !== null) return [{ collection: THREAD, id: message.data.messageId }];
    const conversation = eventOf('conversation', conversationEvents, event);
    switch (conversation?.type) {
      case 'NoteAdded':
        return [{ collection: THREAD, id: conversation.data.noteId }];
      case 'ConversationErased':
        return [event.id, ...conversation.data.notes].map((id) => ({ collection: THREAD, id }));
      case 'ConversationStarted':
      case 'ConversationAssigned':
      case 'ConversationResolved':
      case 'ConversationReopened':
        return [{ collection: THREAD, id: event.id }];
      case 'CustomerWrote':
      case 'ConversationRead':
      case undefined:
        return [];
    }
  },
  evolve: (document, event, target) => {
    const entry = held<ThreadEntry>(document);
    const message = eventOf('message', messageEvents, event);
    if (message !== null) return onMessage(entry?.entry === 'message' ? entry : null, message);
    const conversation = eventOf('conversation', conversationEvents, event);
    return conversation === null ? entry : onConversation(entry, conversation, target.id);
  },
};
