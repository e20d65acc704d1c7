/**
 * Verifies a certificate of erasure: one file, tweetnacl only, in Node and in a browser with the network off (SPEC.md §10). The auditor's
 * key comes from the auditor, never from the file: a key inside the file would verify any forgery.
 */
import nacl from 'tweetnacl';
import type { CertificateNumber, Digest, ErasureId, IsoTime, TenantId } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';
import type { DestroyedKey } from './vault.ts';

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

/** What is signed: `vconnect/erasure-certificate/v1`, a line feed, the canonical statement. */
export const signedBytes = (statement: CertificateStatement): Uint8Array =>
  utf8.encode(`${CERTIFICATE_FORMAT}\n${canonicalJson(statement)}`);

/** RFC 8785. Throws a TypeError for what it cannot hold: numbers that are not finite, lone surrogates, values that are no JSON. */
export const canonicalJson = (value: unknown): string => {
  if (typeof value === 'string' && !value.isWellFormed()) throw new TypeError('expected well-formed text');
  if (typeof value === 'number' && !Number.isFinite(value)) throw new TypeError('expected a finite number');
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (!isRecord(value)) throw new TypeError('expected a JSON value');
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${canonicalJson(name)}:${canonicalJson(value[name])}`).join(',')}}`;
};

const utf8 = new TextEncoder();
const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

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
const isCertificate = (value: unknown): value is Certificate => CERTIFICATE_CHECK(value);

const isSigned = (statement: CertificateStatement, value: string, publicKey: Uint8Array): boolean => {
  const signature = fromBase64(value);
  if (signature?.length !== nacl.sign.signatureLength || !isReduced(signature.subarray(32))) return false;
  return nacl.sign.detached.verify(signedBytes(statement), signature, publicKey);
};

/** Order of the Ed25519 group, 32 bytes, least significant first. tweetnacl accepts S + L too, which would be a second valid file. */
const ORDER = [
  0xed,
  0xd3,
  0xf5,
  0x5c,
  0x1a,
  0x63,
  0x12,
  0x58,
  0xd6,
  0x9c,
  0xf7,
  0xa2,
  0xde,
  0xf9,
  0xde,
  0x14,
  ...new Array<number>(15).fill(0),
  0x10,
];
const isReduced = (scalar: Uint8Array): boolean => {
  for (let at = 31; at >= 0; at -= 1) {
    const difference = (scalar[at] ?? 0) - (ORDER[at] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
};

const VKEY = /^([^\s+]{1,128})\+([0-9a-f]{8})\+([A-Za-z0-9+/]{44})$/;
const ED25519_TYPE = 0x01;

const parseVkey = (text: string): { readonly name: string; readonly id: string; readonly publicKey: Uint8Array } | null => {
  const [, name, keyId, encoded] = VKEY.exec(text.trim()) ?? [];
  const key = encoded === undefined ? null : fromBase64(encoded);
  if (name === undefined || keyId === undefined || key?.length !== 33 || key[0] !== ED25519_TYPE) return null;
  const expected = hex(sha256(concat(utf8.encode(`${name}\n`), key))).slice(0, 8);
  return expected === keyId ? { name, id: keyId, publicKey: key.subarray(1) } : null;
};

const isSubject = (statement: CertificateStatement, { salt, subjectId }: ClaimedSubject): boolean => {
  if (!/^([0-9a-f]{2})+$/i.test(salt)) return false;
  const saltBytes = Uint8Array.from(salt.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return hex(sha256(concat(saltBytes, utf8.encode(subjectId)))) === statement.subjectHash;
};

/** @returns null for anything but the one canonical encoding of its bytes. */
const fromBase64 = (text: string): Uint8Array | null => {
  try {
    const binary = atob(text);
    return btoa(binary) === text ? Uint8Array.from(binary, (character) => character.charCodeAt(0)) : null;
  } catch {
    return null;
  }
};

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
const concat = (a: Uint8Array, b: Uint8Array): Uint8Array => Uint8Array.of(...a, ...b);

/**
 * FIPS 180-4, over public values. Written out because a browser offers WebCrypto on secure origins only, and a self-hosted page may be
 * none. The constants are the first 32 fractional bits of the cube (rounds) and square roots (start) of the first primes.
 */
const PRIMES = Array.from({ length: 310 }, (_, index) => index + 2).filter(
  (n) => !Array.from({ length: n - 2 }, (_, at) => at + 2).some((d) => n % d === 0),
);
const fraction = (root: number): number => Math.floor((root - Math.floor(root)) * 2 ** 32);
const ROUNDS = PRIMES.slice(0, 64).map((prime) => fraction(Math.cbrt(prime)));
const STARTS = PRIMES.slice(0, 8).map((prime) => fraction(Math.sqrt(prime)));
const rotate = (word: number, bits: number): number => (word >>> bits) | (word << (32 - bits));

export const sha256 = (bytes: Uint8Array): Uint8Array => {
  const padded = new Uint8Array(Math.ceil((bytes.length + 9) / 64) * 64);
  padded.set(bytes);
  padded[bytes.length] = 0x80;
  const view = new DataView(padded.buffer);
  view.setUint32(padded.length - 4, bytes.length * 8);
  const state = Uint32Array.from(STARTS);
  for (let block = 0; block < padded.length; block += 64) compress(state, view, block);
  const out = new Uint8Array(32);
  state.forEach((word, index) => new DataView(out.buffer).setUint32(index * 4, word));
  return out;
};

const compress = (state: Uint32Array, view: DataView, block: number): void => {
  const words = new Uint32Array(64);
  const word = (at: number): number => words[at] ?? 0;
  let [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = state;
  for (let at = 0; at < 64; at += 1) {
    const [near, far] = [word(at - 2), word(at - 15)];
    const mixed =
      (rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10)) +
      word(at - 7) +
      (rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3)) +
      word(at - 16);
    words[at] = at < 16 ? view.getUint32(block + at * 4) : mixed;
    const first = (h + (rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)) + ((e & f) ^ (~e & g)) + (ROUNDS[at] ?? 0) + word(at)) | 0;
    const second = ((rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + first) | 0, c, b, a, (first + second) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((value, index) => (state[index] = (state[index] ?? 0) + value));
};
