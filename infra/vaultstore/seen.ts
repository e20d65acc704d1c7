import type { IsoTime } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';
import { isOver } from '#vault/seen-week.ts';
import { truncateWithin } from './database.ts';
import type { IdentityRows } from './identity-rows.ts';
import { destroySecrets } from './keyring-destroy.ts';
import type { Keyring } from './keyring.ts';
import { seenKey, type Tags } from './tags.ts';
import { bytesOf, hexOf, textOf } from './values.ts';

type Parts = { readonly identity: IdentityRows; readonly keyring: Keyring; readonly tags: Tags };

/** Destroys the weekly keys whose time is over, then their tags. @returns keys destroyed */
export const expireSeen = async ({ identity, keyring, tags }: Parts, now: IsoTime): Promise<number> => {
  const expired = livingWeeks(keyring).filter(({ week }) => isOver(week, Date.parse(now)));
  if (expired.length === 0) return 0;
  await destroySecrets(
    keyring,
    expired.map(({ tenant, week }) => seenKey(tenant, week)),
    now,
    null,
  );
  tags.clear();
  identity.database.transact(() => {
    for (const { tenant, week } of expired) identity.forgetWeek(tenant, week);
  });
  if (await truncateWithin(identity.database)) return expired.length;
  throw new VaultFault('VAULT_NOT_REMOVED', 'expected identity.db to give up its old pages, another reader still holds them: try again');
};

const livingWeeks = ({ database }: Keyring): readonly { readonly tenant: string; readonly week: number }[] =>
  database
    .prepare(`SELECT tenant, CAST(name AS TEXT) AS week FROM keys WHERE kind = 'seen' AND destroyed_at IS NULL`)
    .all()
    .map((row) => ({ tenant: hexOf(bytesOf(row, 'tenant')), week: Number(textOf(row, 'week')) }));
