import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { unwritten } from './lp.ts';
import { type Secretbox, secretbox, SECRETBOX_KEY_BYTES, SECRETBOX_NONCE_BYTES, SECRETBOX_TAG_BYTES } from './secretbox.ts';

/**
 * A secretbox that commits to its key and its context (SPEC.md §2); `secretbox` alone does neither. Values and stored secrets are both
 * kept in it.
 */
const VERSION = 0x01;
const COMMITMENT_BYTES = 32;
const NONCE_AT = 1 + COMMITMENT_BYTES;
const BOX_AT = NONCE_AT + SECRETBOX_NONCE_BYTES;

export const BOX_OVERHEAD_BYTES = BOX_AT + SECRETBOX_TAG_BYTES;
export const NONCE_BYTES = SECRETBOX_NONCE_BYTES;

export type BoxFailure = 'version' | 'commitment' | 'authentication' | 'framing';
export type BoxOpened =
  { readonly kind: 'opened'; readonly bytes: Uint8Array } | { readonly kind: 'tampered'; readonly reason: BoxFailure };

// KeyObjects: five times faster than raw bytes with createHmac, and their bytes stay out of the JavaScript heap.
// As a plain Uint8Array: tweetnacl slows down when it meets Buffers too.
const split = (key: KeyObject, context: Uint8Array): Uint8Array => {
  const o = createHmac('sha512', key).update(context).digest();
  return new Uint8Array(o.buffer, o.byteOffset, o.length);
};

/**
 * `0x01 ‖ C ‖ nonce ‖ secretbox(plaintext, nonce, K)` with `K ‖ C = HMAC-SHA-512(key, context)`.
 * @param nonce 24 random bytes; another length throws a RangeError (a mistake of the caller)
 * @param by which implementation of secretbox; the bytes are the same
 */
export const sealBox = (
  key: KeyObject,
  context: Uint8Array,
  plaintext: Uint8Array,
  nonce: Uint8Array,
  by: Secretbox = secretbox,
): Uint8Array => {
  if (nonce.length !== NONCE_BYTES) throw new RangeError(`expected a nonce of ${String(NONCE_BYTES)} bytes, got ${String(nonce.length)}`);
  const o = split(key, context);
  const out = unwritten(BOX_OVERHEAD_BYTES + plaintext.length);
  out[0] = VERSION;
  out.set(o.subarray(SECRETBOX_KEY_BYTES), 1);
  out.set(nonce, NONCE_AT);
  by.sealInto(out.subarray(BOX_AT), plaintext, nonce, o.subarray(0, SECRETBOX_KEY_BYTES));
  o.fill(0);
  return out;
};

/** Opens under the expected key and context only; nothing in `box` chooses either. Compares the commitment in constant time. */
export const openBox = (key: KeyObject, context: Uint8Array, box: Uint8Array, by: Secretbox = secretbox): BoxOpened => {
  if (box.length === 0) return { kind: 'tampered', reason: 'framing' };
  if (box[0] !== VERSION) return { kind: 'tampered', reason: 'version' };
  if (box.length < BOX_OVERHEAD_BYTES) return { kind: 'tampered', reason: 'framing' };
  const o = split(key, context);
  try {
    if (!timingSafeEqual(o.subarray(SECRETBOX_KEY_BYTES), box.subarray(1, NONCE_AT))) return { kind: 'tampered', reason: 'commitment' };
    const bytes = by.open(box.subarray(BOX_AT), box.subarray(NONCE_AT, BOX_AT), o.subarray(0, SECRETBOX_KEY_BYTES));
    return bytes === null ? { kind: 'tampered', reason: 'authentication' } : { kind: 'opened', bytes };
  } finally {
    o.fill(0);
  }
};

/** The nonce of a box: 24 bytes that occur in it alone, so a needle to search files for. */
export const nonceOf = (box: Uint8Array): Uint8Array => box.subarray(NONCE_AT, BOX_AT);
