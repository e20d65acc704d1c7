/**
 * Verifies a certificate of erasure, in Node and in a browser with the network off (SPEC.md §10): these `verify-…` files and tweetnacl are all
 * that it takes. The auditor's key comes from the auditor, never from the file: a key inside the file would verify any forgery.
 */
import nacl from 'tweetnacl';
import { fromBase64, hex } from './verify-encoding.ts';
import { canonicalJson, isRecord } from './verify-json.ts';
import { isReduced, parseVkey } from './verify-key.ts';
import { sha256 } from './verify-sha256.ts';
import { CERTIFICATE_FORMAT, type CertificateStatement, isCertificate, missingInStatement } from './verify-statement.ts';

export type { CertificateStatement } from './verify-statement.ts';

export type CertificateRefusal =
  'too-large' | 'not-json' | 'not-canonical' | 'shape' | 'stage' | 'incomplete' | 'key-text' | 'other-key' | 'signature' | 'subject';

export type CertificateVerdict =
  | {
      readonly kind: 'genuine';
      readonly statement: CertificateStatement;
      readonly subject: 'matches' | 'not-checked';
      readonly sentence: string;
    }
  | { readonly kind: 'refused'; readonly reason: CertificateRefusal; readonly sentence: string };

/** Who the certificate is about, known to the holder of the salt alone. `salt`: hexadecimal digits. */
export type ClaimedSubject = { readonly salt: string; readonly subjectId: string };

const LARGEST_BYTES = 1_048_576;

/**
 * @param bytes the file, whole
 * @param vkey the organisation's key as the auditor got it: `<name>+<key id>+<base64>` (C2SP signed note)
 * @returns `genuine`, or `refused` with the first thing that is wrong; never throws
 */
export const verifyCertificate = (bytes: Uint8Array, vkey: string, subject?: ClaimedSubject): CertificateVerdict => {
  const key = parseVkey(vkey);
  if (key === null) return refused('key-text');
  if (bytes.length > LARGEST_BYTES) return refused('too-large');
  const parsed = parse(bytes);
  if (parsed === null) return refused('not-json');
  if (!isCanonical(parsed.value, parsed.text)) return refused('not-canonical');
  if (isRecord(parsed.value) && isRecord(parsed.value['statement']) && parsed.value['statement']['stage'] !== 'executed')
    return refused('stage');
  if (!isCertificate(parsed.value)) return refused('shape');
  const { statement, signature } = parsed.value;
  if (signature.keyId !== key.id || key.name !== `vconnect/${statement.controller.organisation}`) return refused('other-key');
  if (!isSigned(statement, signature.value, key.publicKey)) return refused('signature');
  if (missingInStatement(statement) !== null) return refused('incomplete');
  if (subject === undefined)
    return {
      kind: 'genuine',
      statement,
      subject: 'not-checked',
      sentence: `Certificate ${statement.certificate} is genuine and unchanged.`,
    };
  if (!isSubject(statement, subject)) return refused('subject');
  return {
    kind: 'genuine',
    statement,
    subject: 'matches',
    sentence: `Certificate ${statement.certificate} is genuine, unchanged, and about this person.`,
  };
};

const SENTENCES: Readonly<Record<CertificateRefusal, string>> = {
  'too-large': 'This file is too large to be a certificate.',
  'not-json': 'This file is not a certificate: it does not hold JSON text.',
  'not-canonical': 'This file was changed: its bytes are not in the canonical form that was signed.',
  shape: 'This file is not a certificate of erasure: fields are missing, unknown or of another form.',
  stage: 'This certificate claims a stage that this verifier cannot confirm.',
  incomplete: 'This certificate must not have been issued: an acknowledgement is missing, or something still opened or was found.',
  'key-text': 'The given key is not a verifier key of the form name+id+base64.',
  'other-key': 'This certificate was not signed with the given key.',
  signature: 'The signature does not fit: the certificate was changed or forged.',
  subject: 'This certificate is about someone else, or the salt is another one.',
};

const refused = (reason: CertificateRefusal): CertificateVerdict => ({ kind: 'refused', reason, sentence: SENTENCES[reason] });

/** What is signed: `vconnect/erasure-certificate/v1`, a line feed, the canonical statement. */
export const signedBytes = (statement: CertificateStatement): Uint8Array =>
  utf8.encode(`${CERTIFICATE_FORMAT}\n${canonicalJson(statement)}`);

const utf8 = new TextEncoder();
const parse = (bytes: Uint8Array): { readonly value: unknown; readonly text: string } | null => {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
    return { value: JSON.parse(text), text };
  } catch {
    return null;
  }
};

const isCanonical = (value: unknown, text: string): boolean => {
  try {
    return canonicalJson(value) === text;
  } catch {
    return false;
  }
};

const isSigned = (statement: CertificateStatement, value: string, publicKey: Uint8Array): boolean => {
  const signature = fromBase64(value);
  if (signature?.length !== nacl.sign.signatureLength || !isReduced(signature.subarray(32))) return false;
  return nacl.sign.detached.verify(signedBytes(statement), signature, publicKey);
};

const isSubject = (statement: CertificateStatement, { salt, subjectId }: ClaimedSubject): boolean => {
  if (!/^([0-9a-f]{2})+$/i.test(salt)) return false;
  const saltBytes = Uint8Array.from(salt.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return hex(sha256(Uint8Array.of(...saltBytes, ...utf8.encode(subjectId)))) === statement.subjectHash;
};
