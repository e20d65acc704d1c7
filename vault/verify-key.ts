import { fromBase64, hex } from './verify-encoding.ts';
import { sha256 } from './verify-sha256.ts';

/** The auditor's key, as C2SP signed notes write it. */
export type Vkey = { readonly name: string; readonly id: string; readonly publicKey: Uint8Array };

const VKEY = /^([^\s+]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;
const ED25519_TYPE = 0x01;
const KEY_BYTES = 32;

/** @returns null for anything but `<name>+<key id>+<base64(0x01 ‖ public key)>` with the id of exactly that name and key, of full order. */
export const parseVkey = (text: string): Vkey | null => {
  const [, name = '', keyId = '', encoded = ''] = VKEY.exec(text.trim()) ?? [];
  // 44 characters without padding are 33 bytes.
  const key = fromBase64(encoded);
  if (key?.[0] !== ED25519_TYPE) return null;
  const publicKey = key.subarray(1);
  const expected = hex(sha256(Uint8Array.of(...new TextEncoder().encode(`${name}\n`), ...key))).slice(0, 8);
  return expected === keyId && !isOfSmallOrder(publicKey) ? { name, id: keyId, publicKey } : null;
};

/**
 * The y of every point of small order, canonical or not, least significant byte first. Under such a key one signature fits many messages,
 * and tweetnacl does not ask. The list is that of libsodium's `ge25519_has_small_order`; the first bit of the last byte is the sign of x.
 */
const SMALL_ORDER_Y = [
  '00'.repeat(32),
  `01${'00'.repeat(31)}`,
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
  `ec${'ff'.repeat(30)}7f`,
  `ed${'ff'.repeat(30)}7f`,
  `ee${'ff'.repeat(30)}7f`,
];
const SIGN = 0x80;

const isOfSmallOrder = (publicKey: Uint8Array): boolean =>
  SMALL_ORDER_Y.includes(hex(publicKey.map((byte, at) => (at === KEY_BYTES - 1 ? byte & ~SIGN : byte))));

/** Order of the Ed25519 group (RFC 8032 §5.1). */
const ORDER = 2n ** 252n + 27_742_317_777_372_353_535_851_937_790_883_648_493n;

/** RFC 8032 §5.1.7 refuses S ≥ L; tweetnacl accepts S + L too, which would be a second valid file. @param scalar 32 bytes, least significant first */
export const isReduced = (scalar: Uint8Array): boolean => BigInt(`0x${hex(scalar.toReversed())}`) < ORDER;
