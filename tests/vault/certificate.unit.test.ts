import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { signCertificate } from '#vault/certificate.ts';
import { type CertificateVerdict, signedBytes, verifyCertificate } from '#vault/verify-certificate.ts';
import { canonicalJson } from '#vault/verify-json.ts';
import type { CertificateStatement } from '#vault/verify-statement.ts';
import { certificate, SALT, signerFrom, statement, SUBJECT } from './certificate-support.ts';
import { id, OTHER_TENANT } from './support.ts';

const { vkey, keyId, sign } = signerFrom(1);
const reason = (verdict: CertificateVerdict): string => (verdict.kind === 'refused' ? verdict.reason : verdict.kind);
const bytesOf = (value: unknown): Uint8Array => Buffer.from(canonicalJson(value));

/** A certificate as a forger with the organisation's key would sign it: only the checks of form stand in the way. */
const signedAs = async (forged: unknown): Promise<Uint8Array> => {
  const value = Buffer.from(await sign(signedBytes(forged as CertificateStatement))).toString('base64');
  return bytesOf({ statement: forged, signature: { keyId, algorithm: 'ed25519', value } });
};

describe('a genuine certificate', () => {
  test('is accepted under the organisation’s key and says its number', async () => {
    const verdict = verifyCertificate(await certificate(), vkey);
    expect(verdict).toMatchObject({ kind: 'genuine', subject: 'not-checked', statement: statement() });
    expect(verdict.sentence).toBe('Certificate EC-2026-0131 is genuine and unchanged.');
  });

  test('tells the holder of the salt whose it is, and nobody else', async () => {
    const bytes = await certificate();
    expect(verifyCertificate(bytes, vkey, { salt: SALT, subjectId: SUBJECT })).toMatchObject({ kind: 'genuine', subject: 'matches' });
    expect(reason(verifyCertificate(bytes, vkey, { salt: SALT, subjectId: id('someone else') }))).toBe('subject');
    expect(reason(verifyCertificate(bytes, vkey, { salt: '00'.repeat(32), subjectId: SUBJECT }))).toBe('subject');
    expect(reason(verifyCertificate(bytes, vkey, { salt: 'no salt', subjectId: SUBJECT }))).toBe('subject');
  });

  test('wants the salt in whole bytes of hexadecimal digits, not what might be read as them', async () => {
    const digest = createHash('sha256').update(Buffer.alloc(2, 5)).update(SUBJECT).digest('hex') as CertificateStatement['subjectHash'];
    const bytes = await certificate({ subjectHash: digest });
    const answer = (salt: string): string => reason(verifyCertificate(bytes, vkey, { salt, subjectId: SUBJECT }));
    expect(answer('0505')).toBe('genuine');
    for (const salt of ['5z5z', '5z05', '055z', '05050', 'x0505', '0505 ', '']) expect(answer(salt)).toBe('subject');
    expect(verifyCertificate(bytes, vkey, { salt: '0505', subjectId: SUBJECT }).sentence).toBe(
      'Certificate EC-2026-0131 is genuine, unchanged, and about this person.',
    );
  });

  test('is the same file each time it is signed', async () => {
    expect(await certificate()).toEqual(await certificate());
  });
});

describe('a changed certificate is refused', () => {
  test('by keys in another order, a space, a line feed at the end, a byte order mark', async () => {
    const bytes = await certificate();
    const { statement: inner, signature } = JSON.parse(Buffer.from(bytes).toString()) as { statement: unknown; signature: unknown };
    const forms = [
      JSON.stringify({ statement: inner, signature }),
      JSON.stringify({ signature, statement: inner }, null, 1),
      `${Buffer.from(bytes).toString()}\n`,
    ];
    for (const form of forms) expect(reason(verifyCertificate(Buffer.from(form), vkey))).toBe('not-canonical');
    expect(reason(verifyCertificate(Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), bytes]), vkey))).toBe('not-json');
  });

  test('by a second valid form of the signature', async () => {
    const order = 2n ** 252n + 27742317777372353535851937790883648493n;
    const parsed = JSON.parse(Buffer.from(await certificate()).toString()) as { statement: unknown; signature: { value: string } };
    const raw = Buffer.from(parsed.signature.value, 'base64');
    const scalar = BigInt(`0x${Buffer.from(raw.subarray(32)).reverse().toString('hex')}`) + order;
    const forged = Buffer.concat([raw.subarray(0, 32), Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex').reverse()]);
    const file = bytesOf({ ...parsed, signature: { ...parsed.signature, value: forged.toString('base64') } });
    expect(reason(verifyCertificate(file, vkey))).toBe('signature');
  });
});

