import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { certificateNumberSchema, idOf, timeSchema } from '../ids.ts';
import type { Form } from '../personal.ts';

export const reopeners = ['customer', 'person'] as const;

/** Every event names the customer, so that the trail of one person is whole. */
const ids = { conversationId: idOf<'conversation'>(), contactId: idOf<'contact'>() };

/** One customer on one number: who looks after it, its state, notes, and what the customer last did. Stream `<organisation>.conversation-<conversation>`. */
export const conversationEvents = defineEvents({
  ConversationStarted: {
    version: 1,
    says: 'A conversation began.',
    data: { ...ids, channelId: idOf<'channel'>(), startedAt: timeSchema },
    personal: {},
    subject: null,
  },
  CustomerWrote: {
    version: 1,
    says: 'The customer wrote; the free reply window is open until the given time.',
    data: {
      ...ids,
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
    data: { ...ids, assignee: idOf<'account'>().nullable(), assignedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ConversationResolved: {
    version: 1,
    says: 'The conversation was resolved.',
    data: { ...ids, resolvedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ConversationReopened: {
    version: 1,
    says: 'The conversation was opened again.',
    data: { ...ids, by: z.enum(reopeners), reopenedAt: timeSchema },
    personal: {},
    subject: null,
  },
  ConversationRead: {
    version: 1,
    says: 'A person read the conversation up to a message.',
    data: { ...ids, upTo: idOf<'message'>(), readAt: timeSchema },
    personal: {},
    subject: null,
  },
  NoteAdded: {
    version: 1,
    says: 'A note for colleagues was added.',
    data: { ...ids, noteId: idOf<'note'>(), addedAt: timeSchema },
    personal: { body: { class: 'note', purposes: ['work-together'] } },
    subject: 'contactId',
  },
  ConversationErased: {
    version: 1,
    says: 'The customer of this conversation was erased; nothing more is recorded here.',
    data: {
      ...ids,
      erasureId: idOf<'erasure'>(),
      certificate: certificateNumberSchema,
      /** All notes of the conversation: they have no stream of their own to tell it. */
      notes: z.array(idOf<'note'>()),
      erasedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
});

export type ConversationEvent<F extends Form> = EventOf<typeof conversationEvents, F>;
