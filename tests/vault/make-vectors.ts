/**
 * Wrote `vault/vectors.json` once; the file is frozen. To extend it, add cases and run `node tests/vault/make-vectors.ts`: a difference in an
 * existing case is a change of format and needs a new version instead.
 */
import { hash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { blindTag } from '#vault/blind-tag.ts';
import { normalIdentifier } from '#vault/normalise.ts';
import { sealChunks } from '#vault/chunks.ts';
import { sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { deriveDek, keyCommitment, keyObject } from '#vault/keys.ts';
import { lp } from '#vault/lp.ts';
import { keyIdOf, publicKeyBytes, signBytes, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import type { IdentityField } from '#vault/vault.ts';
import { signedBytes } from '#vault/verify-certificate.ts';
import { canonicalJson } from '#vault/verify-json.ts';
import { type SecretName, wrapSecret } from '#vault/wrap.ts';
import { certificate, signerFrom, statement } from './certificate-support.ts';
import { moreCertificates } from './certificate-vectors.ts';
import { sameNames, searchTags } from './search-vectors.ts';
import * as refused from './refused-vectors.ts';
import { bytes, context, hex, id, OMAR, OTHER_TENANT } from './support.ts';

const pattern = (length: number): Uint8Array => new Uint8Array(length).map((_, index) => index % 251);

const subjectSecret = bytes('subject', 32);
const bucketSecret = bytes('bucket', 32);
const dek = deriveDek(keyObject(subjectSecret), bucketSecret);
const keyIds = { subject: id<'key'>('kidS'), bucket: id<'key'>('kidB') };
const expected = context();
const ctx = sealContextBytes(expected, keyIds);
const keys = { subjectSecret: hex(subjectSecret), bucketSecret: hex(bucketSecret), keyIds };

const texts = ['', 'Hello', 'مرحبا بك', '+20 100 123 4567', 'x'.repeat(60), 'x'.repeat(61), 'é'.repeat(300), '👋🏽 family: 👨‍👩‍👧'];
const envelopes = texts.map((text, index) => {
  const nonce = bytes(`nonce ${String(index)}`, 24);
  return { context: expected, text, nonce: hex(nonce), envelope: hex(sealEnvelope(dek, ctx, Buffer.from(text), nonce)) };
});

const sample = sealEnvelope(dek, ctx, Buffer.from('Hello'), bytes('nonce', 24));
const changed = (at: number): string => hex(sample.map((byte, index) => (index === at ? byte ^ 1 : byte)));
const envelopesRefused = [
  { name: 'nothing', context: expected, envelope: '', expect: 'framing' },
  { name: 'unknown version', context: expected, envelope: changed(0), expect: 'version' },
  { name: 'shorter than a box', context: expected, envelope: hex(sample.subarray(0, 72)), expect: 'framing' },
  { name: 'another commitment', context: expected, envelope: changed(1), expect: 'commitment' },
  { name: 'another nonce', context: expected, envelope: changed(33), expect: 'authentication' },
  { name: 'another tag', context: expected, envelope: changed(57), expect: 'authentication' },
  { name: 'another last byte', context: expected, envelope: changed(sample.length - 1), expect: 'authentication' },
  { name: 'truncated', context: expected, envelope: hex(sample.subarray(0, -1)), expect: 'authentication' },
  { name: 'extended', context: expected, envelope: `${hex(sample)}00`, expect: 'authentication' },
  ...[
    { tenant: OTHER_TENANT },
    { subject: OMAR },
    { class: 'note' as const },
    { period: '2026-12' },
    { stream: context({ event: id('another') }).stream },
    { event: id<'event'>('another') },
    { field: 'name' },
    { schema: 'MessageReceived/v2' },
  ].map((other) => ({
    name: `another ${Object.keys(other).join()}`,
    context: { ...expected, ...other },
    envelope: hex(sample),
    expect: 'commitment',
  })),
];

const media = [0, 1, 1_000, 65_532, 65_533, 131_064, 200_000].map((length) => {
  let count = 0;
  const file = Buffer.concat([...sealChunks(dek, ctx, pattern(length), () => bytes(`chunk ${String(count++)}`, 24))]);
  return {
    length,
    chunks: count,
    file: { bytes: file.length, sha256: hash('sha256', file, 'hex'), ...(length <= 1_000 ? { hex: hex(file) } : {}) },
  };
});

const names: readonly SecretName[] = [
  { kind: 'tenant', tenant: id('tenant'), name: '', keyId: id('kid 1'), shares: 1 },
  { kind: 'subject', tenant: id('tenant'), name: id('nour'), keyId: id('kid 2'), shares: 1 },
  { kind: 'bucket', tenant: id('tenant'), name: 'message/2026-11', keyId: id('kid 3'), shares: 1 },
];
const wrapper = bytes('wrapper', 32);
const wraps = names.map((name, index) => {
  const secret = bytes(`secret ${String(index)}`, 32);
  const wrapped = wrapSecret(keyObject(wrapper), name, secret, bytes(`wrap ${String(index)}`, 24));
  return { wrapper: hex(wrapper), name, secret: hex(secret), commitment: hex(keyCommitment(secret)), wrapped: hex(wrapped) };
});
const [wrap] = wraps;
const wrapsRefused = [
  { ...wrap, reason: 'another row', name: { ...wrap?.name, keyId: id('kid 9') }, expect: 'commitment' },
  { ...wrap, reason: 'two shares', name: { ...wrap?.name, shares: 2 }, expect: 'commitment' },
  { ...wrap, reason: 'another commitment', commitment: hex(bytes('other', 32)), expect: 'secret' },
  { ...wrap, reason: 'another wrapper', wrapper: hex(bytes('other', 32)), expect: 'commitment' },
  { ...wrap, reason: 'the first byte left out', wrapped: wrap?.wrapped.slice(2), expect: 'version' },
];

const identifiers: readonly (readonly [IdentityField, string])[] = [
  ['phone', '+20 (10) 0123-4567'],
  ['phone', '00201001234567'],
  ['phone', '٢٠١٠٠١٢٣٤٥٦٧'],
  ['phone', '۲۰۱۰۰۱۲۳۴۵۶۷'],
  ['email', '  Nour.E@Example.COM '],
  ['email', 'cafe\u0301@example.com'],
  ['wamid', 'wamid.HBgMMjAxMDAxMjM0NTY3FQIAEhgg'],
  ['bsuid', 'EG.1234567890'],
];
const tagKey = bytes('tag key', 32);
const tags = identifiers.flatMap(([field, text]) =>
  (['claim', 'seen'] as const).map((purpose) => {
    const normal = normalIdentifier(field, text);
    return {
      key: hex(tagKey),
      tenant: id('tenant'),
      field,
      purpose,
      text,
      normal,
      tag: hex(blindTag(keyObject(tagKey), id('tenant'), field, purpose, normal)),
    };
  }),
);
const tagsRefused = [
  { field: 'phone', text: 'no digits', expect: 'VAULT_BAD_IDENTIFIER' },
  { field: 'email', text: ' \t', expect: 'VAULT_BAD_IDENTIFIER' },
  { field: 'wamid', text: '', expect: 'VAULT_BAD_IDENTIFIER' },
];

const seed = bytes('seed', 32);
const signingKey = signingKeyFromSeed(seed);
const publicKey = publicKeyBytes(signingKey);
const signerNamed = `vconnect/${id('tenant')}`;
const signing = {
  seed: hex(seed),
  name: signerNamed,
  publicKey: hex(publicKey),
  keyId: keyIdOf(signerNamed, publicKey),
  vkey: vkeyText(signerNamed, publicKey),
  message: 'hello',
  signature: hex(signBytes(signingKey, Buffer.from('hello'))),
};

const { vkey, keyId, sign } = signerFrom(1);
const file = Buffer.from(await certificate()).toString();
const parsed = JSON.parse(file) as { statement: object; signature: { value: string } };
const signed = async (forged: object): Promise<string> => {
  const value = Buffer.from(await sign(signedBytes(forged as Parameters<typeof signedBytes>[0]))).toString('base64');
  return canonicalJson({ statement: forged, signature: { keyId, algorithm: 'ed25519', value } });
};
const certificates = [
  { name: 'genuine', file, vkey, expect: 'genuine' },
  {
    name: 'keys in another order',
    file: JSON.stringify({ statement: parsed.statement, signature: parsed.signature }),
    vkey,
    expect: 'not-canonical',
  },
  { name: 'a line feed added', file: `${file}\n`, vkey, expect: 'not-canonical' },
  { name: 'truncated', file: file.slice(0, -1), vkey, expect: 'not-json' },
  { name: 'another subject', file: file.replace(statement().subjectHash, 'ab'.repeat(32)), vkey, expect: 'signature' },
  { name: 'another count', file: file.replace('"message":398', '"message":399'), vkey, expect: 'signature' },
  { name: 'another key', file, vkey: signerFrom(2).vkey, expect: 'other-key' },
  { name: 'a key inside', file: canonicalJson({ ...parsed, vkey }), vkey, expect: 'shape' },
  { name: 'a forged stage', file: await signed({ ...statement(), stage: 'final' }), vkey, expect: 'stage' },
  { name: 'an unknown field', file: await signed({ ...statement(), final: true }), vkey, expect: 'shape' },
  {
    name: 'a value that opened',
    file: await signed({ ...statement(), verification: { ...statement().verification, opened: 1 } }),
    vkey,
    expect: 'incomplete',
  },
  { name: 'no acknowledgements', file: await signed({ ...statement(), acknowledgements: [] }), vkey, expect: 'incomplete' },
];

const vectors = {
  format: 'vconnect/vault-vectors/v1',
  lp: [[], [''], ['a', 'bc'], ['ab', 'c'], ['مرحبا']].map((parts) => ({ parts, bytes: hex(lp(...parts)) })),
  keys: { ...keys, dek: hex(dek.export()), commitment: hex(keyCommitment(subjectSecret)) },
  keysRefused: refused.keysRefused,
  commitments: refused.commitments,
  envelopes,
  envelopesRefused: [...envelopesRefused, ...refused.framesRefused, ...refused.contextsRefused],
  media,
  mediaFile: refused.mediaFile,
  mediaRefused: refused.mediaRefused,
  wraps: [...wraps, ...refused.moreWraps],
  wrapsRefused: [...wrapsRefused, ...refused.moreWrapsRefused],
  tags,
  tagsRefused,
  sameNames,
  searchTags,
  signing,
  certificates: [...certificates, ...moreCertificates],
};
writeFileSync(join(import.meta.dirname, '../../vault/vectors.json'), `${JSON.stringify(vectors, null, 1)}\n`);
