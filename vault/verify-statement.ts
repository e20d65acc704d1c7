import type { CertificateNumber, Digest, ErasureId, IsoTime, TenantId } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { DestroyedKey } from './vault.ts';
import { canonicalJson, isRecord } from './verify-json.ts';

export const CERTIFICATE_FORMAT = 'vconnect/erasure-certificate/v1';
export const CERTIFICATE_METHOD = 'erasure by key destruction and removal of data';
export const CERTIFICATE_LIMITS = [
  'It proves an attested act, its time and its coverage: who signed it says that it was done so.',
  'It cannot prove that no copy of a key exists outside the listed stores.',
  'It says nothing about copies that the recipients of messages and the operator of WhatsApp keep for themselves.',
] as const;
/** Every part that kept or cached something must have answered. */
export const ACKNOWLEDGING_PARTS = ['keyring', 'payloads', 'media', 'identity', 'views', 'process'] as const;

/** The fields of NIST SP 800-88 §4.8, and what a data protection officer is asked beyond them. Ids, times, codes and numbers only. */
export type CertificateStatement = {
  readonly format: typeof CERTIFICATE_FORMAT;
  /** `executed`: key destroyed, data removed. A later stage `final` will say that the last backup of the keys is gone. */
  readonly stage: 'executed';
  readonly certificate: CertificateNumber;
  readonly erasureId: ErasureId;
  readonly controller: { readonly organisation: TenantId };
  readonly processor: { readonly product: 'V Connect'; readonly version: string };
  /** SHA-256(salt ‖ subject id); the requester or the officer holds the salt. */
  readonly subjectHash: Digest;
  readonly basis: { readonly law: 'GDPR Article 17(1)'; readonly reason: string };
  readonly operator: { readonly role: string };
  readonly requestedAt: IsoTime;
  readonly fencedAt: IsoTime;
  readonly removedAt: IsoTime;
  readonly verifiedAt: IsoTime;
  readonly issuedAt: IsoTime;
  readonly scope: Readonly<Record<PersonalClass, number>>;
  readonly keys: readonly DestroyedKey[];
  readonly method: typeof CERTIFICATE_METHOD;
  readonly removed: {
    readonly payloads: number;
    readonly mediaFiles: number;
    readonly identityRows: number;
    readonly streamsClosed: number;
    readonly unlinkedIdentifiers: number;
  };
  readonly acknowledgements: readonly {
    readonly part: (typeof ACKNOWLEDGING_PARTS)[number];
    readonly id: string | null;
    readonly at: IsoTime;
  }[];
  /** Days after which no backup of the store may hold the destroyed data any more. */
  readonly backups: readonly { readonly store: string; readonly horizonDays: number }[];
  /** What stays, why, and for how long (null: without end). Codes: SPEC.md §10. */
  readonly residual: readonly { readonly data: string; readonly ground: string; readonly days: number | null }[];
  readonly verification: {
    readonly tried: number;
    readonly opened: number;
    readonly scannedFiles: number;
    readonly scannedBytes: number;
    readonly hits: number;
  };
  readonly limits: typeof CERTIFICATE_LIMITS;
  /** The place of the ledger's proofs. */
  readonly ledger: null;
};

/** What forbids issuing a certificate, or null. @param processes ids of processes that must have acknowledged, as far as known */
export const missingInStatement = (statement: CertificateStatement, processes: readonly string[] = []): string | null => {
  const { acknowledgements, verification, keys } = statement;
  const part = ACKNOWLEDGING_PARTS.find((name) => !acknowledgements.some((one) => one.part === name));
  if (part !== undefined) return `an acknowledgement of ${part}`;
  if (processes.some((id) => !acknowledgements.some((one) => one.part === 'process' && one.id === id)))
    return 'an acknowledgement of every process';
  if (keys.length === 0) return 'a destroyed key';
  if (verification.opened > 0) return 'a verification in which nothing opens';
  return verification.hits > 0 ? 'a search without hits' : null;
};

type Check = (value: unknown) => boolean;
const matching =
  (pattern: RegExp): Check =>
  (value) =>
    typeof value === 'string' && pattern.test(value);
const only =
  (expected: unknown): Check =>
  (value) =>
    canonicalJson(value) === canonicalJson(expected);
const oneOf =
  (names: readonly string[]): Check =>
  (value) =>
    typeof value === 'string' && names.includes(value);
const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const orNull =
  (check: Check): Check =>
  (value) =>
    value === null || check(value);
const whole: Check = (value) => typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
const exactly =
  (fields: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isRecord(value) &&
    Object.keys(value).length === Object.keys(fields).length &&
    Object.entries(fields).every(([name, check]) => Object.hasOwn(value, name) && check(value[name]));
const wholes = (...names: readonly string[]): Check => exactly(Object.fromEntries(names.map((name) => [name, whole])));

const id = matching(/^[0-9a-f]{32}$/);
const digest = matching(/^[0-9a-f]{64}$/);
const time = matching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const code = matching(/^[a-z][a-zA-Z0-9-]{0,63}$/);

const CERTIFICATE_CHECK = exactly({
  statement: exactly({
    format: only(CERTIFICATE_FORMAT),
    stage: only('executed'),
    certificate: matching(/^EC-\d{4}-\d{4,9}$/),
    erasureId: id,
    controller: exactly({ organisation: id }),
    processor: exactly({ product: only('V Connect'), version: matching(/^[0-9A-Za-z.+-]{1,64}$/) }),
    subjectHash: digest,
    basis: exactly({ law: only('GDPR Article 17(1)'), reason: code }),
    operator: exactly({ role: code }),
    requestedAt: time,
    fencedAt: time,
    removedAt: time,
    verifiedAt: time,
    issuedAt: time,
    scope: wholes('message', 'profile', 'media', 'note', 'ai', 'audit', 'credential'),
    keys: listOf(
      exactly({
        keyId: id,
        algorithm: only('HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305'),
        createdAt: time,
        destroyedAt: time,
        commitment: digest,
      }),
    ),
    method: only(CERTIFICATE_METHOD),
    removed: wholes('payloads', 'mediaFiles', 'identityRows', 'streamsClosed', 'unlinkedIdentifiers'),
    acknowledgements: listOf(exactly({ part: oneOf(ACKNOWLEDGING_PARTS), id: orNull(id), at: time })),
    backups: listOf(exactly({ store: code, horizonDays: whole })),
    residual: listOf(exactly({ data: code, ground: code, days: orNull(whole) })),
    verification: wholes('tried', 'opened', 'scannedFiles', 'scannedBytes', 'hits'),
    limits: only(CERTIFICATE_LIMITS),
    ledger: only(null),
  }),
  signature: exactly({ keyId: matching(/^[0-9a-f]{8}$/), algorithm: only('ed25519'), value: matching(/^[A-Za-z0-9+/]{86}==$/) }),
});

type Certificate = { readonly statement: CertificateStatement; readonly signature: { readonly keyId: string; readonly value: string } };
export const isCertificate = (value: unknown): value is Certificate => CERTIFICATE_CHECK(value);
