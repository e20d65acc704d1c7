// One cipher, three implementations: libsodium, tweetnacl, and the one written out in independent-opener.ts.
import fc from 'fast-check';
import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import nacl from 'tweetnacl';
import { openBox, sealBox } from '#vault/box.ts';
import { openEnvelope, sealEnvelope } from '#vault/envelope.ts';
import { keyObject } from '#vault/keys.ts';
import {
  agreesWithTweetnacl,
  chooseSecretbox,
  loadSodium,
  type Secretbox,
  secretbox,
  SECRETBOX_TAG_BYTES,
  TWEETNACL,
} from '#vault/secretbox.ts';
import { keystream } from './independent-opener.ts';
import { bytes, hex } from './support.ts';

const sodium = await loadSodium();
const present = sodium === null ? [] : [sodium];
const implementations = [TWEETNACL, ...present];
const sealedBy = (by: Secretbox, plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array): Uint8Array => {
  const out = new Uint8Array(plaintext.length + SECRETBOX_TAG_BYTES);
  by.sealInto(out, plaintext, nonce, key);
  return out;
};
const fixed = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

test.skipIf(sodium !== null)('sodium-native did not load on this machine: the tests across implementations saw tweetnacl alone', () => {
  expect(secretbox.name).toBe('tweetnacl');
});

test('sodium-native loads where its package is installed, on the machines that it has binaries for', () => {
  let installed = true;
  try {
    createRequire(import.meta.url).resolve('sodium-native');
  } catch {
    installed = false;
  }
  const hasBinary = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'].includes(`${process.platform}-${process.arch}`);
  expect(sodium?.name).toBe(installed && hasBinary ? 'sodium-native' : sodium?.name);
  expect(TWEETNACL.name).toBe('tweetnacl');
});

describe.each(implementations)('secretbox of $name', (by) => {
  test('seals to the bytes of tweetnacl and opens them again', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 5_000 }), fixed(24), fixed(32), (plaintext, nonce, key) => {
        const sealed = sealedBy(by, plaintext, nonce, key);
        expect(hex(sealed)).toBe(hex(nacl.secretbox(plaintext, nonce, key)));
        expect(hex(by.open(sealed, nonce, key) ?? Buffer.of(1, 2, 3))).toBe(hex(plaintext));
      }),
    );
  });

  test('encrypts with the key stream of the papers', () => {
    const [nonce, key] = [bytes('nonce', 24), bytes('key', 32)];
    const sealed = sealedBy(by, new Uint8Array(200), nonce, key);
    expect(hex(sealed.subarray(16))).toBe(hex(keystream(key, nonce, 232).subarray(32)));
  });

  test('opens nothing that was changed, cut, extended or sealed otherwise', () => {
    const [plaintext, nonce, key] = [bytes('text', 100), bytes('nonce', 24), bytes('key', 32)];
    const sealed = sealedBy(by, plaintext, nonce, key);
    for (let at = 0; at < sealed.length; at += 1)
      expect(
        by.open(
          sealed.map((byte, index) => (index === at ? byte ^ 4 : byte)),
          nonce,
          key,
        ),
      ).toBeNull();
    expect(by.open(sealed.subarray(0, -1), nonce, key)).toBeNull();
    expect(by.open(Buffer.concat([sealed, Buffer.of(0)]), nonce, key)).toBeNull();
    expect(by.open(sealed, bytes('another', 24), key)).toBeNull();
    expect(by.open(sealed, nonce, bytes('another', 32))).toBeNull();
  });

  test('passes the test at the start', () => {
    expect(agreesWithTweetnacl(by)).toBe(true);
  });
});

describe.each(present)('boxes by $name and by tweetnacl', (by) => {
  const [key, context] = [keyObject(bytes('key', 32)), Buffer.from('context')];

  test('are the same bytes, and each opens the other’s', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), fixed(24), (plaintext, nonce) => {
        const [fast, plain] = [sealBox(key, context, plaintext, nonce, by), sealBox(key, context, plaintext, nonce, TWEETNACL)];
        expect(hex(fast)).toBe(hex(plain));
        expect(openBox(key, context, fast, TWEETNACL)).toEqual(openBox(key, context, plain, by));
        expect(hex(sealEnvelope(key, context, plaintext, nonce, by))).toBe(hex(sealEnvelope(key, context, plaintext, nonce, TWEETNACL)));
        const envelope = sealEnvelope(key, context, plaintext, nonce, by);
        expect(openEnvelope(key, context, envelope, by)).toEqual(openEnvelope(key, context, envelope, TWEETNACL));
        const changed = envelope.map((byte, at) => (at === envelope.length - 1 ? byte ^ 1 : byte));
        expect(openEnvelope(key, context, changed, by)).toEqual({ kind: 'tampered', reason: 'authentication' });
        expect(openEnvelope(key, context, changed, TWEETNACL)).toEqual({ kind: 'tampered', reason: 'authentication' });
      }),
    );
  });

  test('libsodium is what the product uses here', () => {
    expect(secretbox.name).toBe('sodium-native');
  });
});

