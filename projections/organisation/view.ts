import type { AccountId, IsoTime, PublicBytes, TenantId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';

/** Collection `organisation`, id = organisation id. */
export type OrganisationView = {
  readonly tenant: TenantId;
  readonly name: SealedHandle | null;
  readonly sample: boolean;
  readonly createdAt: IsoTime;
  readonly publicKey: PublicBytes | null;
};

/** Collection `member`, id = `<organisation>:<account>`. */
export type MemberView = {
  readonly tenant: TenantId;
  readonly accountId: AccountId;
  readonly role: Role;
  readonly addedAt: IsoTime;
  /** Who left stays on record: the trail goes on naming them. */
  readonly state: 'member' | 'left';
};

export const ORGANISATION = 'organisation';
export const MEMBER = 'member';
