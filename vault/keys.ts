import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { lp } from './lp.ts';

/** 256 bits, random, never derived: what must be destroyable cannot be computed again from a parent (SPEC.md §4). */
export const SECRET_BYTES = 32;
/** Of `keyCommitment`: SHA-256. */
export const COMMITMENT_BYTES = 32;

export const keyObject = (secret: Uint8Array): KeyObject => createSecretKey(secret);

/**
 * `DEK(S, B) = HMAC-SHA-512(S, lp("dek/v1", B))[0:32]`, derived on use and never stored. Destroying either secret destroys it.
 * @param bucketSecret 32 bytes
 */
export const deriveDek = (subjectSecret: KeyObject, bucketSecret: Uint8Array): KeyObject => {
  const o = createHmac('sha512', subjectSecret).update(lp('dek/v1', bucketSecret)).digest();
  const dek = createSecretKey(o.subarray(0, SECRET_BYTES));
  o.fill(0);
  return dek;
};

/** `SHA-256("kc/v1" ‖ secret)`, 32 bytes: names a secret without telling it, and refuses its return after destruction. */
export const keyCommitment = (secret: Uint8Array): Uint8Array => {
  const bytes = Buffer.concat([Buffer.from('kc/v1'), secret]);
  const commitment = hash('sha256', bytes, 'buffer');
  bytes.fill(0);
  return commitment;
};
