import type { AccountId, SessionId, SubjectId } from '../ids.ts';
import type { Role } from '../message.ts';
import type { PersonalClass } from '../personal.ts';
import type { revealDenials, revealLevels, RevealPurpose } from './events.ts';

/** A live page that refreshes adds no event: one per session, purpose, level, subject and class in this time. */
export const REVEAL_REPEAT_MS = 60 * 60 * 1000;

export type RevealItem = { readonly subjectId: SubjectId; readonly classes: readonly PersonalClass[] };

type Who = { readonly sessionId: SessionId; readonly accountId: AccountId; readonly role: Role; readonly purpose: RevealPurpose };

export type RevealCommand =
  | ({ readonly type: 'RecordReveal'; readonly level: (typeof revealLevels)[number]; readonly items: readonly RevealItem[] } & Who)
  | ({ readonly type: 'RecordDenial'; readonly reason: (typeof revealDenials)[number]; readonly items: readonly RevealItem[] } & Who);
