/** The cases of `vault/vectors.json` that must be refused, made with the keys where a mere change of bytes would not reach the check. */
import { sealBox } from '#vault/box.ts';
import { chunkContextBytes, sealChunks } from '#vault/chunks.ts';
import { sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { deriveDek, keyCommitment, keyObject } from '#vault/keys.ts';
import { lp, u32 } from '#vault/lp.ts';
import { pad } from '#vault/padding.ts';
import { type SecretKind, type SecretName, wrapSecret } from '#vault/wrap.ts';
import { bytes, context, hex, id, TENANT } from './support.ts';

const subjectSecret = bytes('subject', 32);
const bucketSecret = bytes('bucket', 32);
const dek = deriveDek(keyObject(subjectSecret), bucketSecret);
const keyIds = { subject: id<'key'>('kidS'), bucket: id<'key'>('kidB') };
const expected = context();
const ctx = sealContextBytes(expected, keyIds);
const nonce = bytes('nonce', 24);

/** A sound box around a frame that no sealer makes. */
const framed = (frame: Uint8Array): string => hex(sealBox(dek, ctx, frame, nonce));
const with1 = (frame: Uint8Array, at: number, value = 1): Uint8Array => frame.map((byte, index) => (index === at ? value : byte));
const hello = pad(Buffer.from('Hello'));

export const framesRefused = [
  { name: 'a box around nothing', frame: new Uint8Array(0) },
  { name: 'a frame of less than 64 bytes', frame: hello.subarray(0, 63) },
  { name: 'a frame between two buckets', frame: Buffer.concat([hello, Buffer.alloc(1)]) },
  { name: 'a larger bucket than needed', frame: Buffer.concat([hello, Buffer.alloc(64)]) },
  { name: 'a length beyond the bucket', frame: with1(hello, 3, 61) },
  { name: 'a length of 2^24', frame: with1(hello, 0) },
  { name: 'a first byte of padding that is not zero', frame: with1(hello, 9) },
  { name: 'a last byte of padding that is not zero', frame: with1(hello, 63) },
].map(({ name, frame }) => ({ name, context: expected, envelope: framed(frame), expect: 'framing' }));

const sealedElsewhere = (other: Uint8Array): string => hex(sealEnvelope(dek, other, Buffer.from('Hello'), nonce));
export const contextsRefused = [
  { name: 'sealed as the only chunk of a media file', envelope: sealedElsewhere(chunkContextBytes(ctx, 0, true)) },
  {
    name: 'key ids the other way round',
    envelope: sealedElsewhere(sealContextBytes(expected, { subject: keyIds.bucket, bucket: keyIds.subject })),
  },
  { name: 'another version of the context', envelope: sealedElsewhere(lp('seal/v2', ctx.subarray(11))) },
].map((one) => ({ ...one, context: expected, expect: 'commitment' }));

const sample = (key = dek): string => hex(sealEnvelope(key, ctx, Buffer.from('Hello'), nonce));
/** The envelope was sealed under the data key of `keys`; the secrets given here derive another. */
export const keysRefused = [
  { name: 'secrets the other way round', subjectSecret: bucketSecret, bucketSecret: subjectSecret },
  { name: 'another subject secret', subjectSecret: bytes('other', 32), bucketSecret },
  { name: 'another bucket secret', subjectSecret, bucketSecret: bytes('other', 32) },
  { name: 'a bucket secret cut short', subjectSecret, bucketSecret: bucketSecret.subarray(0, 31) },
].map((one) => ({
  name: one.name,
  subjectSecret: hex(one.subjectSecret),
  bucketSecret: hex(one.bucketSecret),
  context: expected,
  envelope: sample(),
  expect: 'commitment',
}));

const CHUNK = 65_532;
const STORED = 4 + 73 + 65_536;
let drawn = 0;
/** Three chunks: two full ones and a last one of five bytes. */
const file = Buffer.concat([
  ...sealChunks(
    dek,
    ctx,
    new Uint8Array(2 * CHUNK + 5).map((_, index) => index % 251),
    () => bytes(`chunk ${String(drawn++)}`, 24),
  ),
]);

const stored = (index: number, final: boolean, plaintext: Uint8Array): Buffer => {
  const envelope = sealEnvelope(dek, chunkContextBytes(ctx, index, final), plaintext, bytes(`own ${String(index)}`, 24));
  return Buffer.concat([u32(envelope.length), envelope]);
};
const withByte = (at: number): Buffer => Buffer.from(with1(file, at, (file[at] ?? 0) ^ 1));

type Slice = readonly [from: number, to: number];
/** Given as ranges of `mediaFile.base64` and bytes of their own, in their order: a file of 130 kB each would fill pages. */
const cut = (name: string, expect: string, ...parts: readonly (Slice | Buffer)[]) => ({
  name,
  parts: parts.map((part) => (Buffer.isBuffer(part) ? part.toString('base64') : part)),
  expect,
});
const [ONE, TWO, THREE]: readonly [Slice, Slice, Slice] = [
  [0, STORED],
  [STORED, 2 * STORED],
  [2 * STORED, file.length],
];
const changedAt = (name: string, expect: string, at: number) =>
  cut(name, expect, [0, at], withByte(at).subarray(at, at + 1), [at + 1, file.length]);

export const mediaFile = { plaintext: '131,069 bytes, byte i is i modulo 251', length: 2 * CHUNK + 5, base64: file.toString('base64') };
export const mediaRefused = [
  cut('an empty file', 'framing'),
  cut('the last chunk left out', 'commitment', ONE, TWO),
  cut('the middle chunk left out', 'commitment', ONE, THREE),
  cut('the first chunk left out', 'commitment', TWO, THREE),
  cut('chunks exchanged', 'commitment', TWO, ONE, THREE),
  cut('a chunk twice', 'commitment', ONE, ONE, TWO, THREE),
  cut('the last chunk twice', 'commitment', ONE, TWO, THREE, THREE),
  cut('the last chunk first', 'commitment', THREE, ONE, TWO),
  cut('bytes after the last chunk', 'commitment', ONE, TWO, THREE, Buffer.alloc(3)),
  cut('the last byte left out', 'framing', ONE, TWO, [2 * STORED, file.length - 1]),
  cut('a length cut off', 'framing', [0, 3]),
  cut('nothing but a length', 'framing', [0, 4]),
  cut('a length of zero', 'framing', Buffer.alloc(4)),
  cut('a length of 2^32 - 1', 'framing', Buffer.alloc(4, 0xff), [4, file.length]),
  changedAt('a length that is one too small', 'authentication', 3),
  changedAt('an unknown version in the second chunk', 'version', STORED + 4),
  changedAt('another commitment in the second chunk', 'commitment', STORED + 5),
  changedAt('another nonce in the second chunk', 'authentication', STORED + 37),
  changedAt('another last byte', 'authentication', file.length - 1),
  cut('a short chunk before the last', 'framing', stored(0, false, Buffer.from('short')), stored(1, true, Buffer.from('x'))),
  cut('an empty last chunk after a full one', 'framing', ONE, stored(1, true, new Uint8Array(0))),
  cut('an envelope that is no chunk', 'commitment', Buffer.concat([u32(137), sealEnvelope(dek, ctx, Buffer.from('Hello'), nonce)])),
];

const wrapper = bytes('wrapper', 32);
const KINDS: readonly (readonly [SecretKind, string])[] = [
  ['root', ''],
  ['signing', ''],
  ['blind', 'phone/claim'],
  ['seen', '2969'],
  ['hold', id('matter')],
  ['held', `${id('matter')}/${id('nour')}/message/2026-11`],
];
const wrapOf = (name: SecretName, secret: Uint8Array, seed: string) => ({
  wrapper: hex(wrapper),
  name,
  secret: hex(secret),
  commitment: hex(keyCommitment(secret)),
  wrapped: hex(wrapSecret(keyObject(wrapper), name, secret, bytes(seed, 24))),
});
export const moreWraps = KINDS.map(([kind, name]) =>
  wrapOf({ kind, tenant: TENANT, name, keyId: id(`kid ${kind}`), shares: 1 }, bytes(`secret ${kind}`, 32), `wrap ${kind}`),
);

const subject: SecretName = { kind: 'subject', tenant: TENANT, name: id('nour'), keyId: id('kid 2'), shares: 1 };
const sound = wrapOf(subject, bytes('secret 1', 32), 'wrap 1');
const boxed = (secret: Uint8Array, named: SecretName = subject): string =>
  hex(
    sealBox(
      keyObject(wrapper),
      lp('wrap/v1', named.kind, named.tenant, named.name, named.keyId, u32(named.shares)),
      secret,
      bytes('wrap 1', 24),
    ),
  );
const flip = (text: string, at: number): string => hex(with1(Buffer.from(text, 'hex'), at, (Buffer.from(text, 'hex')[at] ?? 0) ^ 1));

export const moreWrapsRefused = [
  { reason: 'nothing', wrapped: '', expect: 'framing' },
  { reason: 'shorter than a box', wrapped: sound.wrapped.slice(0, 144), expect: 'framing' },
  { reason: 'an unknown version', wrapped: flip(sound.wrapped, 0), expect: 'version' },
  { reason: 'another commitment of the box', wrapped: flip(sound.wrapped, 1), expect: 'commitment' },
  { reason: 'another nonce', wrapped: flip(sound.wrapped, 33), expect: 'authentication' },
  { reason: 'another last byte', wrapped: flip(sound.wrapped, 104), expect: 'authentication' },
  { reason: 'a byte added', wrapped: `${sound.wrapped}00`, expect: 'authentication' },
  { reason: 'the last byte left out', wrapped: sound.wrapped.slice(0, -2), expect: 'authentication' },
  { reason: 'another kind', name: { ...subject, kind: 'bucket' }, expect: 'commitment' },
  { reason: 'another tenant', name: { ...subject, tenant: id('other tenant') }, expect: 'commitment' },
  { reason: 'another subject', name: { ...subject, name: id('omar') }, expect: 'commitment' },
  { reason: 'a commitment cut short', commitment: sound.commitment.slice(2), expect: 'secret' },
  { reason: 'no commitment', commitment: '', expect: 'secret' },
  { reason: 'a destroyed secret: zeros', wrapped: '00'.repeat(105), expect: 'version' },
  {
    reason: 'a secret of 31 bytes with its commitment',
    wrapped: boxed(bytes('secret 1', 31)),
    commitment: hex(keyCommitment(bytes('secret 1', 31))),
    expect: 'secret',
  },
  {
    reason: 'a secret of 64 bytes with its commitment',
    wrapped: boxed(bytes('secret 1', 64)),
    commitment: hex(keyCommitment(bytes('secret 1', 64))),
    expect: 'secret',
  },
].map((one) => ({ ...sound, ...one }));

export const commitments = ['subject', 'bucket', 'other'].map((name) => ({
  secret: hex(bytes(name, 32)),
  commitment: hex(keyCommitment(bytes(name, 32))),
}));
