import { hash } from 'node:crypto';
import { certificateNumber } from '#domain/ids.ts';
import { RESIDUAL, signCertificate } from '#vault/certificate.ts';
import { keyIdOf, publicKeyBytes, signBytes, signerName, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import { ACKNOWLEDGING_PARTS, CERTIFICATE_LIMITS, CERTIFICATE_METHOD, type CertificateStatement } from '#vault/verify-statement.ts';
import { id, START, TENANT, time } from './support.ts';

export const SALT = '5a'.repeat(32);
export const SUBJECT = id<'contact'>('nour');

const digestOf = (bytes: Uint8Array): CertificateStatement['subjectHash'] =>
  hash('sha256', bytes, 'hex') as CertificateStatement['subjectHash'];

export const statement = (over: Partial<CertificateStatement> = {}): CertificateStatement => ({
  format: 'vconnect/erasure-certificate/v1',
  stage: 'executed',
  certificate: certificateNumber(2026, 131),
  erasureId: id('erasure'),
  controller: { organisation: TENANT },
  processor: { product: 'V Connect', version: '0.1.0' },
  subjectHash: digestOf(Buffer.concat([Buffer.from(SALT, 'hex'), Buffer.from(SUBJECT)])),
  basis: { law: 'GDPR Article 17(1)', reason: 'consent-withdrawn' },
  operator: { role: 'dpo' },
  requestedAt: START,
  fencedAt: time('2026-11-24T09:30:00.100Z'),
  removedAt: time('2026-11-24T09:30:00.300Z'),
  verifiedAt: time('2026-11-24T09:30:00.400Z'),
  issuedAt: time('2026-11-24T09:30:00.500Z'),
  scope: { message: 398, profile: 6, media: 38, note: 9, ai: 0, audit: 0, credential: 0 },
  keys: [
    {
      keyId: id<'key'>('key'),
      algorithm: 'HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305',
      createdAt: START,
      destroyedAt: time('2026-11-24T09:30:00.200Z'),
      commitment: digestOf(Buffer.from('a destroyed key')),
    },
  ],
  method: CERTIFICATE_METHOD,
  removed: { payloads: 413, mediaFiles: 38, identityRows: 401, streamsClosed: 400, unlinkedIdentifiers: 3 },
  acknowledgements: ACKNOWLEDGING_PARTS.map((part) => ({ part, id: part === 'process' ? id<'process'>('process') : null, at: START })),
  backups: [{ store: 'keyring', horizonDays: 14 }],
  residual: RESIDUAL,
  verification: { tried: 451, opened: 0, scannedFiles: 6, scannedBytes: 2_400_000, hits: 0 },
  limits: CERTIFICATE_LIMITS,
  ledger: null,
  ...over,
});

export const signerFrom = (seed: number, tenant: string = TENANT) => {
  const key = signingKeyFromSeed(new Uint8Array(32).fill(seed));
  const publicKey = publicKeyBytes(key);
  const name = signerName(tenant);
  return { keyId: keyIdOf(name, publicKey), vkey: vkeyText(name, publicKey), sign: async (bytes: Uint8Array) => signBytes(key, bytes) };
};

export const certificate = (over: Partial<CertificateStatement> = {}, seed = 1): Promise<Uint8Array> =>
  signCertificate(statement(over), signerFrom(seed));
