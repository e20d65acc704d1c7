import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { BOX_OVERHEAD_BYTES, type BoxFailure, openBox, sealBox } from './box.ts';
import { COMMITMENT_BYTES, keyCommitment, SECRET_BYTES } from './keys.ts';
import { lp, u32 } from './lp.ts';

/**
 * What a stored secret is for. `tenant` and `signing` are wrapped under the root key; `root` is one root key under another, while a rotation
 * lasts; `held` is a data key under the key of a legal hold; the others stand under the tenant's.
 */
export type SecretKind = 'root' | 'tenant' | 'signing' | 'subject' | 'bucket' | 'blind' | 'seen' | 'hold' | 'held';

/** Names one stored secret; bound into its wrapping, so that rows cannot change places. */
export type SecretName = {
  readonly kind: SecretKind;
  readonly tenant: string;
  /** Subject id, `class/period`, `field/purpose`, week, generation, matter, `matter/subject/class/period`, or empty. */
  readonly name: string;
  /** Random id of this secret, 32 hexadecimal digits. */
  readonly keyId: string;
  /** How many shares the secret is split into: 1 today. */
  readonly shares: number;
};

export const WRAPPED_BYTES = BOX_OVERHEAD_BYTES + SECRET_BYTES;

const wrapContext = (name: SecretName): Uint8Array => lp('wrap/v1', name.kind, name.tenant, name.name, name.keyId, u32(name.shares));

/**
 * Symmetric only: a backup outlives elliptic curves. @param nonce 24 random bytes @returns 105 bytes
 * @param secret 32 bytes; another length throws a RangeError (a mistake of the caller)
 */
export const wrapSecret = (key: KeyObject, name: SecretName, secret: Uint8Array, nonce: Uint8Array): Uint8Array => {
  if (secret.length !== SECRET_BYTES)
    throw new RangeError(`expected a secret of ${String(SECRET_BYTES)} bytes, got ${String(secret.length)}`);
  return sealBox(key, wrapContext(name), secret, nonce);
};

/** `secret`: what came out is not 32 bytes, or is not what the row's commitment names. */
export type WrapFailure = BoxFailure | 'secret';
export type SecretOpened =
  { readonly kind: 'opened'; readonly bytes: Uint8Array } | { readonly kind: 'tampered'; readonly reason: WrapFailure };

/** Opens a stored secret under the wrapper, name and commitment that the caller expects. */
export const openSecret = (key: KeyObject, name: SecretName, wrapped: Uint8Array, commitment: Uint8Array): SecretOpened => {
  const opened = openBox(key, wrapContext(name), wrapped);
  if (opened.kind === 'tampered') return opened;
  const isNamed = commitment.length === COMMITMENT_BYTES && timingSafeEqual(keyCommitment(opened.bytes), commitment);
  if (isNamed && opened.bytes.length === SECRET_BYTES) return opened;
  opened.bytes.fill(0);
  return { kind: 'tampered', reason: 'secret' };
};

/** @returns the 32-byte secret, or null for every failure of `openSecret`. */
export const unwrapSecret = (key: KeyObject, name: SecretName, wrapped: Uint8Array, commitment: Uint8Array): Uint8Array | null => {
  const opened = openSecret(key, name, wrapped, commitment);
  return opened.kind === 'opened' ? opened.bytes : null;
};

/**
 * The 32 bytes that every wrapping of this secret under this key begins with after its version, whatever the nonce: to search files for
 * wrappings of which nothing else is known any more.
 */
export const wrapMark = (key: KeyObject, name: SecretName): Uint8Array =>
  createHmac('sha512', key).update(wrapContext(name)).digest().subarray(COMMITMENT_BYTES);

/** `HMAC-SHA-512`-based value by which a root key recognises its keyring; tells nothing about the key. */
export const rootCheckContext = (keyringId: string): Uint8Array => lp('root-check/v1', keyringId);
