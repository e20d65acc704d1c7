// What someone who can write to the stores may try on a sealed value. One key for all: only the context tells the places apart.
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { streamName } from '#domain/ids.ts';
import { personalClasses } from '#domain/personal.ts';
import { openBox, sealBox } from '#vault/box.ts';
import { chunkContextBytes, MAX_VALUE_BYTES, openChunks, sealChunks } from '#vault/chunks.ts';
import { openEnvelope, sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { keyObject } from '#vault/keys.ts';
import { MAX_CHUNK_BYTES } from '#vault/padding.ts';
import { checkedRandom } from '#vault/random.ts';
import type { SealContext } from '#vault/vault.ts';
import { bytes, context, finish, hex, id, OMAR, OTHER_TENANT, reasonOf } from './support.ts';

const dek = keyObject(bytes('dek', 32));
const keyIds = { subject: id<'key'>('kidS'), bucket: id<'key'>('kidB') };
const random = checkedRandom((length) => crypto.getRandomValues(new Uint8Array(length)));
const nonce = (): Uint8Array => random(24);
const ctx = sealContextBytes(context(), keyIds);
const sealed = (plaintext: Uint8Array, place = ctx): Uint8Array => sealEnvelope(dek, place, plaintext, nonce());
const value = fc.uint8Array({ maxLength: 300 });

describe('an envelope that was put in another’s place', () => {
  const places: readonly (readonly [string, Partial<SealContext>])[] = [
    ['subject', { subject: OMAR }],
    ['tenant', { tenant: OTHER_TENANT }],
    ['event', { event: id('another event') }],
    ['stream', { stream: streamName(context().tenant, 'message', id('another stream')) }],
    ['field', { field: 'name' }],
    ['class', { class: 'note' }],
    ['period', { period: '2026-12' }],
    ['schema', { schema: 'MessageReceived/v2' }],
  ];
  test.each(places)('of another %s does not open, in either direction', (_name, over) => {
    const other = sealContextBytes(context(over), keyIds);
    fc.assert(
      fc.property(value, (plaintext) => {
        expect(reasonOf(openEnvelope(dek, other, sealed(plaintext)))).toBe('commitment');
        expect(reasonOf(openEnvelope(dek, ctx, sealed(plaintext, other)))).toBe('commitment');
      }),
      { numRuns: 20 },
    );
  });

  test('by whatever text its context differs', () => {
    const part = fc.string({ maxLength: 8 });
    const any = fc.record({
      tenant: part,
      subject: part,
      class: fc.constantFrom(...personalClasses),
      period: part,
      stream: part,
      event: part,
      field: part,
      schema: part,
    }) as unknown as fc.Arbitrary<SealContext>;
    const ids = fc.record({ subject: part, bucket: part });
    fc.assert(
      fc.property(any, any, ids, ids, (a, b, idsOfA, idsOfB) => {
        const [one, two] = [sealContextBytes(a, idsOfA), sealContextBytes(b, idsOfB)];
        const isSame = JSON.stringify([a, idsOfA]) === JSON.stringify([b, idsOfB]);
        // Lone surrogates have one form in UTF-8; an id never holds one.
        fc.pre(
          [...Object.values(a), ...Object.values(b), ...Object.values(idsOfA), ...Object.values(idsOfB)].every((text) =>
            text.isWellFormed(),
          ),
        );
        expect(hex(one) === hex(two)).toBe(isSame);
        expect(openEnvelope(dek, two, sealed(Buffer.from('x'), one)).kind).toBe(isSame ? 'opened' : 'tampered');
      }),
    );
  });

  test('of another key id, or with both ids exchanged', () => {
    for (const ids of [
      { ...keyIds, subject: id<'key'>('another') },
      { ...keyIds, bucket: id<'key'>('another') },
      { subject: keyIds.bucket, bucket: keyIds.subject },
    ])
      expect(reasonOf(openEnvelope(dek, sealContextBytes(context(), ids), sealed(Buffer.from('x'))))).toBe('commitment');
  });

  test('under another key fails at the commitment', () => {
    expect(reasonOf(openEnvelope(keyObject(bytes('another', 32)), ctx, sealed(Buffer.from('x'))))).toBe('commitment');
  });
});

describe('an envelope that was changed', () => {
  test('gives back its value while it is whole', () => {
    fc.assert(
      fc.property(value, (plaintext) => {
        const opened = openEnvelope(dek, ctx, sealed(plaintext));
        expect(opened.kind === 'opened' && hex(opened.bytes)).toBe(hex(plaintext));
      }),
    );
  });

  test('does not open with any bit of it flipped, and says which part it was', () => {
    const part = (at: number): string => (at === 0 ? 'version' : at < 33 ? 'commitment' : 'authentication');
    const envelope = sealed(Buffer.from('Hello'));
    for (let at = 0; at < envelope.length; at += 1) {
      for (const bit of [0, 7]) {
        const changed = envelope.map((byte, index) => (index === at ? byte ^ (1 << bit) : byte));
        expect(reasonOf(openEnvelope(dek, ctx, changed))).toBe(part(at));
      }
    }
  });

  test('does not open truncated or extended, at any place', () => {
    fc.assert(
      fc.property(value, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 80 }), (plaintext, at, more) => {
        const envelope = sealed(plaintext);
        expect(openEnvelope(dek, ctx, envelope.subarray(0, at % envelope.length)).kind).toBe('tampered');
        expect(openEnvelope(dek, ctx, envelope.subarray(1 + (at % (envelope.length - 1)))).kind).toBe('tampered');
        expect(reasonOf(openEnvelope(dek, ctx, Buffer.concat([envelope, more])))).toBe('authentication');
      }),
    );
  });

  test('does not open with the parts of two envelopes mixed', () => {
    const [one, two] = [sealed(Buffer.from('one')), sealed(Buffer.from('two'))];
    expect(reasonOf(openEnvelope(dek, ctx, Buffer.concat([one.subarray(0, 33), two.subarray(33)])))).toBe('opened');
    expect(reasonOf(openEnvelope(dek, ctx, Buffer.concat([one.subarray(0, 57), two.subarray(57)])))).toBe('authentication');
    expect(reasonOf(openEnvelope(dek, ctx, Buffer.concat([one.subarray(0, 73), two.subarray(73)])))).toBe('authentication');
  });

  test('of every other version is refused, above and below, with nothing computed', () => {
    const envelope = sealed(Buffer.from('x'));
    for (let version = 0; version < 256; version += 1) {
      if (version === 1) continue;
      expect(reasonOf(openEnvelope(dek, ctx, Buffer.concat([Buffer.of(version), envelope.subarray(1)])))).toBe('version');
      expect(reasonOf(openEnvelope(dek, ctx, Buffer.of(version)))).toBe('version');
    }
  });

  test('any bytes at all open nothing and throw nothing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (any) => {
        expect(openEnvelope(dek, ctx, any).kind).toBe('tampered');
        expect(finish(openChunks(dek, ctx, any)).kind).toBe('tampered');
        expect(finish(openChunks(dek, ctx, Buffer.concat([Buffer.of(0, 0, 0, any.length), any]))).kind).toBe('tampered');
      }),
    );
  });
});

