import { hash, timingSafeEqual } from 'node:crypto';
import { type Digest, parseDigest } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';

/** SHA-256 of an envelope or a chunk file: what an event keeps of it. */
export const digestOf = (stored: Uint8Array): Digest => {
  const digest = parseDigest(hash('sha256', stored, 'hex'));
  if (digest === null) throw new VaultFault('VAULT_STORE_FAILED', 'expected a digest of the stored bytes');
  return digest;
};

export const isDigestOf = (digest: Digest, stored: Uint8Array): boolean => isSameDigest(digest, hash('sha256', stored, 'buffer'));

/** @param actual 32 bytes */
export const isSameDigest = (digest: Digest, actual: Uint8Array): boolean => {
  const expected = Buffer.from(digest, 'hex');
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};
