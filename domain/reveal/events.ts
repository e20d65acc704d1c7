import { z } from 'zod';
import { defineEvents, type EventOf } from '../define-events.ts';
import { idOf, timeSchema } from '../ids.ts';
import { roles } from '../message.ts';
import { type Form, personalClasses } from '../personal.ts';

/** Why a person looks at personal data. */
export const revealPurposes = [
  'answer-customer',
  'identify-customer',
  'handle-request',
  'investigate',
  'manage-people',
  'manage-channels',
  'know-colleagues',
] as const;
export type RevealPurpose = (typeof revealPurposes)[number];
export const revealLevels = ['full', 'masked'] as const;
export const revealDenials = ['role', 'purpose', 'other-organisation', 'limit'] as const;
/** What one account may do only so often in an hour. */
export const revealLimits = ['identifiers', 'conversations', 'searches'] as const;
export type RevealLimit = (typeof revealLimits)[number];
/** What a search went by. */
export const searchKinds = ['name', 'phone', 'email', 'id'] as const;
export type SearchKind = (typeof searchKinds)[number];

const item = z.strictObject({ subjectId: idOf<'subject'>(), classes: z.array(z.enum(personalClasses)) });

const who = {
  sessionId: idOf<'session'>(),
  accountId: idOf<'account'>(),
  role: z.enum(roles),
  purpose: z.enum(revealPurposes),
};

/** Whose data one account saw on one day, and why. Stream `<organisation>.reveal-<account and day>`: small, and enough to hold a limit. */
export const revealEvents = defineEvents({
  ValuesRevealed: {
    version: 1,
    says: 'Personal values were shown to a person for a purpose.',
    data: {
      ...who,
      level: z.enum(revealLevels),
      items: z.array(item),
      revealedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
  RevealDenied: {
    version: 1,
    says: 'A person asked to see personal values and was refused.',
    data: {
      ...who,
      reason: z.enum(revealDenials),
      items: z.array(item),
      deniedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
  PeopleSearched: {
    version: 1,
    says: 'A person looked for customers; the term itself is kept nowhere.',
    data: { ...who, by: z.enum(searchKinds), found: z.number().int().nonnegative(), searchedAt: timeSchema },
    personal: {},
    subject: null,
  },
  RevealLimitReached: {
    version: 1,
    says: 'A person reached the number of people or searches that one account may see in an hour; more was refused.',
    data: { ...who, limit: z.enum(revealLimits), perHour: z.number().int().positive(), reachedAt: timeSchema },
    personal: {},
    subject: null,
  },
});

export type RevealEvent<F extends Form> = EventOf<typeof revealEvents, F>;