describe('choosing', () => {
  const over = (part: Partial<Secretbox>): Secretbox => ({ ...TWEETNACL, name: 'sodium-native', ...part });

  test('takes what agrees, and tweetnacl where there is nothing', () => {
    const agreeing = over({});
    expect(chooseSecretbox(agreeing)).toBe(agreeing);
    expect(chooseSecretbox(null)).toBe(TWEETNACL);
  });

  test.each<readonly [string, Partial<Secretbox>]>([
    ['that seals to other bytes', { sealInto: (out, text, nonce, key) => out.set(nacl.secretbox(text, nonce, key).reverse()) }],
    [
      'that seals long texts to other bytes',
      { sealInto: (out, text, nonce, key) => out.set(nacl.secretbox(text.length > 4_000 ? text.map(() => 0) : text, nonce, key)) },
    ],
    [
      'that leaves out the text',
      {
        sealInto: (out, text, nonce, key) =>
          out.set(
            nacl.secretbox(
              text.map(() => 0),
              nonce,
              key,
            ),
          ),
      },
    ],
    ['that uses one nonce', { sealInto: (out, text, _nonce, key) => out.set(nacl.secretbox(text, new Uint8Array(24), key)) }],
    ['that opens nothing', { open: () => null }],
    [
      'that opens to another text',
      { open: (boxed, nonce, key) => nacl.secretbox.open(boxed, nonce, key)?.map((byte) => byte ^ 1) ?? null },
    ],
    ['that opens to a shorter text', { open: (boxed, nonce, key) => nacl.secretbox.open(boxed, nonce, key)?.subarray(1) ?? null }],
    [
      'that opens nothing to something',
      { open: (boxed, nonce, key) => (boxed.length === 16 ? Buffer.of(1) : nacl.secretbox.open(boxed, nonce, key)) },
    ],
    [
      'that opens whatever it gets',
      { open: (boxed, nonce, key) => nacl.secretbox.open(boxed, nonce, key) ?? new Uint8Array(boxed.length - 16) },
    ],
    [
      'that throws while sealing',
      {
        sealInto: () => {
          throw new Error('no');
        },
      },
    ],
    [
      'that throws while opening',
      {
        open: () => {
          throw new Error('no');
        },
      },
    ],
  ])('refuses one %s', (_name, part) => {
    expect(agreesWithTweetnacl(over(part))).toBe(false);
    expect(chooseSecretbox(over(part))).toBe(TWEETNACL);
  });

  test('refuses one that opens what was changed at the end', () => {
    const lax = over({
      open: (boxed, nonce, key) => {
        const fixedUp = boxed.slice();
        fixedUp[boxed.length - 1] = (fixedUp[boxed.length - 1] ?? 0) ^ 1;
        return nacl.secretbox.open(boxed, nonce, key) ?? nacl.secretbox.open(fixedUp, nonce, key);
      },
    });
    expect(agreesWithTweetnacl(lax)).toBe(false);
  });

  test('refuses one that opens what was changed at the beginning', () => {
    const lax = over({
      open: (boxed, nonce, key) => {
        const fixedUp = boxed.slice();
        fixedUp[0] = (fixedUp[0] ?? 0) ^ 1;
        return nacl.secretbox.open(boxed, nonce, key) ?? nacl.secretbox.open(fixedUp, nonce, key);
      },
    });
    expect(agreesWithTweetnacl(lax)).toBe(false);
  });

  test('a package that is absent or has no binary is no fault', async () => {
    expect(await loadSodium(() => Promise.reject(new Error('Cannot find package')))).toBeNull();
    expect(
      await loadSodium(() => {
        throw new Error('no native build for this machine');
      }),
    ).toBeNull();
  });

  test('the package’s functions are called with their arguments in order', async () => {
    const calls: unknown[][] = [];
    const loaded = await loadSodium(async () => ({
      default: {
        crypto_secretbox_easy: (...all) => void calls.push(all),
        crypto_secretbox_open_easy: (...all) => calls.push(all) > 2,
      },
    }));
    const [out, text, nonce, key, boxed] = [new Uint8Array(17), Buffer.of(1), bytes('n', 24), bytes('k', 32), new Uint8Array(20)];
    loaded?.sealInto(out, text, nonce, key);
    expect(calls[0]).toEqual([out, text, nonce, key]);
    expect(loaded?.open(boxed, nonce, key)).toBeNull();
    expect(calls[1]).toEqual([new Uint8Array(4), boxed, nonce, key]);
    expect(loaded?.open(boxed, nonce, key)).toEqual(new Uint8Array(4));
    expect(loaded?.name).toBe('sodium-native');
  });
});
