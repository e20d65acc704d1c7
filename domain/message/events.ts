import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { certificateNumberSchema, idOf, timeSchema } from '../ids.ts';
import type { Form } from '../personal.ts';

/** What can be shown today; every other kind is kept whole and shown as a placeholder. */
export const messageKinds = ['text', 'image', 'document', 'unsupported'] as const;
export const outgoingKinds = ['text', 'image', 'document'] as const;
export const deliveryStatuses = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
export const sendFailures = [
  'token',
  'permission',
  'rate',
  'contact-rate',
  'spam-rate',
  'window-closed',
  'undeliverable',
  'transient',
  'parameter',
  'policy',
  'media',
  'payment',
  'registration',
  'template',
  'opted-out',
  'unreachable',
  'erased',
  'other',
] as const;
export const mediaFailures = ['expired', 'too-large', 'digest-mismatch', 'unreachable', 'refused'] as const;
export const unknownReasons = ['timeout', 'connection-lost', 'crashed'] as const;

const ids = {
  messageId: idOf<'message'>(),
  conversationId: idOf<'conversation'>(),
  contactId: idOf<'contact'>(),
  channelId: idOf<'channel'>(),
};

/** One message, received or sent, and all that happened to it. Stream `<organisation>.message-<message>`, so that ticks never contend with people. */
export const messageEvents = defineEvents({
  MessageReceived: {
    version: 1,
    says: 'A message of the customer arrived.',
    data: { ...ids, kind: z.enum(messageKinds), sentAt: timeSchema, receivedAt: timeSchema, hasMedia: z.boolean() },
    personal: {
      wamid: { class: 'message', purposes: ['take-messages-once', 'answer-customers'], tag: 'wamid', remembered: true },
      body: { class: 'message', purposes: ['answer-customers'], optional: true },
      replyTo: { class: 'message', purposes: ['answer-customers'], optional: true },
      /** The whole item as WhatsApp sent it, for kinds that are not shown yet. */
      raw: { class: 'message', purposes: ['answer-customers'], optional: true },
      mediaId: { class: 'media', purposes: ['answer-customers'], sharedWith: 'meta', optional: true },
      mediaType: { class: 'media', purposes: ['answer-customers'], optional: true },
      mediaDigest: { class: 'media', purposes: ['answer-customers'], optional: true },
      fileName: { class: 'media', purposes: ['answer-customers'], optional: true },
    },
    subject: 'contactId',
  },
  MediaStored: {
    version: 1,
    says: 'The message’s file was fetched and sealed.',
    data: { ...ids, sizeBytes: z.number().int(), storedAt: timeSchema },
    personal: {
      bytes: { class: 'media', purposes: ['answer-customers'], binary: true },
      mediaType: { class: 'media', purposes: ['answer-customers'] },
    },
    subject: 'contactId',
  },
  MediaFetchFailed: {
    version: 1,
    says: 'The message’s file could not be fetched.',
    data: { ...ids, reason: z.enum(mediaFailures), failedAt: timeSchema },
    personal: {},
    subject: null,
  },
  MessageQueued: {
    version: 1,
    says: 'A person wrote a reply; it waits to be sent.',
    data: { ...ids, kind: z.enum(outgoingKinds), queuedAt: timeSchema, sizeBytes: z.number().int().nullable() },
    personal: {
      body: { class: 'message', purposes: ['answer-customers'], sharedWith: 'meta', optional: true },
      replyTo: { class: 'message', purposes: ['answer-customers'], sharedWith: 'meta', optional: true },
      bytes: { class: 'media', purposes: ['answer-customers'], sharedWith: 'meta', optional: true, binary: true },
      mediaType: { class: 'media', purposes: ['answer-customers'], sharedWith: 'meta', optional: true },
      fileName: { class: 'media', purposes: ['answer-customers'], sharedWith: 'meta', optional: true },
    },
    subject: 'contactId',
  },
  SendAttempted: {
    version: 1,
    says: 'The reply is about to be handed to WhatsApp.',
    data: { ...ids, attempt: z.number().int(), attemptedAt: timeSchema },
    personal: {},
    subject: null,
  },
  SendAccepted: {
    version: 1,
    says: 'WhatsApp took the reply.',
    data: { ...ids, attempt: z.number().int(), acceptedAt: timeSchema },
    personal: { wamid: { class: 'message', purposes: ['deliver-replies'], tag: 'wamid' } },
    subject: 'contactId',
  },
  SendFailed: {
    version: 1,
    says: 'WhatsApp did not take the reply.',
    data: {
      ...ids,
      attempt: z.number().int(),
      failure: z.enum(sendFailures),
      providerCode: z.number().int().nullable(),
      /** The outbox tries again by itself. */
      willRetry: z.boolean(),
      failedAt: timeSchema,
    },
    personal: { details: { class: 'message', purposes: ['deliver-replies'], optional: true } },
    subject: 'contactId',
  },
  SendOutcomeUnknown: {
    version: 1,
    says: 'Nobody knows whether WhatsApp took the reply: the answer was lost.',
    data: { ...ids, attempt: z.number().int(), reason: z.enum(unknownReasons), noticedAt: timeSchema },
    personal: {},
    subject: null,
  },
  SendRetryRequested: {
    version: 1,
    says: 'A person asked to try again.',
    data: { ...ids, requestedAt: timeSchema },
    personal: {},
    subject: null,
  },
  StatusReported: {
    version: 1,
    says: 'WhatsApp reported what became of the reply.',
    data: {
      ...ids,
      status: z.enum(deliveryStatuses),
      occurredAt: timeSchema,
      receivedAt: timeSchema,
      providerCode: z.number().int().nullable(),
    },
    personal: { details: { class: 'message', purposes: ['deliver-replies'], optional: true } },
    subject: 'contactId',
  },
  MessageErased: {
    version: 1,
    says: 'The message’s content was destroyed with the customer’s key.',
    data: { ...ids, erasureId: idOf<'erasure'>(), certificate: certificateNumberSchema, erasedAt: timeSchema },
    personal: {},
    subject: null,
  },
});

export type MessageEvent<F extends Form> = EventOf<typeof messageEvents, F>;
