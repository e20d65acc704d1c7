import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { idOf, publicBytesSchema, timeSchema } from '../ids.ts';
import { roles } from '../message.ts';
import type { Form } from '../personal.ts';

/** An organisation: its name, its people and their roles, the key that signs its certificates. Stream `<organisation>.organisation-<organisation>`. */
export const organisationEvents = defineEvents({
  OrganisationCreated: {
    version: 1,
    says: 'The organisation was created.',
    data: { organisationId: idOf<'tenant'>(), createdAt: timeSchema, sample: z.boolean() },
    personal: { name: { class: 'profile', purposes: ['name-the-organisation'] } },
    subject: 'organisationId',
  },
  SigningKeyPublished: {
    version: 1,
    says: 'The public key that verifies the organisation’s certificates became known.',
    data: { organisationId: idOf<'tenant'>(), publicKey: publicBytesSchema, publishedAt: timeSchema },
    personal: {},
    subject: null,
  },
  MemberAdded: {
    version: 1,
    says: 'A person became a member with a role.',
    data: { organisationId: idOf<'tenant'>(), accountId: idOf<'account'>(), role: z.enum(roles), addedAt: timeSchema },
    personal: {},
    subject: null,
  },
  MemberRoleChanged: {
    version: 1,
    says: 'A member’s role changed.',
    data: { organisationId: idOf<'tenant'>(), accountId: idOf<'account'>(), role: z.enum(roles), changedAt: timeSchema },
    personal: {},
    subject: null,
  },
  MemberRemoved: {
    version: 1,
    says: 'A person is no longer a member.',
    data: { organisationId: idOf<'tenant'>(), accountId: idOf<'account'>(), removedAt: timeSchema },
    personal: {},
    subject: null,
  },
});

export type OrganisationEvent<F extends Form> = EventOf<typeof organisationEvents, F>;
