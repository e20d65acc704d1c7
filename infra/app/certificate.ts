import { createHash } from 'node:crypto';
import type { Acknowledgement } from '#domain/erasure/commands.ts';
import { type Digest, type ErasureId, parseDigest, type TenantId } from '#domain/ids.ts';
import type { EventStore } from '#domain/ports.ts';
import { RELEASE } from '#infra/release.ts';
import { RESIDUAL, signCertificate } from '#vault/certificate.ts';
import type { Vault } from '#vault/vault.ts';
import { CERTIFICATE_FORMAT, CERTIFICATE_LIMITS, CERTIFICATE_METHOD, type CertificateStatement } from '#vault/verify-statement.ts';
import { type ErasureRecord, loadErasure } from './erasure-record.ts';
import { fault } from './fault.ts';

export type IssuedCertificate = { readonly bytes: Uint8Array; readonly statement: CertificateStatement; readonly digest: Digest };

/**
 * The certificate follows from the erasure's events and the organisation's key alone, and Ed25519 is deterministic: it is made again whenever
 * it is asked for, always with the same bytes. Its digest stands in the log since the erasure was completed; another one is a fault.
 */
export const certificateOf = async (
  parts: { readonly store: EventStore; readonly vault: Vault },
  tenant: TenantId,
  erasureId: ErasureId,
): Promise<IssuedCertificate> => {
  const record = await loadErasure(parts.store, tenant, erasureId);
  const statement = statementOf(record);
  const { keyId } = await parts.vault.signingKey(tenant);
  const processes = acknowledgementsOf(record).map(({ processId }) => processId);
  const bytes = await signCertificate(statement, { keyId, sign: (message) => parts.vault.sign(tenant, message) }, processes);
  const digest = parseDigest(createHash('sha256').update(bytes).digest('hex'));
  if (digest === null || (record.completed !== null && record.completed.statementDigest !== digest)) {
    throw fault('APP_CERTIFICATE_CHANGED', 'expected the certificate whose digest the log holds, got another one');
  }
  return { bytes, statement, digest };
};

/** Each process once, with the last time it said so: after the key's destruction, or at the fence when it had ended by then. */
const acknowledgementsOf = ({ fenced, destroyed }: ErasureRecord): readonly Acknowledgement[] => [
  ...new Map([...(fenced?.acknowledgements ?? []), ...(destroyed?.acknowledgements ?? [])].map((each) => [each.processId, each])).values(),
];

/** Only what the events say; a step that is missing leaves no statement. */
const statementOf = (record: ErasureRecord): CertificateStatement => {
  const { tenant, erasureId, requested, fenced, destroyed, removed, verified, completed } = record;
  if (fenced === null || destroyed === null || removed === null || verified === null) {
    throw fault('APP_ERASURE_NOT_VERIFIED', 'expected an erasure whose every step is recorded');
  }
  const { keyId, commitment, createdAt, destroyedAt } = destroyed;
  const { payloads, mediaFiles, identityRows, streamsClosed, removedAt } = removed;
  const { tried, opened, scannedFiles, scannedBytes, hits, verifiedAt } = verified;
  return {
    format: CERTIFICATE_FORMAT,
    stage: 'executed',
    certificate: requested.certificate,
    erasureId,
    controller: { organisation: tenant },
    processor: { product: 'V Connect', version: completed?.release ?? RELEASE },
    subjectHash: requested.subjectHash,
    basis: { law: 'GDPR Article 17(1)', reason: requested.reason },
    operator: { role: requested.role },
    requestedAt: requested.requestedAt,
    fencedAt: fenced.fencedAt,
    removedAt,
    verifiedAt,
    issuedAt: verifiedAt,
    scope: requested.counts,
    keys: [{ keyId, algorithm: 'HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305', createdAt, destroyedAt, commitment }],
    method: CERTIFICATE_METHOD,
    removed: { payloads, mediaFiles, identityRows, streamsClosed, unlinkedIdentifiers: fenced.unlinkedIdentifiers },
    acknowledgements: [
      { part: 'keyring', id: null, at: destroyedAt },
      { part: 'payloads', id: null, at: removedAt },
      { part: 'media', id: null, at: removedAt },
      { part: 'identity', id: null, at: removedAt },
      { part: 'views', id: null, at: verifiedAt },
      ...acknowledgementsOf(record).map(({ processId, drainedAt }) => ({ part: 'process' as const, id: processId, at: drainedAt })),
    ],
    // This release takes no backups of its own; what others copied is named under the limits.
    backups: [],
    residual: RESIDUAL,
    verification: { tried, opened, scannedFiles, scannedBytes, hits },
    limits: CERTIFICATE_LIMITS,
    ledger: null,
  };
};
