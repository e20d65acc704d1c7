import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { certificateNumberSchema, idOf, timeSchema } from '../ids.ts';
import type { Form } from '../personal.ts';

export const reopeners = ['customer', 'person'] as const;

/** One customer on one number: who looks after it, its state, notes, and what the customer last did. Stream `<organisation>.conversation-<conversation>`. */
export const conversationEvents = defineEvents({
  ConversationStarted: {
    version: 1,
    says: 'A conversation began.',
    data: { conversationId: idOf<'conversation'>(), contactId: idOf<'contact'>(), channelId: idOf<'channel'>(), startedAt: timeSchema },
    personal: {},
    subject: null,
  },
  CustomerWrote: {
    version: 1,
    says: 'The customer wrote; the free reply window is open until the given time.',
    data: {
      conversationId: idOf<'conversation'>(),
      contactId: idOf<'contact'>(),
      messageId: idOf<'message'>(),
      sentAt: timeSchema,
      windowUntil: timeSchema,
    },
    personal: {},
    subject: null,
  },
  ConversationAssigned: {
    version: 1,
    says: 'The conversation was given to a person, or to nobody.',
    data: { conversationId: idOf<'conversation'>(), assignee: idOf<'account'>().nullable(), assignedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ConversationResolved: {
    version: 1,
    says: 'The conversation was resolved.',
    data: { conversationId: idOf<'conversation'>(), resolvedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ConversationReopened: {
    version: 1,
    says: 'The conversation was opened again.',
    data: { conversationId: idOf<'conversation'>(), by: z.enum(reopeners), reopenedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ConversationRead: {
    version: 1,
    says: 'A person read the conversation up to a message.',
    data: { conversationId: idOf<'conversation'>(), upTo: idOf<'message'>(), readAt: timeSchema },
    personal: {},
    subject: null,
  },
  NoteAdded: {
    version: 1,
    says: 'A note for colleagues was added.',
    data: { conversationId: idOf<'conversation'>(), contactId: idOf<'contact'>(), noteId: idOf<'note'>(), addedAt: timeSchema },
    personal: { body: { class: 'note' } },
    subject: 'contactId',
  },
  ConversationErased: {
    version: 1,
    says: 'The customer of this conversation was erased; nothing more is recorded here.',
    data: {
      conversationId: idOf<'conversation'>(),
      contactId: idOf<'contact'>(),
      erasureId: idOf<'erasure'>(),
      certificate: certificateNumberSchema,
      erasedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
});

export type ConversationEvent<F extends Form> = EventOf<typeof conversationEvents, F>;
