import { defineEvents, type EventOf } from '../define-events.ts';
import { certificateNumberSchema, idOf, timeSchema } from '../ids.ts';
import type { Form } from '../personal.ts';

/** What a customer is known by; WhatsApp may say any part of it at any time. */
const identity = {
  profileName: {
    class: 'profile',
    purposes: ['recognise-customers', 'answer-customers', 'find-customers'],
    searchedAs: 'name',
    optional: true,
  },
  phone: {
    class: 'profile',
    purposes: ['recognise-customers', 'deliver-replies', 'find-customers'],
    tag: 'phone',
    searchedAs: 'phone',
    sharedWith: 'meta',
    optional: true,
  },
  bsuid: {
    class: 'profile',
    purposes: ['recognise-customers', 'deliver-replies', 'find-customers'],
    tag: 'bsuid',
    searchedAs: 'bsuid',
    sharedWith: 'meta',
    optional: true,
  },
  username: { class: 'profile', purposes: ['recognise-customers', 'find-customers'], searchedAs: 'username', optional: true },
} as const;

/** A customer: a random id with a sealed set of identifiers. The contact's id is the subject whose key seals all of it. Stream `<organisation>.contact-<contact>`. */
export const contactEvents = defineEvents({
  ContactStarted: {
    version: 1,
    says: 'A customer wrote for the first time.',
    data: { contactId: idOf<'contact'>(), channelId: idOf<'channel'>(), startedAt: timeSchema },
    personal: identity,
    subject: 'contactId',
  },
  ContactProfileChanged: {
    version: 1,
    says: 'The customer’s profile name or an identifier changed or became known.',
    data: { contactId: idOf<'contact'>(), changedAt: timeSchema },
    personal: identity,
    subject: 'contactId',
  },
  ContactErased: {
    version: 1,
    says: 'The customer was erased; nothing more is recorded here.',
    data: {
      contactId: idOf<'contact'>(),
      erasureId: idOf<'erasure'>(),
      certificate: certificateNumberSchema,
      erasedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
});

export type ContactEvent<F extends Form> = EventOf<typeof contactEvents, F>;
