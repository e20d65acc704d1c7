import { VaultFault } from './fault.ts';
import { signedBytes } from './verify-certificate.ts';
import { canonicalJson } from './verify-json.ts';
import { type CertificateStatement, missingInStatement } from './verify-statement.ts';

/** Signs bytes with the organisation's key; `keyId` is the C2SP id of that key. */
export type CertificateSigner = { readonly keyId: string; readonly sign: (bytes: Uint8Array) => Promise<Uint8Array> };

/** What remains after an erasure, each with its ground; the statement lists them all (SPEC.md §10). */
export const RESIDUAL: CertificateStatement['residual'] = [
  { data: 'tags-of-deliveries-seen', ground: 'a-repeated-delivery-must-not-bring-the-person-back', days: 15 },
  { data: 'log-events-with-references', ground: 'integrity-of-the-record-of-processing', days: null },
  { data: 'audit-skeleton-of-ids-codes-and-times', ground: 'accountability-gdpr-article-5-2', days: null },
  { data: 'record-of-the-destroyed-key', ground: 'a-destroyed-key-must-not-return', days: null },
];

/**
 * The certificate file: RFC 8785 bytes of `{signature, statement}`, nothing before or after. Ed25519 is deterministic, so the same
 * statement gives the same file.
 * @param processes ids of every process that had to acknowledge
 * Throws `CERTIFICATE_REFUSED` when an acknowledgement is missing, anything still opened, or the search had hits: refused, not issued with a warning.
 */
export const signCertificate = async (
  statement: CertificateStatement,
  signer: CertificateSigner,
  processes: readonly string[] = [],
): Promise<Uint8Array> => {
  const missing = missingInStatement(statement, processes);
  if (missing !== null) throw new VaultFault('CERTIFICATE_REFUSED', `expected ${missing}, got none: no certificate is issued`);
  const value = Buffer.from(await signer.sign(signedBytes(statement))).toString('base64');
  return Buffer.from(canonicalJson({ statement, signature: { keyId: signer.keyId, algorithm: 'ed25519', value } }));
};
