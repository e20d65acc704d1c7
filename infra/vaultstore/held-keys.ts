import type { KeyObject } from 'node:crypto';
import { keyObject } from '#vault/keys.ts';
import type { SealContext } from '#vault/vault.ts';
import type { Keyring, Wanted } from './keyring.ts';
import { bytesOf, hexOf, idBytes } from './values.ts';

type Cell = Pick<SealContext, 'tenant' | 'subject' | 'class' | 'period'>;

export const holdKey = (tenant: string, matter: string): Wanted => ({ kind: 'hold', tenant, name: matter });
/** The data key of one person and period, kept under the key of a hold. */
export const heldKey = (matter: string, cell: Cell): Wanted => ({
  kind: 'held',
  tenant: cell.tenant,
  name: `${matter}/${cell.subject}/${cell.class}/${cell.period}`,
});

/** Matters for which a person is under hold, oldest first. */
export const mattersOf = ({ database }: Keyring, tenant: string, subject: string): readonly string[] =>
  database
    .prepare('SELECT matter FROM hold_subjects WHERE tenant = ? AND subject = ? ORDER BY matter')
    .all(idBytes(tenant), idBytes(subject))
    .map((row) => hexOf(bytesOf(row, 'matter')));

/** What a hold kept of a period that is over, or null. */
export const heldKeyOf = (keyring: Keyring, cell: Cell): KeyObject | null => {
  for (const matter of mattersOf(keyring, cell.tenant, cell.subject)) {
    const found = keyring.find(heldKey(matter, cell));
    if (found.kind !== 'active') continue;
    const key = keyObject(found.secret);
    found.secret.fill(0);
    return key;
  }
  return null;
};