describe('a media file', () => {
  const file = (length: number): readonly Uint8Array[] => [...sealChunks(dek, ctx, new Uint8Array(length), nonce)];

  test('opens in the order in which it was sealed, and in no other', () => {
    const chunks = file(3 * MAX_CHUNK_BYTES + 7);
    expect(chunks.length).toBe(4);
    fc.assert(
      fc.property(fc.array(fc.nat(3), { maxLength: 5 }), (order) => {
        const opened = finish(openChunks(dek, ctx, Buffer.concat(order.map((at) => chunks[at] ?? new Uint8Array(0)))));
        expect(opened.kind).toBe(order.join() === '0,1,2,3' ? 'opened' : 'tampered');
      }),
      { numRuns: 60, examples: [[[0, 1, 2, 3]], [[0, 1, 2]], [[0, 2, 1, 3]], [[3]], [[]]] },
    );
  });

  test('takes no chunk of another value, and no envelope', () => {
    const elsewhere = sealContextBytes(context({ event: id('another') }), keyIds);
    const [first, last] = file(MAX_CHUNK_BYTES + 1);
    const [, foreign] = [...sealChunks(dek, elsewhere, new Uint8Array(MAX_CHUNK_BYTES + 1), nonce)];
    const both = (two: Uint8Array | undefined): Buffer => Buffer.concat([first ?? [], two ?? []] as Uint8Array[]);
    expect(reasonOf(finish(openChunks(dek, ctx, both(last))))).toBe('opened');
    expect(reasonOf(finish(openChunks(dek, ctx, both(foreign))))).toBe('commitment');
    expect(reasonOf(openEnvelope(dek, ctx, (first ?? new Uint8Array(4)).subarray(4)))).toBe('commitment');
  });

  test('is sealed and opened one chunk at a time', () => {
    const steps = sealChunks(dek, ctx, new Uint8Array(2 * MAX_CHUNK_BYTES), nonce);
    const stored = [steps.next().value ?? new Uint8Array(0), steps.next().value ?? new Uint8Array(0)];
    expect(steps.next().done).toBe(true);
    const opening = openChunks(dek, ctx, Buffer.concat(stored));
    expect(opening.next()).toEqual({ done: false, value: undefined });
    expect(opening.next().done).toBe(true);
  });

  test('says its index and whether it is the last in each chunk’s context', () => {
    const contexts = [0, 1, 256, 2 ** 31].flatMap((index) => [false, true].map((final) => hex(chunkContextBytes(ctx, index, final))));
    expect(new Set(contexts).size).toBe(8);
    expect(contexts[1]?.slice(-18)).toBe('000000000000000101');
  });

  test('draws a fresh nonce for each chunk', () => {
    let drawn = 0;
    const chunks = [...sealChunks(dek, ctx, new Uint8Array(2 * MAX_CHUNK_BYTES + 1), () => bytes(`nonce ${String(drawn++)}`, 24))];
    expect([chunks.length, drawn]).toEqual([3, 3]);
  });
});

