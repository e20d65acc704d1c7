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
export const revealDenials = ['role', 'purpose', 'other-organisation'] as const;

const item = z.strictObject({ subjectId: idOf<'subject'>(), classes: z.array(z.enum(personalClasses)) });

/** Who saw whose data in one session, and why. Stream `<organisation>.reveal-<session>`. */
export const revealEvents = defineEvents({
  ValuesRevealed: {
    version: 1,
    says: 'Personal values were shown to a person for a purpose.',
    data: {
      sessionId: idOf<'session'>(),
      accountId: idOf<'account'>(),
      role: z.enum(roles),
      purpose: z.enum(revealPurposes),
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
      sessionId: idOf<'session'>(),
      accountId: idOf<'account'>(),
      role: z.enum(roles),
      purpose: z.enum(revealPurposes),
      reason: z.enum(revealDenials),
      items: z.array(item),
      deniedAt: timeSchema,
    },
    personal: {},
    subject: null,
  },
});

export type RevealEvent<F extends Form> = EventOf<typeof revealEvents, F>;
