/** Certificates that must be refused, beyond those of `make-vectors.ts`: what a forger tries on a reader of JSON and on a verifier of signatures. */
import { keyIdOf } from '#vault/signing.ts';
import { signedBytes } from '#vault/verify-certificate.ts';
import { canonicalJson } from '#vault/verify-json.ts';
import { certificate, signerFrom, statement } from './certificate-support.ts';

const { vkey, keyId, sign } = signerFrom(1);
const file = Buffer.from(await certificate()).toString();
const whole = JSON.parse(file) as { readonly statement: object; readonly signature: { readonly value: string } };

/** As the holder of the signing key would sign it: only the checks of form stand in the way. */
const signed = async (forged: object): Promise<string> => {
  const value = Buffer.from(await sign(signedBytes(forged as Parameters<typeof signedBytes>[0]))).toString('base64');
  return canonicalJson({ statement: forged, signature: { keyId, algorithm: 'ed25519', value } });
};

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;
const secondForm = (): string => {
  const raw = Buffer.from(whole.signature.value, 'base64');
  const scalar = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + ORDER;
  const forged = Buffer.concat([raw.subarray(0, 32), Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse()]);
  return canonicalJson({ ...whole, signature: { ...whole.signature, value: forged.toString('base64') } });
};

/** Another way of writing the same four bits at the end. */
const looseBase64 = (): string => {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const { value } = whole.signature;
  const last = alphabet.indexOf(value[85] ?? 'A');
  return canonicalJson({ ...whole, signature: { ...whole.signature, value: `${value.slice(0, 85)}${alphabet[last ^ 1] ?? 'A'}==` } });
};

const vkeyOf = (publicKey: Uint8Array): string => {
  const name = vkey.slice(0, vkey.indexOf('+'));
  return `${name}+${keyIdOf(name, publicKey)}+${Buffer.concat([Buffer.of(1), publicKey]).toString('base64')}`;
};
const point = (hexText: string): Buffer => Buffer.from(hexText.padEnd(64, '0'), 'hex');
/** Under the neutral point, R neutral and S zero fit every message. */
const forgedForNeutralPoint = (): string => {
  const value = Buffer.concat([point('01'), point('')]).toString('base64');
  const neutral = vkeyOf(point('01'));
  return canonicalJson({ ...whole, signature: { ...whole.signature, keyId: neutral.split('+')[1] ?? '', value } });
};

const replaced = (from: string, to: string): string => file.replace(from, to);
const nested = (levels: number): string => `${'['.repeat(levels)}${']'.repeat(levels)}`;
const over = (name: string, value: unknown) => signed({ ...statement(), [name]: value });
const count = (value: unknown) => over('scope', { ...statement().scope, message: value });
const refusal = (name: string, text: string, expect: string, key = vkey) => ({ name, file: text, vkey: key, expect });

