// Every case of vault/vectors.json by two implementations: the vault's, and the independent one that knows SPEC.md alone.
import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { blindTag } from '#vault/blind-tag.ts';
import { openChunks, sealChunks } from '#vault/chunks.ts';
import { openEnvelope, sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { deriveDek, keyCommitment, keyObject } from '#vault/keys.ts';
import { lp } from '#vault/lp.ts';
import { normalIdentifier } from '#vault/normalise.ts';
import { keyIdOf, publicKeyBytes, signBytes, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import type { IdentityField, SealContext } from '#vault/vault.ts';
import vectors from '#vault/vectors.json' with { type: 'json' };
import { verifyCertificate } from '#vault/verify-certificate.ts';
import { openSecret, type SecretName, unwrapSecret, wrapSecret } from '#vault/wrap.ts';
import {
  commitmentOf,
  contextOf,
  dekOf,
  encode,
  openEnvelopeAlone,
  openFileAlone,
  openWrapAlone,
  verifyAlone,
} from './independent-opener.ts';
import { finish, hex, raw, reasonOf } from './support.ts';

const sealContext = (context: unknown): SealContext => context as SealContext;
/** Bytes as hexadecimal digits, a failure as its name. */
const told = (answer: Buffer | string): string => (typeof answer === 'string' ? answer : hex(answer));

const { keyIds } = vectors.keys;
const dek = deriveDek(keyObject(raw(vectors.keys.subjectSecret)), raw(vectors.keys.bucketSecret));
const alone = dekOf(raw(vectors.keys.subjectSecret), raw(vectors.keys.bucketSecret));

test('the independent opener takes nothing but node:crypto, in under 150 lines', () => {
  const source = readFileSync(join(import.meta.dirname, 'independent-opener.ts'), 'utf8');
  expect([...source.matchAll(/^import .* from '(.+)';$|import\(|require\(/gm)].map(([, from]) => from)).toEqual(['node:crypto']);
  expect(source.trimEnd().split('\n').length).toBeLessThan(150);
});

describe('encoding and keys', () => {
  test.each(vectors.lp)('lp of $parts', ({ parts, bytes }) => {
    expect(hex(lp(...parts))).toBe(bytes);
    expect(hex(encode(...parts))).toBe(bytes);
  });

  test('the data key', () => {
    expect(hex(dek.export())).toBe(vectors.keys.dek);
    expect(hex(alone)).toBe(vectors.keys.dek);
    expect(hex(keyCommitment(raw(vectors.keys.subjectSecret)))).toBe(vectors.keys.commitment);
  });

  test.each(vectors.commitments)('the commitment of $secret', ({ secret, commitment }) => {
    expect(hex(keyCommitment(raw(secret)))).toBe(commitment);
    expect(hex(commitmentOf(raw(secret)))).toBe(commitment);
  });

  test.each(vectors.keysRefused)('derived from $name → $expect', ({ subjectSecret, bucketSecret, context, envelope, expect: reason }) => {
    const other = deriveDek(keyObject(raw(subjectSecret)), raw(bucketSecret));
    expect(reasonOf(openEnvelope(other, sealContextBytes(sealContext(context), keyIds), raw(envelope)))).toBe(reason);
    expect(openEnvelopeAlone(dekOf(raw(subjectSecret), raw(bucketSecret)), contextOf(context, keyIds), raw(envelope))).toBe(reason);
  });
});

describe('envelopes', () => {
  test.each(vectors.envelopes)('seals and opens "$text" byte for byte', ({ context, text, nonce, envelope }) => {
    const ctx = sealContextBytes(sealContext(context), keyIds);
    expect(hex(sealEnvelope(dek, ctx, Buffer.from(text), raw(nonce)))).toBe(envelope);
    const opened = openEnvelope(dek, ctx, raw(envelope));
    expect(opened.kind === 'opened' ? Buffer.from(opened.bytes).toString() : opened.reason).toBe(text);
    expect(openEnvelopeAlone(alone, contextOf(context, keyIds), raw(envelope)).toString()).toBe(text);
  });

  test.each(vectors.envelopesRefused)('refuses: $name → $expect', ({ context, envelope, expect: reason }) => {
    expect(openEnvelope(dek, sealContextBytes(sealContext(context), keyIds), raw(envelope))).toEqual({ kind: 'tampered', reason });
    expect(openEnvelopeAlone(alone, contextOf(context, keyIds), raw(envelope))).toBe(reason);
  });
});

describe('media files', () => {
  const ctx = sealContextBytes(sealContext(vectors.envelopes[0]?.context), keyIds);
  const nonceOf = (index: number): Uint8Array => hash('sha256', `chunk ${String(index)}/0`, 'buffer').subarray(0, 24);
  const pattern = (length: number): Uint8Array => new Uint8Array(length).map((_, index) => index % 251);
  const whole = Buffer.from(vectors.mediaFile.base64, 'base64');
  const fileOf = (parts: readonly (readonly number[] | string)[]): Buffer =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'base64') : whole.subarray(part[0], part[1]))));

  test.each(vectors.media)('$length bytes in $chunks chunks', ({ length, file }) => {
    let count = 0;
    const bytes = Buffer.concat([...sealChunks(dek, ctx, pattern(length), () => nonceOf(count++))]);
    expect({ bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') }).toEqual({ bytes: file.bytes, sha256: file.sha256 });
    const opened = finish(openChunks(dek, ctx, bytes));
    expect(opened.kind === 'opened' && Buffer.from(opened.bytes).equals(pattern(length))).toBe(true);
    const openedAlone = openFileAlone(alone, ctx, bytes);
    expect(typeof openedAlone !== 'string' && openedAlone.equals(pattern(length))).toBe(true);
  });

  test('the file that is cut below', () => {
    const opened = finish(openChunks(dek, ctx, whole));
    expect(opened.kind === 'opened' && Buffer.from(opened.bytes).equals(pattern(vectors.mediaFile.length))).toBe(true);
    const openedAlone = openFileAlone(alone, ctx, whole);
    expect(typeof openedAlone !== 'string' && openedAlone.equals(pattern(vectors.mediaFile.length))).toBe(true);
  });

  test.each(vectors.mediaRefused)('refuses: $name → $expect', ({ parts, expect: reason }) => {
    expect(reasonOf(finish(openChunks(dek, ctx, fileOf(parts))))).toBe(reason);
    expect(openFileAlone(alone, ctx, fileOf(parts))).toBe(reason);
  });
});

describe('wrapped secrets', () => {
  test.each(vectors.wraps)('$name.kind unwraps', ({ wrapper, name, secret, commitment, wrapped }) => {
    const [key, named] = [keyObject(raw(wrapper)), name as SecretName];
    const opened = unwrapSecret(key, named, raw(wrapped), raw(commitment));
    expect(opened === null ? null : hex(opened)).toBe(secret);
    expect(hex(wrapSecret(key, named, raw(secret), raw(wrapped).subarray(33, 57)))).toBe(wrapped);
    expect(told(openWrapAlone(raw(wrapper), name, raw(wrapped), commitment))).toBe(secret);
  });

  test.each(vectors.wrapsRefused)('refuses $reason → $expect', ({ wrapper, name, commitment, wrapped, expect: reason }) => {
    const [key, named] = [keyObject(raw(wrapper)), name as SecretName];
    expect(reasonOf(openSecret(key, named, raw(wrapped), raw(commitment)))).toBe(reason);
    expect(unwrapSecret(key, named, raw(wrapped), raw(commitment))).toBeNull();
    expect(openWrapAlone(raw(wrapper), name, raw(wrapped), commitment)).toBe(reason);
  });
});

describe('tags and signatures', () => {
  test.each(vectors.tags)('$field "$text" for $purpose', ({ key, tenant, field, purpose, text, normal, tag }) => {
    expect(normalIdentifier(field as IdentityField, text)).toBe(normal);
    expect(hex(blindTag(keyObject(raw(key)), tenant, field as IdentityField, purpose as 'claim' | 'seen', normal))).toBe(tag);
  });

  test.each(vectors.tagsRefused)('refuses $field "$text"', ({ field, text, expect: code }) => {
    expect(() => normalIdentifier(field as IdentityField, text)).toThrow(expect.objectContaining({ code }));
  });

  test('key id, verifier key and signature', () => {
    const { seed, name, publicKey, keyId, vkey, message, signature } = vectors.signing;
    const key = signingKeyFromSeed(raw(seed));
    expect(hex(publicKeyBytes(key))).toBe(publicKey);
    expect(keyIdOf(name, raw(publicKey))).toBe(keyId);
    expect(vkeyText(name, raw(publicKey))).toBe(vkey);
    expect(hex(signBytes(key, Buffer.from(message)))).toBe(signature);
  });
});

describe('certificates', () => {
  // The independent verifier takes the fields from the specification itself.
  const spec = readFileSync(join(import.meta.dirname, '../../vault/SPEC.md'), 'utf8');
  const fields: unknown = JSON.parse(/^```json\n(.+?)^```$/ms.exec(spec)?.[1] ?? 'null');

  test.each(vectors.certificates)('$name → $expect', ({ file, vkey, expect: outcome }) => {
    expect(reasonOf(verifyCertificate(Buffer.from(file), vkey))).toBe(outcome);
    expect(verifyAlone(Buffer.from(file), vkey, fields)).toBe(outcome);
  });
});
