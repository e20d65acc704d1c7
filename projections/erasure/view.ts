import type { AccountId, CertificateNumber, ContactId, Digest, ErasureId, IsoTime, TenantId } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';

export const erasureSteps = ['requested', 'fenced', 'destroyed', 'removed', 'verified', 'completed'] as const;
export type ErasureStep = (typeof erasureSteps)[number];

/** Collection `erasure`, id = erasure id. */
export type ErasureView = {
  readonly tenant: TenantId;
  readonly erasureId: ErasureId;
  readonly contactId: ContactId;
  readonly certificate: CertificateNumber;
  readonly reason: string;
  readonly requestedBy: AccountId;
  readonly subjectHash: Digest;
  readonly counts: Readonly<Record<PersonalClass, number>>;
  readonly step: ErasureStep;
  readonly reached: Readonly<Partial<Record<ErasureStep, IsoTime>>>;
  readonly keyCommitment: Digest | null;
  readonly removed: {
    readonly payloads: number;
    readonly mediaFiles: number;
    readonly identityRows: number;
    readonly streamsClosed: number;
  } | null;
  readonly verified: {
    readonly tried: number;
    readonly opened: number;
    readonly scannedFiles: number;
    readonly scannedBytes: number;
    readonly hits: number;
  } | null;
  /** When an older file was last found to have brought erased data back, and when that was removed again. */
  readonly returnedAt: IsoTime | null;
  readonly removedAgainAt: IsoTime | null;
  readonly requestedAt: IsoTime;
};

export const ERASURE = 'erasure';