export const moreCertificates = [
  refusal('nothing', '', 'not-json'),
  refusal('no certificate: null', 'null', 'shape'),
  refusal('no certificate: a number', '1', 'shape'),
  refusal('no certificate: a list', '[]', 'shape'),
  refusal('no statement', '{"signature":1}', 'shape'),
  refusal('a list for a statement', '{"signature":1,"statement":["stage"]}', 'shape'),
  refusal('a field twice, the first one true', replaced('"hits":0', '"hits":0,"hits":0'), 'not-canonical'),
  refusal('a statement twice', file.replace('"statement":', '"statement":{},"statement":'), 'not-canonical'),
  refusal('a name written as an escape', replaced('"stage"', '"\\u0073tage"'), 'not-canonical'),
  refusal('a number written as 398.0', replaced('"message":398', '"message":398.0'), 'not-canonical'),
  refusal('a number written as 0.398e3', replaced('"message":398', '"message":0.398e3'), 'not-canonical'),
  refusal('a negative zero', replaced('"hits":0', '"hits":-0'), 'not-canonical'),
  refusal('a number beyond all numbers', replaced('"message":398', '"message":1e400'), 'not-canonical'),
  refusal('a number beyond the safe ones', await count(2 ** 53), 'shape'),
  refusal('a number of 21 digits', await count(1e21), 'shape'),
  refusal('a broken number', await count(0.5), 'shape'),
  refusal('a negative number', await count(-1), 'shape'),
  refusal('a number as text', await count('398'), 'shape'),
  refusal('a lone surrogate', replaced('"consent-withdrawn"', '"\\ud800"'), 'not-canonical'),
  refusal('a letter that only looks alike', await over('operator', { role: 'dp\u043e' }), 'shape'),
  refusal('a line feed after a code', await over('operator', { role: 'dpo\n' }), 'shape'),
  refusal('a field named __proto__', replaced('"limits"', '"__proto__":{"stage":"executed"},"limits"'), 'not-canonical'),
  refusal('a field named __proto__, in its place', replaced('"acknowledgements"', '"__proto__":{"hits":0},"acknowledgements"'), 'shape'),
  refusal('the stage inherited', canonicalJson(JSON.parse(replaced('"stage":"executed"', '"__proto__":{"stage":"executed"}'))), 'stage'),
  refusal('a field named constructor', await over('constructor', 'x'), 'shape'),
  refusal('a list at level 16', replaced('"ledger":null', `"ledger":${nested(15)}`), 'shape'),
  refusal('a list at level 17', replaced('"ledger":null', `"ledger":${nested(16)}`), 'not-canonical'),
  refusal('thousands of levels', nested(5_000), 'not-canonical'),
  refusal('another time', await over('issuedAt', '2026-11-24 09:30:00Z'), 'shape'),
  refusal('another format', await over('format', 'vconnect/erasure-certificate/v2'), 'shape'),
  refusal('another kind of key', await over('keys', [{ ...statement().keys[0], algorithm: 'none' }]), 'shape'),
  refusal(
    'an acknowledgement of an unknown part',
    await over('acknowledgements', [...statement().acknowledgements, { part: 'all', id: null, at: statement().issuedAt }]),
    'shape',
  ),
  refusal(
    'one part for all six',
    await over(
      'acknowledgements',
      statement().acknowledgements.map((one) => ({ ...one, part: 'views' })),
    ),
    'incomplete',
  ),
  refusal('hits of the search', await over('verification', { ...statement().verification, hits: 1 }), 'incomplete'),
  refusal('no destroyed key', await over('keys', []), 'incomplete'),
  refusal('a ledger made up', await over('ledger', { size: 1 }), 'shape'),
  refusal('another algorithm of the signature', canonicalJson({ ...whole, signature: { ...whole.signature, algorithm: 'none' } }), 'shape'),
  refusal('a second form of the signature: S + L', secondForm(), 'signature'),
  refusal('a second form of its base64', looseBase64(), 'signature'),
  refusal(
    'a signature of zeros',
    canonicalJson({ ...whole, signature: { ...whole.signature, value: Buffer.alloc(64).toString('base64') } }),
    'signature',
  ),
  refusal(
    'the signature of another certificate',
    canonicalJson({
      statement: whole.statement,
      signature: (JSON.parse(await over('issuedAt', '2026-11-25T09:30:00.000Z')) as typeof whole).signature,
    }),
    'signature',
  ),
  refusal('a key of another organisation with the same bytes', file, 'other-key', signerFrom(1, 'ab'.repeat(16)).vkey),
  refusal('a verifier key that is the neutral point', forgedForNeutralPoint(), 'key-text', vkeyOf(point('01'))),
  refusal('a verifier key of order two', file, 'key-text', vkeyOf(Buffer.from(`ec${'ff'.repeat(30)}7f`, 'hex'))),
  refusal(
    'a verifier key of order eight',
    file,
    'key-text',
    vkeyOf(point('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85')),
  ),
  refusal('a verifier key with a changed id', file, 'key-text', vkey.replace(/\+[0-9a-f]{8}\+/, '+00000000+')),
  refusal('no verifier key', file, 'key-text', ''),
];