describe('too much', () => {
  test('for one envelope is a mistake of the caller', () => {
    expect(() => sealEnvelope(dek, ctx, new Uint8Array(MAX_CHUNK_BYTES + 1), nonce())).toThrow(
      new RangeError('expected at most 65532 bytes, got 65533'),
    );
    expect(openEnvelope(dek, ctx, sealed(new Uint8Array(MAX_CHUNK_BYTES))).kind).toBe('opened');
  });

  test('for a media file, too, before anything is sealed', () => {
    let drawn = 0;
    const tooMuch = { length: MAX_VALUE_BYTES + 1, subarray: () => new Uint8Array(0) } as unknown as Uint8Array;
    expect(() => sealChunks(dek, ctx, tooMuch, () => bytes(String(drawn++), 24)).next()).toThrow(
      new RangeError('expected at most 134217728 bytes, got 134217729'),
    );
    expect(drawn).toBe(0);
    const most = { length: MAX_VALUE_BYTES, subarray: () => new Uint8Array(0) } as unknown as Uint8Array;
    expect([...sealChunks(dek, ctx, most, nonce)].length).toBe(2_049);
  });
});

describe('a nonce of another length', () => {
  test.each([0, 23, 25])('%i bytes: nothing is sealed', (length) => {
    expect(() => sealBox(dek, ctx, Buffer.from('x'), new Uint8Array(length))).toThrow(
      new RangeError(`expected a nonce of 24 bytes, got ${String(length)}`),
    );
  });

  test('a box of nothing is the smallest that opens', () => {
    const box = sealBox(dek, ctx, new Uint8Array(0), nonce());
    expect(box.length).toBe(73);
    expect(openBox(dek, ctx, box)).toEqual({ kind: 'opened', bytes: new Uint8Array(0) });
    expect(reasonOf(openBox(dek, ctx, box.subarray(0, 72)))).toBe('framing');
  });
});
