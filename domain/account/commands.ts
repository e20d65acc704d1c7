import type { AccountId, SessionId, TenantId } from '../ids.ts';
import type { Plain } from '../personal.ts';
import type { sessionEnds } from './events.ts';

/** Passwords never arrive here: the edge hashes them with argon2id. `passwordMatches` is a fact. */
export type AccountCommand =
  | {
      readonly type: 'RegisterAccount';
      readonly accountId: AccountId;
      readonly name: Plain;
      readonly email: Plain;
      readonly passwordHash: Plain;
    }
  | { readonly type: 'ChangePassword'; readonly passwordHash: Plain }
  | {
      readonly type: 'SignIn';
      readonly sessionId: SessionId;
      readonly organisationId: TenantId;
      readonly address: Plain | null;
      readonly device: Plain | null;
    }
  | {
      readonly type: 'EndSession';
      readonly sessionId: SessionId;
      readonly organisationId: TenantId;
      readonly reason: (typeof sessionEnds)[number];
    };

/** Wrong passwords in a row that lock the account. */
export const MAX_WRONG_PASSWORDS = 5;
/** They count when they came within this time; the lock lasts as long after the last of them. */
export const LOCK_MS = 15 * 60 * 1000;

/** `passwordMatches`: the given password is the account's present one. To sign in it must be; a change to the same changes nothing. */
export type AccountFacts = { readonly passwordMatches: boolean };
