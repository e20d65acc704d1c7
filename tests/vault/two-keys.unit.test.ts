// Why a box commits to its key (SPEC.md §12): the attack on plain secretbox, carried out.
import { createHmac, hash } from 'node:crypto';
import nacl from 'tweetnacl';
import { describe, expect, test } from 'vitest';
import { openBox, sealBox } from '#vault/box.ts';
import { keyObject } from '#vault/keys.ts';
import { keystream } from './independent-opener.ts';
import { bytes, reasonOf } from './support.ts';

const P = 2n ** 130n - 5n;
const BLOCK = 2n ** 128n;
const little = (part: Uint8Array): bigint => BigInt(`0x0${Buffer.from(part).reverse().toString('hex')}`);
const sixteen = (value: bigint): Buffer => Buffer.from(value.toString(16).padStart(32, '0'), 'hex').reverse();
const modulo = (value: bigint): bigint => ((value % P) + P) % P;
/** By Fermat: P is prime. */
const inverse = (value: bigint): bigint => {
  let [base, exponent, result] = [modulo(value), P - 2n, 1n];
  for (; exponent > 0n; exponent >>= 1n) {
    if ((exponent & 1n) === 1n) result = (result * base) % P;
    base = (base * base) % P;
  }
  return result;
};

const polyKey = (key: Uint8Array, nonce: Uint8Array): readonly [r: bigint, s: bigint] => {
  const first = keystream(key, nonce, 32);
  return [little(first.subarray(0, 16)) & 0x0ffffffc0ffffffc0ffffffc0fffffffn, little(first.subarray(16))];
};

/** Tag ‖ two blocks that authenticate under both keys: two linear equations in two unknowns, one per key, for a tag of our choice. */
const forTwoKeys = (one: Uint8Array, two: Uint8Array, nonce: Uint8Array): Uint8Array => {
  const [[r1, s1], [r2, s2]] = [polyKey(one, nonce), polyKey(two, nonce)];
  const unit = inverse(r1 * r2 * modulo(r1 - r2));
  for (let tag = 0n; ; tag += 1n) {
    const [h1, h2] = [(((tag - s1) % BLOCK) + BLOCK) % BLOCK, (((tag - s2) % BLOCK) + BLOCK) % BLOCK];
    // x·r² + y·r = h for both r, by Cramer's rule; each block stands for itself with a 1 in front.
    const x = modulo((h1 * r2 - h2 * r1) * unit) - BLOCK;
    const y = modulo((r1 * r1 * h2 - r2 * r2 * h1) * unit) - BLOCK;
    if ([x, y].every((block) => block >= 0n && block < BLOCK)) return Buffer.concat([sixteen(tag), sixteen(x), sixteen(y)]);
  }
};

describe('two keys, one ciphertext', () => {
  const nonce = bytes('nonce', 24);
  const context = Buffer.from('the same place');
  const [nour, omar] = [bytes('nour', 32), bytes('omar', 32)];
  const split = (key: Uint8Array): Uint8Array => {
    const box = sealBox(keyObject(key), context, new Uint8Array(0), nonce);
    return box.slice(1, 33);
  };

  test('plain secretbox opens it under both', () => {
    const boxed = forTwoKeys(nour, omar, nonce);
    const [first, second] = [nacl.secretbox.open(boxed, nonce, nour), nacl.secretbox.open(boxed, nonce, omar)];
    expect([first?.length, second?.length]).toEqual([32, 32]);
    expect(hash('sha256', first ?? '')).not.toBe(hash('sha256', second ?? ''));
  });

  test('a box is refused by its commitment under the second key, before its tag is looked at', () => {
    // The keys of the inner secretbox, as §2 derives them: the forger is given more than any attacker has.
    const inner = (key: Uint8Array): Buffer => createHmac('sha512', key).update(context).digest().subarray(0, 32);
    const boxed = forTwoKeys(inner(nour), inner(omar), nonce);
    expect(nacl.secretbox.open(boxed, nonce, inner(nour))).not.toBeNull();
    expect(nacl.secretbox.open(boxed, nonce, inner(omar))).not.toBeNull();
    const box = (key: Uint8Array): Uint8Array => Buffer.concat([Buffer.of(1), split(key), nonce, boxed]);
    expect(openBox(keyObject(nour), context, box(nour)).kind).toBe('opened');
    expect(reasonOf(openBox(keyObject(omar), context, box(nour)))).toBe('commitment');
    expect(reasonOf(openBox(keyObject(nour), context, box(omar)))).toBe('commitment');
  });
});
