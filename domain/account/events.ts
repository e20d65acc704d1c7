import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { idOf, timeSchema } from '../ids.ts';
import type { Form } from '../personal.ts';

export const signInRefusals = ['wrong-password', 'locked'] as const;
export const sessionEnds = ['signed-out', 'revoked', 'password-changed'] as const;

/** A person who can sign in; belongs to the platform tenant. Stream `<platform>.account-<account>`. */
export const accountEvents = defineEvents({
  AccountRegistered: {
    version: 1,
    says: 'A person’s account was made.',
    data: { accountId: idOf<'account'>(), registeredAt: timeSchema },
    personal: {
      name: { class: 'profile', purposes: ['work-together'] },
      email: { class: 'profile', purposes: ['sign-in'], tag: 'email' },
      passwordHash: { class: 'credential', purposes: ['sign-in'] },
    },
    subject: 'accountId',
  },
  PasswordChanged: {
    version: 1,
    says: 'The password was changed.',
    data: { accountId: idOf<'account'>(), changedAt: timeSchema },
    personal: { passwordHash: { class: 'credential', purposes: ['sign-in'] } },
    subject: 'accountId',
  },
  SignedIn: {
    version: 1,
    says: 'The person signed in.',
    data: { accountId: idOf<'account'>(), sessionId: idOf<'session'>(), organisationId: idOf<'tenant'>(), signedInAt: timeSchema },
    personal: {
      address: { class: 'audit', purposes: ['protect-accounts'], optional: true },
      device: { class: 'audit', purposes: ['protect-accounts'], optional: true },
    },
    subject: 'accountId',
  },
  SignInRefused: {
    version: 1,
    says: 'A sign-in to the account was refused.',
    data: { accountId: idOf<'account'>(), reason: z.enum(signInRefusals), refusedAt: timeSchema },
    personal: { address: { class: 'audit', purposes: ['protect-accounts'], optional: true } },
    subject: 'accountId',
  },
  SessionEnded: {
    version: 1,
    says: 'A session ended.',
    data: {
      accountId: idOf<'account'>(),
      sessionId: idOf<'session'>(),
      organisationId: idOf<'tenant'>(),
      reason: z.enum(sessionEnds),
      endedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
});

export type AccountEvent<F extends Form> = EventOf<typeof accountEvents, F>;
