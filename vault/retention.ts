import type { AccountId, Id, IsoTime, SubjectId, TenantId } from '#domain/ids.ts';
import type { PersonalClass } from '#domain/personal.ts';

/** What a legal hold is for: a case of a court, an authority, a claim. */
export type MatterId = Id<'matter'>;

export type Hold = {
  readonly matter: MatterId;
  readonly approver: AccountId;
  /** When it is to be looked at again. It holds until it is released: nothing ends by itself. */
  readonly expiresAt: IsoTime;
  readonly subjects: readonly SubjectId[];
};

export type HoldPut =
  | { readonly kind: 'held' }
  /** A hold that was released does not come back: its key is destroyed. */
  | { readonly kind: 'released'; readonly releasedAt: IsoTime }
  /** The person is being erased or was; nobody of the hold was put under it. */
  | { readonly kind: 'erased'; readonly subject: SubjectId };

export type HoldState = Hold & { readonly putAt: IsoTime };

export type Bucket = { readonly class: PersonalClass; readonly period: string };

export type PeriodExpired = {
  readonly expiredAt: IsoTime;
  /** Data keys of people under a hold that were kept, one per person and matter. */
  readonly kept: number;
};

/** How time ends data, and what keeps it: the mechanism. Which period ends when is for policies to say. */
export type Retention = {
  /**
   * Destroys the secret of one class and period of an organisation, verified like every destruction: exactly what was sealed under it answers
   * `period-expired`, for ever, and nothing more is sealed under it. People under a hold still open. Idempotent: the same answer again.
   */
  readonly expirePeriod: (tenant: TenantId, bucket: Bucket, at: IsoTime) => Promise<PeriodExpired>;
  /** Puts people under hold; those it names already stay. Periods that are over by now are not brought back. Idempotent. */
  readonly putHold: (tenant: TenantId, hold: Hold) => Promise<HoldPut>;
  /** Destroys the key of the hold and with it what it kept. Idempotent. @returns data keys that went, null when there is no such hold */
  readonly releaseHold: (tenant: TenantId, matter: MatterId, at: IsoTime) => Promise<number | null>;
  /** Living holds that name a person. While there is one, `destroy` of the person throws `VAULT_HELD`. */
  readonly holdsOf: (tenant: TenantId, subject: SubjectId) => Promise<readonly HoldState[]>;
};
