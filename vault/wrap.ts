import { type KeyObject, timingSafeEqual } from 'node:crypto';
import { BOX_OVERHEAD_BYTES, openBox, sealBox } from './box.ts';
import { keyCommitment, SECRET_BYTES } from './keys.ts';
import { lp, u32 } from './lp.ts';

/** What a stored secret is for. `tenant` and `signing` are wrapped under the root key, the others under the tenant's. */
export type SecretKind = 'tenant' | 'signing' | 'subject' | 'bucket' | 'blind' | 'seen';

/** Names one stored secret; bound into its wrapping, so that rows cannot change places. */
export type SecretName = {
  readonly kind: SecretKind;
  readonly tenant: string;
  /** Subject id, `class/period`, `field/purpose`, week, or empty. */
  readonly name: string;
  /** Random id of this secret, 32 hexadecimal digits. */
  readonly keyId: string;
  /** How many shares the secret is split into: 1 today. */
  readonly shares: number;
};

export const WRAPPED_BYTES = BOX_OVERHEAD_BYTES + SECRET_BYTES;

const wrapContext = (name: SecretName): Uint8Array => lp('wrap/v1', name.kind, name.tenant, name.name, name.keyId, u32(name.shares));

/** Symmetric only: a backup outlives elliptic curves. @param secret 32 bytes @param nonce 24 random bytes @returns 105 bytes */
export const wrapSecret = (key: KeyObject, name: SecretName, secret: Uint8Array, nonce: Uint8Array): Uint8Array =>
  sealBox(key, wrapContext(name), secret, nonce);

/** @returns the 32-byte secret, or null when the bytes are not this secret's wrapping under this key or miss its commitment. */
export const unwrapSecret = (key: KeyObject, name: SecretName, wrapped: Uint8Array, commitment: Uint8Array): Uint8Array | null => {
  const opened = openBox(key, wrapContext(name), wrapped);
  if (opened.kind === 'tampered' || opened.bytes.length !== SECRET_BYTES || commitment.length !== SECRET_BYTES) return null;
  return timingSafeEqual(keyCommitment(opened.bytes), commitment) ? opened.bytes : null;
};

/** `HMAC-SHA-512`-based value by which a root key recognises its keyring; tells nothing about the key. */
export const rootCheckContext = (keyringId: string): Uint8Array => lp('root-check/v1', keyringId);
