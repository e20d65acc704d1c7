import type { AccountId, IsoTime } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';

/** Collection `account`, id = account id. */
export type AccountView = {
  readonly accountId: AccountId;
  readonly name: SealedHandle | null;
  readonly email: SealedHandle | null;
  readonly registeredAt: IsoTime;
};

export const ACCOUNT = 'account';
