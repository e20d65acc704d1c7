// Encoding, padding, derivation, commitments, signatures: the small parts.
import fc from 'fast-check';
import { createHash, createHmac, createPublicKey, verify } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { BOX_OVERHEAD_BYTES, NONCE_BYTES } from '#vault/box.ts';
import { VaultFault } from '#vault/fault.ts';
import { COMMITMENT_BYTES, deriveDek, keyCommitment, keyObject, SECRET_BYTES } from '#vault/keys.ts';
import { lp, u32 } from '#vault/lp.ts';
import { bucketBytes, MAX_CHUNK_BYTES, pad, unpad } from '#vault/padding.ts';
import { isOver, oldestWeek, weekOf } from '#vault/seen-week.ts';
import { keyIdOf, publicKeyBytes, signBytes, signerName, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import { WRAPPED_BYTES } from '#vault/wrap.ts';
import { bytes, hex, TENANT } from './support.ts';

describe('length-prefixed encoding', () => {
  test('is a length of four bytes and the part, for text, letters of every script, and bytes', () => {
    expect(hex(lp())).toBe('');
    expect(hex(lp('ab', '', Buffer.of(0xff)))).toBe('000000026162' + '00000000' + '00000001ff');
    expect(hex(lp('\u007f'))).toBe('000000017f');
    expect(hex(lp('\u0080'))).toBe('00000002c280');
    expect(hex(lp('aé', 'b'))).toBe('0000000361c3a9' + '0000000162');
    expect(hex(lp('b', 'é', Buffer.of(1)))).toBe('0000000162' + '00000002c3a9' + '0000000101');
    expect(hex(lp('👋'))).toBe('00000004f09f918b');
    expect(hex(lp('a', 'x'.repeat(127)))).toBe(`00000001610000007f${'78'.repeat(127)}`);
    expect(hex(lp('x'.repeat(128)))).toBe(`00000080${'78'.repeat(128)}`);
    expect(hex(lp('\ud800'))).toBe('00000003efbfbd');
    expect(hex(lp('x'.repeat(65_793)).subarray(0, 4))).toBe('00010101');
  });

  test('is the same for text and for its bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme' })), (parts) => {
        expect(hex(lp(...parts))).toBe(hex(lp(...parts.map((part) => Buffer.from(part)))));
      }),
    );
  });

  test('never gives two lists one encoding', () => {
    const list = fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(hex(lp(...a)) === hex(lp(...b))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test.each([
    [0, '00000000'],
    [1, '00000001'],
    [0x01020304, '01020304'],
    [2 ** 32 - 1, 'ffffffff'],
  ])('u32 of %i', (value, text) => {
    expect(hex(u32(value))).toBe(text);
  });
});

describe('padding', () => {
  test.each([
    [0, 64],
    [60, 64],
    [61, 128],
    [124, 128],
    [125, 256],
    [32_764, 32_768],
    [32_765, 65_536],
    [65_532, 65_536],
  ])('%i bytes stand in a bucket of %i', (length, bucket) => {
    expect(bucketBytes(length)).toBe(bucket);
    const frame = pad(bytes('text', length));
    expect(frame.length).toBe(bucket);
    expect(hex(frame.subarray(0, 4))).toBe(hex(u32(length)));
    expect(hex(unpad(frame) ?? Buffer.of(1, 2, 3))).toBe(hex(bytes('text', length)));
  });

  test('the most is 65,532 bytes; more is a mistake of the caller', () => {
    expect(MAX_CHUNK_BYTES).toBe(65_532);
    expect(() => pad(new Uint8Array(65_533))).toThrow(new RangeError('expected at most 65532 bytes, got 65533'));
  });

  test('a frame is read where it stands in a larger piece of memory', () => {
    const memory = Buffer.concat([Buffer.alloc(7, 0xff), pad(Buffer.from('Hello')), Buffer.alloc(7, 0xff)]);
    expect(Buffer.from(unpad(memory.subarray(7, 71)) ?? '').toString()).toBe('Hello');
  });

  test('a length that only a larger bucket than the largest would hold is refused, whatever the frame', () => {
    for (const length of [65_533, 65_537, 131_068]) {
      const frame = new Uint8Array(bucketBytes(length));
      frame.set(u32(length));
      expect(unpad(frame)).toBeNull();
    }
  });

  test('every frame but the one that pad makes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(), fc.integer({ min: 1, max: 255 }), (text, at, change) => {
        const frame = pad(text);
        const place = at % frame.length;
        const changed = unpad(frame.map((byte, index) => (index === place ? byte ^ change : byte)));
        const isText = place >= 4 && place < 4 + text.length;
        // A length that shrinks into zeros of the text is another text, not a broken frame: the box around it is what forbids that.
        if (place >= 4) expect(changed === null).toBe(!isText);
        expect(unpad(frame.subarray(0, -1))).toBeNull();
        expect(unpad(Buffer.concat([frame, new Uint8Array(frame.length)]))).toBeNull();
      }),
    );
    expect(unpad(new Uint8Array(0))).toBeNull();
    expect(unpad(new Uint8Array(63))).toBeNull();
    expect(unpad(new Uint8Array(64))).toEqual(new Uint8Array(0));
  });
});