describe('a foreign certificate is refused', () => {
  test('under another organisation’s key, or another key of the same name', async () => {
    const bytes = await certificate();
    expect(reason(verifyCertificate(bytes, signerFrom(2).vkey))).toBe('other-key');
    expect(reason(verifyCertificate(bytes, signerFrom(1, OTHER_TENANT).vkey))).toBe('other-key');
  });

  test('under the same key in the name of another organisation, also when the file says so', async () => {
    const other = signerFrom(1, OTHER_TENANT);
    const parsed = JSON.parse(Buffer.from(await certificate()).toString()) as { signature: object };
    const renamed = bytesOf({ ...parsed, signature: { ...parsed.signature, keyId: other.keyId } });
    expect(reason(verifyCertificate(renamed, other.vkey))).toBe('other-key');
  });

  test('when it brings its own key', async () => {
    const forged = JSON.parse(Buffer.from(await certificate({}, 2)).toString()) as { statement: unknown; signature: object };
    const withKey = { ...forged, signature: { ...forged.signature, vkey: signerFrom(2).vkey } };
    expect(reason(verifyCertificate(bytesOf(withKey), vkey))).toBe('shape');
    expect(reason(verifyCertificate(bytesOf({ ...forged, vkey: signerFrom(2).vkey }), vkey))).toBe('shape');
    const renamed = { ...forged, signature: { ...forged.signature, keyId } };
    expect(reason(verifyCertificate(bytesOf(renamed), vkey))).toBe('signature');
  });

  test.each([
    ['a forged stage', { ...statement(), stage: 'final' }, 'stage'],
    ['an unknown field', { ...statement(), note: 'all is well' }, 'shape'],
    ['a field left out', { ...statement(), limits: undefined }, 'shape'],
    ['softer limits', { ...statement(), limits: ['It proves everything.'] }, 'shape'],
    ['another wording of the method', { ...statement(), method: 'anonymisation' }, 'shape'],
    ['something that still opened', { ...statement(), verification: { ...statement().verification, opened: 1 } }, 'incomplete'],
    ['hits of the search', { ...statement(), verification: { ...statement().verification, hits: 1 } }, 'incomplete'],
    ['a missing acknowledgement', { ...statement(), acknowledgements: statement().acknowledgements.slice(1) }, 'incomplete'],
    ['no destroyed key', { ...statement(), keys: [] }, 'incomplete'],
  ])('with %s, even when the organisation’s own key signed it', async (_name, forged, expected) => {
    const file = await signedAs(JSON.parse(JSON.stringify(forged)));
    expect(reason(verifyCertificate(file, vkey))).toBe(expected);
  });

  test('when the key is no verifier key', async () => {
    const bytes = await certificate();
    const [name, hash, key] = vkey.split('+');
    for (const text of ['', 'key', `${name ?? ''}+00000000+${key ?? ''}`, `${name ?? ''} x+${hash ?? ''}+${key ?? ''}`]) {
      expect(reason(verifyCertificate(bytes, text))).toBe('key-text');
    }
  });
});

describe('signing refuses', () => {
  test.each([
    ['a missing part', { acknowledgements: statement().acknowledgements.filter(({ part }) => part !== 'views') }],
    ['a value that opened', { verification: { ...statement().verification, opened: 1 } }],
    ['a hit of the search', { verification: { ...statement().verification, hits: 2 } }],
    ['no key', { keys: [] }],
  ])('%s', async (_name, over) => {
    await expect(certificate(over)).rejects.toMatchObject({ code: 'CERTIFICATE_REFUSED' });
  });

  test('a process that has not acknowledged', async () => {
    await expect(signCertificate(statement(), signerFrom(1), [id('process'), id('another process')])).rejects.toMatchObject({
      code: 'CERTIFICATE_REFUSED',
    });
    await expect(signCertificate(statement(), signerFrom(1), [id('process')])).resolves.toBeInstanceOf(Uint8Array);
  });
});
