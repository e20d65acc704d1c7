import { createHmac, randomBytes } from 'node:crypto';
import { MAX_WRONG_PASSWORDS } from '#domain/account/commands.ts';
import { isLocked } from '#domain/account/decider.ts';
import type { IsoTime } from '#domain/ids.ts';

/** Addresses kept in mind; the one tried longest ago goes first. */
const MAX_ADDRESSES = 10_000;

export type UnknownAddresses = {
  /** Counts one wrong password. @returns whether an account with this address would be locked now */
  readonly tried: (email: string, at: IsoTime) => boolean;
};

/**
 * Counts wrong passwords for addresses that nobody has by the rule of the accounts: a lock that only real accounts have would tell which
 * addresses are real. In memory, under a key that dies with the process.
 */
export const createUnknownAddresses = (): UnknownAddresses => {
  const key = randomBytes(32);
  const known = new Map<string, readonly IsoTime[]>();
  return {
    tried: (email, at) => {
      const tag = createHmac('sha256', key).update(email.trim().normalize('NFC').toLowerCase()).digest('base64');
      const wrongAt = known.get(tag) ?? [];
      if (isLocked({ wrongAt }, at)) return true;
      known.delete(tag);
      known.set(tag, [...wrongAt, at].slice(-MAX_WRONG_PASSWORDS));
      const [oldest] = known.keys();
      if (known.size > MAX_ADDRESSES && oldest !== undefined) known.delete(oldest);
      return false;
    },
  };
};
