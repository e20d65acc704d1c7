import type { AccountId, SessionId, SubjectId } from '../ids.ts';
import type { Role } from '../message.ts';
import type { PersonalClass } from '../personal.ts';
import type { revealDenials, RevealLimit, revealLevels, RevealPurpose, SearchKind } from './events.ts';

/** A live page that refreshes adds no event: one per session, purpose, level, subject and class in this time. */
export const REVEAL_REPEAT_MS = 60 * 60 * 1000;

/**
 * How much one account may look at within `REVEAL_REPEAT_MS`, whatever sessions it uses. Far above what serving customers takes, far below
 * what copying an organisation's customers takes; who reaches one is told, and so is the trail.
 */
export const REVEAL_LIMITS = {
  /** Different people whose identifiers were shown unmasked: an agent serves some forty people in an hour and unmasks a few. */
  identifiers: 100,
  /** Different people whose messages were shown: 60 full pages of the inbox. */
  conversations: 3_000,
  /** Searches: one every twelve seconds, without a pause. */
  searches: 300,
} as const satisfies Record<RevealLimit, number>;

export type RevealItem = { readonly subjectId: SubjectId; readonly classes: readonly PersonalClass[] };

type Who = { readonly sessionId: SessionId; readonly accountId: AccountId; readonly role: Role; readonly purpose: RevealPurpose };

export type RevealCommand =
  | ({ readonly type: 'RecordReveal'; readonly level: (typeof revealLevels)[number]; readonly items: readonly RevealItem[] } & Who)
  | ({ readonly type: 'RecordDenial'; readonly reason: (typeof revealDenials)[number]; readonly items: readonly RevealItem[] } & Who)
  /** What was looked for is nobody's to keep: only how, and how many were found. */
  | ({ readonly type: 'RecordSearch'; readonly by: SearchKind; readonly found: number } & Who)
  /** A reveal or a search was refused with the code of a limit. */
  | ({ readonly type: 'RecordLimit'; readonly limit: RevealLimit; readonly items: readonly RevealItem[] } & Who);
