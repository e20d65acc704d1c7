// What a malicious row of the keyring may try: each column is anyone's who can write the file.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nonceOf } from '#vault/box.ts';
import { keyCommitment, keyObject } from '#vault/keys.ts';
import { lp } from '#vault/lp.ts';
import { openSecret, rootCheckContext, type SecretKind, type SecretName, unwrapSecret, wrapMark, wrapSecret } from '#vault/wrap.ts';
import { bytes, hex, id, NOUR, OMAR, OTHER_TENANT, reasonOf, TENANT } from './support.ts';

describe('a stored secret', () => {
  const wrapper = keyObject(bytes('wrapper', 32));
  const name: SecretName = { kind: 'subject', tenant: TENANT, name: NOUR, keyId: id('kid'), shares: 1 };
  const secret = bytes('secret', 32);
  const commitment = keyCommitment(secret);
  const nonce = bytes('nonce', 24);
  const wrapped = wrapSecret(wrapper, name, secret, nonce);

  test('comes back under its own name, 105 bytes long, with its nonce in it', () => {
    expect(wrapped.length).toBe(105);
    expect(hex(nonceOf(wrapped))).toBe(hex(nonce));
    expect(hex(unwrapSecret(wrapper, name, wrapped, commitment) ?? Buffer.of())).toBe(hex(secret));
  });

  test.each<readonly [string, Partial<SecretName>]>([
    ['another subject', { name: OMAR }],
    ['another tenant', { tenant: OTHER_TENANT }],
    ['another kind', { kind: 'bucket' }],
    ['another id', { keyId: id('another') }],
    ['two shares', { shares: 2 }],
    ['a name and id that run together', { name: `${NOUR}${id('kid')}`, keyId: '' }],
  ])('in a row of %s is refused at the commitment', (_row, over) => {
    expect(reasonOf(openSecret(wrapper, { ...name, ...over }, wrapped, commitment))).toBe('commitment');
    expect(unwrapSecret(wrapper, { ...name, ...over }, wrapped, commitment)).toBeNull();
  });

  test('of one kind never stands for one of another', () => {
    const kinds: readonly SecretKind[] = ['root', 'tenant', 'signing', 'subject', 'bucket', 'blind', 'seen', 'hold', 'held'];
    for (const one of kinds)
      for (const other of kinds) {
        const row = wrapSecret(wrapper, { ...name, kind: one }, secret, nonce);
        expect(unwrapSecret(wrapper, { ...name, kind: other }, row, commitment) !== null).toBe(one === other);
      }
  });

  test('with the commitment of another is refused, and so is one with none', () => {
    for (const other of [
      keyCommitment(bytes('other', 32)),
      commitment.subarray(1),
      new Uint8Array(0),
      Buffer.concat([commitment, Buffer.of(0)]),
    ])
      expect(openSecret(wrapper, name, wrapped, other)).toEqual({ kind: 'tampered', reason: 'secret' });
  });

  test('with both wrapped bytes and commitment exchanged for another row’s is refused', () => {
    const other = wrapSecret(wrapper, { ...name, name: OMAR }, bytes('other', 32), nonce);
    expect(reasonOf(openSecret(wrapper, name, other, keyCommitment(bytes('other', 32))))).toBe('commitment');
  });

  test('any other bytes are refused', () => {
    fc.assert(
      fc.property(fc.nat(104), fc.integer({ min: 1, max: 255 }), fc.uint8Array({ maxLength: 210 }), (at, change, any) => {
        expect(
          unwrapSecret(
            wrapper,
            name,
            wrapped.map((byte, index) => (index === at ? byte ^ change : byte)),
            commitment,
          ),
        ).toBeNull();
        expect(unwrapSecret(wrapper, name, any, commitment)).toBeNull();
        expect(unwrapSecret(wrapper, name, wrapped.subarray(0, at), commitment)).toBeNull();
      }),
    );
    expect(unwrapSecret(wrapper, name, new Uint8Array(105), commitment)).toBeNull();
  });

  test.each([0, 31, 33])('of %i bytes is not wrapped at all', (length) => {
    expect(() => wrapSecret(wrapper, name, new Uint8Array(length), nonce)).toThrow(
      new RangeError(`expected a secret of 32 bytes, got ${String(length)}`),
    );
  });

  test('its mark is the commitment in its wrapping, and another for every other name or key', () => {
    expect(hex(wrapMark(wrapper, name))).toBe(hex(wrapped.subarray(1, 33)));
    const others = [wrapMark(wrapper, { ...name, name: OMAR }), wrapMark(keyObject(bytes('other', 32)), name)];
    expect(new Set([wrapMark(wrapper, name), ...others].map(hex)).size).toBe(3);
  });

  test('a root key recognises its keyring by a context of its own', () => {
    expect(hex(rootCheckContext('ring'))).toBe(hex(lp('root-check/v1', 'ring')));
  });
});
