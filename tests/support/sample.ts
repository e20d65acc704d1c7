import {
  type CertificateNumber,
  certificateNumber,
  type Digest,
  type Release,
  type Id,
  type IsoTime,
  parseDigest,
  parseRelease,
  parseId,
  parseTime,
} from '#domain/ids.ts';
import type { Sealed } from '#domain/personal.ts';

/** Fixed ids, times and sealed values for tests: nothing in them comes from a person. */

const must = <T>(value: T | null): T => {
  if (value === null) throw new Error('expected a sample that parses, got another text');
  return value;
};

/** The n-th id of a kind; the ids of one kind are ordered like their numbers. */
export const sampleId = <Kind extends string>(n: number): Id<Kind> =>
  must(parseId<Kind>(`0190a000000070008000${n.toString(16).padStart(12, '0')}`));

export const START_MS = Date.parse('2026-03-02T09:00:00.000Z');
export const MINUTE_MS = 60_000;

/** So many minutes after 2026-03-02T09:00Z. */
export const minute = (minutes: number): IsoTime => must(parseTime(new Date(START_MS + minutes * MINUTE_MS).toISOString()));

export const sampleDigest = (n: number): Digest => must(parseDigest(n.toString(16).padStart(64, '0')));
export const sampleSealed = (n: number): Sealed => ({ ref: sampleId<'payload'>(n), digest: sampleDigest(n) });
export const sampleCertificate: CertificateNumber = certificateNumber(2026, 1);
export const sampleRelease: Release = must(parseRelease('0.1.0'));
