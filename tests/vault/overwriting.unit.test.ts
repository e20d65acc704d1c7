import { expect, describe, test } from 'vitest';
import { openEnvelope, sealEnvelope } from '#vault/envelope.ts';
import { keyObject } from '#vault/keys.ts';
import { type Secretbox, TWEETNACL } from '#vault/secretbox.ts';
import { bytes, hex } from './support.ts';

describe('after use', () => {
  const [key, context, nonce] = [keyObject(bytes('key', 32)), Buffer.from('context'), bytes('nonce', 24)];
  /** Keeps what it was given, and copies of what that held then. */
  const watching = () => {
    const seen: { readonly given: Uint8Array; readonly held: string }[] = [];
    const see = (given: Uint8Array): void => void seen.push({ given, held: hex(given) });
    const by: Secretbox = {
      ...TWEETNACL,
      sealInto: (out, plaintext, used, boxKey) => {
        [plaintext, boxKey].forEach(see);
        TWEETNACL.sealInto(out, plaintext, used, boxKey);
      },
      open: (boxed, used, boxKey) => {
        see(boxKey);
        return TWEETNACL.open(boxed, used, boxKey);
      },
    };
    return { by, seen };
  };

  test('the key of the box and the frame are overwritten, the value of the caller is not', () => {
    const { by, seen } = watching();
    const value = bytes('value', 100);
    const envelope = sealEnvelope(key, context, value, nonce, by);
    openEnvelope(key, context, envelope, by);
    openEnvelope(
      key,
      context,
      envelope.map((byte, at) => (at === 80 ? byte ^ 1 : byte)),
      by,
    );
    expect(seen.map(({ held }) => /^0+$/.test(held))).toEqual([false, false, false, false]);
    expect(seen.map(({ given }) => /^0+$/.test(hex(given)))).toEqual([true, true, true, true]);
    expect(hex(value)).toBe(hex(bytes('value', 100)));
  });
});
