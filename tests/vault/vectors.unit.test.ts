import { hash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { blindTag } from '#vault/blind-tag.ts';
import { normalIdentifier } from '#vault/normalise.ts';
import type { BoxOpened } from '#vault/box.ts';
import { openChunks, sealChunks } from '#vault/chunks.ts';
import { openEnvelope, sealContextBytes, sealEnvelope } from '#vault/envelope.ts';
import { deriveDek, keyCommitment, keyObject } from '#vault/keys.ts';
import { lp } from '#vault/lp.ts';
import { keyIdOf, publicKeyBytes, signBytes, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import type { IdentityField, SealContext } from '#vault/vault.ts';
import vectors from '#vault/vectors.json' with { type: 'json' };
import { verifyCertificate } from '#vault/verify-certificate.ts';
import { type SecretName, unwrapSecret } from '#vault/wrap.ts';
import { contextOf, dekOf, encode, openEnvelopeAlone, openFileAlone, openWrapAlone } from './independent-opener.ts';

/** The answer at the end of the steps. */
const finish = (steps: ReturnType<typeof openChunks>): BoxOpened => {
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
};

const raw = (hex: string): Buffer => Buffer.from(hex, 'hex');
const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');
const sealContext = (context: unknown): SealContext => context as SealContext;

const { keyIds } = vectors.keys;
const dek = deriveDek(keyObject(raw(vectors.keys.subjectSecret)), raw(vectors.keys.bucketSecret));
const alone = dekOf(raw(vectors.keys.subjectSecret), raw(vectors.keys.bucketSecret));

describe('encoding and keys', () => {
  test.each(vectors.lp)('lp of $parts', ({ parts, bytes }) => {
    expect(hex(lp(...parts))).toBe(bytes);
    expect(hex(encode(...parts))).toBe(bytes);
  });

  test('the data key and the commitment', () => {
    expect(hex(dek.export())).toBe(vectors.keys.dek);
    expect(hex(alone)).toBe(vectors.keys.dek);
    expect(hex(keyCommitment(raw(vectors.keys.subjectSecret)))).toBe(vectors.keys.commitment);
  });
});

describe('envelopes', () => {
  test.each(vectors.envelopes)(
    'seals and opens "$text" byte for byte, and the independent opener agrees',
    ({ context, text, nonce, envelope }) => {
      const ctx = sealContextBytes(sealContext(context), keyIds);
      expect(hex(sealEnvelope(dek, ctx, Buffer.from(text), raw(nonce)))).toBe(envelope);
      const opened = openEnvelope(dek, ctx, raw(envelope));
      expect(opened.kind === 'opened' ? Buffer.from(opened.bytes).toString() : opened.reason).toBe(text);
      expect(openEnvelopeAlone(alone, contextOf(context, keyIds), raw(envelope)).toString()).toBe(text);
    },
  );

  test.each(vectors.envelopesRefused)('refuses: $name → $expect', ({ context, envelope, expect: reason }) => {
    expect(openEnvelope(dek, sealContextBytes(sealContext(context), keyIds), raw(envelope))).toEqual({ kind: 'tampered', reason });
    expect(openEnvelopeAlone(alone, contextOf(context, keyIds), raw(envelope))).toBe(reason);
  });
});

describe('media files', () => {
  const [first] = vectors.envelopes;
  const ctx = sealContextBytes(sealContext(first?.context), keyIds);
  const nonceOf = (index: number): Uint8Array => hash('sha256', `chunk ${String(index)}/0`, 'buffer').subarray(0, 24);
  const sealed = (length: number): { readonly plain: Uint8Array; readonly file: Buffer } => {
    const plain = new Uint8Array(length).map((_, index) => index % 251);
    let count = 0;
    return { plain, file: Buffer.concat([...sealChunks(dek, ctx, plain, () => nonceOf(count++))]) };
  };

  test.each(vectors.media)('$length bytes in $chunks chunks', ({ length, file }) => {
    const { plain, file: bytes } = sealed(length);
    expect({ bytes: bytes.length, sha256: hash('sha256', bytes, 'hex') }).toEqual({ bytes: file.bytes, sha256: file.sha256 });
    const opened = finish(openChunks(dek, ctx, bytes));
    expect(opened.kind === 'opened' && Buffer.from(opened.bytes).equals(plain)).toBe(true);
  });

  test.each(vectors.media.filter(({ length }) => length <= 65_533))('the independent opener reads $length bytes', ({ length }) => {
    const { plain, file } = sealed(length);
    expect(Buffer.from(openFileAlone(alone, ctx, file)).equals(plain)).toBe(true);
  });

  test('chunks cannot be left out, repeated, moved or added', () => {
    const { file } = sealed(140_000);
    const chunk = 4 + 73 + 65_536;
    const [one, two, three] = [file.subarray(0, chunk), file.subarray(chunk, 2 * chunk), file.subarray(2 * chunk)];
    const wrong: readonly (readonly [string, Uint8Array])[] = [
      ['commitment', Buffer.concat([one, two])],
      ['commitment', Buffer.concat([one, three])],
      ['commitment', Buffer.concat([two, one, three])],
      ['commitment', Buffer.concat([one, one, two, three])],
      ['commitment', Buffer.concat([one, two, three, three])],
      ['commitment', Buffer.concat([one, two, three, Buffer.alloc(3)])],
      ['framing', file.subarray(0, -1)],
      ['framing', new Uint8Array(0)],
    ];
    for (const [reason, bytes] of wrong) expect(finish(openChunks(dek, ctx, bytes))).toEqual({ kind: 'tampered', reason });
  });
});

describe('wrapped secrets', () => {
  test.each(vectors.wraps)('$name.kind unwraps', ({ wrapper, name, secret, commitment, wrapped }) => {
    const opened = unwrapSecret(keyObject(raw(wrapper)), name as SecretName, raw(wrapped), raw(commitment));
    expect(opened === null ? null : hex(opened)).toBe(secret);
    expect(hex(Buffer.from(openWrapAlone(raw(wrapper), name, raw(wrapped), commitment)))).toBe(secret);
  });

  test.each(vectors.wrapsRefused)('refuses $reason', ({ wrapper, name, commitment, wrapped }) => {
    expect(unwrapSecret(keyObject(raw(wrapper)), name as SecretName, raw(wrapped), raw(commitment))).toBeNull();
    expect(typeof openWrapAlone(raw(wrapper), name, raw(wrapped), commitment)).toBe('string');
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

  test.each(vectors.certificates)('certificate: $name → $expect', ({ file, vkey, expect: outcome }) => {
    const verdict = verifyCertificate(Buffer.from(file), vkey);
    expect(verdict.kind === 'refused' ? verdict.reason : verdict.kind).toBe(outcome);
  });
});