describe('keys', () => {
  const [subject, bucket] = [bytes('subject', 32), bytes('bucket', 32)];

  test('a data key is the first half of HMAC-SHA-512 over the bucket’s secret, and needs both', () => {
    const expected = createHmac('sha512', subject).update(lp('dek/v1', bucket)).digest().subarray(0, 32);
    expect(hex(deriveDek(keyObject(subject), bucket).export())).toBe(hex(expected));
    const others = [
      deriveDek(keyObject(bucket), subject),
      deriveDek(keyObject(subject), bytes('other', 32)),
      deriveDek(keyObject(bytes('other', 32)), bucket),
    ];
    expect(new Set([expected, ...others.map((key) => key.export())].map(hex)).size).toBe(4);
  });

  test('deriving and committing leave the secrets as they were', () => {
    const [s, b] = [subject.slice(), bucket.slice()];
    deriveDek(keyObject(s), b);
    keyCommitment(s);
    expect([hex(s), hex(b)]).toEqual([hex(subject), hex(bucket)]);
  });

  test('a commitment is SHA-256 of the prefix and the secret', () => {
    expect(hex(keyCommitment(subject))).toBe(createHash('sha256').update('kc/v1').update(subject).digest('hex'));
    expect([SECRET_BYTES, COMMITMENT_BYTES, NONCE_BYTES, BOX_OVERHEAD_BYTES, WRAPPED_BYTES]).toEqual([32, 32, 24, 73, 105]);
  });
});

describe('signatures', () => {
  const seed = bytes('seed', 32);
  const key = signingKeyFromSeed(seed);

  test('are Ed25519 over the bytes, the same each time, and leave the seed as it was', () => {
    const publicKey = createPublicKey(key);
    expect(publicKeyBytes(key).length).toBe(32);
    expect(verify(null, Buffer.from('text'), publicKey, signBytes(key, Buffer.from('text')))).toBe(true);
    expect(verify(null, Buffer.from('texT'), publicKey, signBytes(key, Buffer.from('text')))).toBe(false);
    expect(hex(signBytes(key, Buffer.from('text')))).toBe(hex(signBytes(signingKeyFromSeed(seed), Buffer.from('text'))));
    expect(hex(seed)).toBe(hex(bytes('seed', 32)));
  });

  test('name their key after the organisation, as C2SP signed notes do', () => {
    const name = signerName(TENANT);
    const publicKey = publicKeyBytes(key);
    const digest = createHash('sha256').update(`${name}\n\u0001`).update(publicKey).digest('hex');
    expect(name).toBe(`vconnect/${TENANT}`);
    expect(keyIdOf(name, publicKey)).toBe(digest.slice(0, 8));
    expect(vkeyText(name, publicKey)).toBe(`${name}+${digest.slice(0, 8)}+${Buffer.concat([Buffer.of(1), publicKey]).toString('base64')}`);
  });
});

describe('weeks of seen tags', () => {
  const DAY = 86_400_000;

  test('begin every seventh day since 1970', () => {
    expect([0, 7 * DAY - 1, 7 * DAY, 21 * DAY + 5].map(weekOf)).toEqual([0, 0, 1, 3]);
  });

  test('end 15 days after they began', () => {
    expect([15 * DAY - 1, 15 * DAY].map((now) => isOver(0, now))).toEqual([false, true]);
    expect([22 * DAY - 1, 22 * DAY].map((now) => isOver(1, now))).toEqual([false, true]);
  });

  test('the oldest living week is the first that is not over', () => {
    for (let now = 20 * DAY; now < 60 * DAY; now += DAY / 2) {
      expect(isOver(oldestWeek(now), now)).toBe(false);
      expect(isOver(oldestWeek(now) - 1, now)).toBe(true);
    }
  });
});

describe('a fault', () => {
  test('carries its code, its sentence and its cause', () => {
    const cause = new Error('below');
    const fault = new VaultFault('VAULT_STORE_FAILED', 'expected this, got that', cause);
    expect([fault.name, fault.code, fault.message, fault.cause]).toEqual([
      'VaultFault',
      'VAULT_STORE_FAILED',
      'expected this, got that',
      cause,
    ]);
    expect('cause' in new VaultFault('VAULT_CLOSED', 'x')).toBe(false);
  });
});
