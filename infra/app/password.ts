import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

/**
 * argon2id (RFC 9106 §4, second recommended option: 64 MiB, 3 passes, 4 lanes). Runs in Node's thread pool, off the event loop. Stored as
 * a PHC string, so that parameters can rise later.
 */
const MEMORY_KIB = 64 * 1024;
const PASSES = 3;
const PARALLELISM = 4;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** Shortest password, in characters (NIST SP 800-63B-4 §3.1.1.2 asks for 15 where it is the only factor, 8 otherwise; a second factor comes). */
export const MIN_PASSWORD_CHARACTERS = 12;
/** Longest password, in characters: hashing takes the same time for any length, but the form's body must be bounded. */
export const MAX_PASSWORD_CHARACTERS = 200;

const derive = promisify(argon2);

export const hashPassword = async (password: string): Promise<string> => {
  const salt = randomBytes(SALT_BYTES);
  const tag = await derive('argon2id', parametersOf(password, salt, MEMORY_KIB, PASSES, PARALLELISM));
  return `$argon2id$v=19$m=${String(MEMORY_KIB)},t=${String(PASSES)},p=${String(PARALLELISM)}$${unpadded(salt)}$${unpadded(tag)}`;
};

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{16,64})\$([A-Za-z0-9+/]{43})$/;

/** False for a wrong password and for a text that is no such hash. */
export const passwordMatches = async (password: string, stored: string): Promise<boolean> => {
  const [, memory, passes, parallelism, salt, tag] = PHC.exec(stored) ?? [];
  if (salt === undefined || tag === undefined) return false;
  const expected = Buffer.from(tag, 'base64');
  const actual = await derive(
    'argon2id',
    parametersOf(password, Buffer.from(salt, 'base64'), Number(memory), Number(passes), Number(parallelism)),
  );
  return actual.length === expected.length && timingSafeEqual(actual, expected);
};

/** Spends the time of a real check, so that an unknown address cannot be told from a wrong password. */
export const spendPasswordCheck = async (password: string): Promise<void> => {
  await derive('argon2id', parametersOf(password, Buffer.alloc(SALT_BYTES), MEMORY_KIB, PASSES, PARALLELISM));
};

const parametersOf = (password: string, nonce: Uint8Array, memory: number, passes: number, parallelism: number) => ({
  message: password.normalize('NFKC'),
  nonce,
  memory,
  passes,
  parallelism,
  tagLength: TAG_BYTES,
});

const unpadded = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64').replace(/=+$/u, '');
