import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { TenantId } from '#domain/ids.ts';
import type { Clock } from '#domain/ports.ts';
import { VaultFault } from '#vault/fault.ts';
import { checkedRandom } from '#vault/random.ts';
import { keepUp } from './keyring-keeper.ts';
import { openKeyringFile } from './keyring-file.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import type { RotationHooks } from './rewrap.ts';
import { rotateRoot, type RootRotation } from './rotate-root.ts';
import { rotateTenant } from './rotate-tenant.ts';
import type { RootKeySource } from './root-key.ts';
import type { StoredRoot } from './roots.ts';
import { bytesOf, hexOf, numberOf, textOf } from './values.ts';

export type KeysOptions = {
  readonly dataDir: string;
  readonly rootKey: RootKeySource;
  readonly clock: Clock;
  readonly holder: string | null;
};

export type RootReport = Pick<StoredRoot, 'id' | 'source' | 'state' | 'createdAt' | 'retiredAt'>;
export type KeyCount = { readonly kind: string; readonly living: number; readonly destroyed: number };
export type TenantKeys = {
  readonly tenant: string;
  /** Living tenant keys, newest first: more than one while a rotation is not finished. */
  readonly keyIds: readonly string[];
  readonly counts: readonly KeyCount[];
};

/** The keyring alone, as one more process of the data folder: for looking at it and for rotations. */
export type Keys = {
  readonly roots: () => readonly RootReport[];
  readonly tenants: () => readonly TenantKeys[];
  readonly rotateRoot: (rotation: Omit<RootRotation, 'current'>) => Promise<RootReport>;
  readonly rotateTenant: (tenant: TenantId, hooks?: RotationHooks) => Promise<boolean>;
  /** Drops every cached key of this process. */
  readonly forget: () => void;
  readonly close: () => void;
};

/** Opens an existing keyring. Throws like `createVault`, and `VAULT_KEYRING_MISSING` where there is none. */
export const openKeys = async ({ dataDir, rootKey, clock, holder }: KeysOptions): Promise<Keys> => {
  const file = join(dataDir, 'keyring', 'keyring.db');
  if (!existsSync(file))
    throw new VaultFault('VAULT_KEYRING_MISSING', 'expected a keyring in the data folder, got none: start the product once');
  const random = checkedRandom(randomBytes);
  const now = () => clock.now();
  const keyring = createKeyring(await openKeyringFile({ file, source: rootKey, random, now, othersExist: true }), random, now);
  const stop = keepUp({ keyring, sweep: keyring.sweep, holder });
  return {
    roots: () => keyring.roots.list().map(reportOf),
    tenants: () => tenantsOf(keyring),
    rotateRoot: async (rotation) => reportOf(await rotateRoot(keyring, { ...rotation, current: rootKey })),
    rotateTenant: (tenant, hooks) => rotateTenant(keyring, tenant, hooks),
    forget: keyring.forget,
    close: () => {
      stop();
      keyring.close();
    },
  };
};

const reportOf = ({ id, source, state, createdAt, retiredAt }: StoredRoot): RootReport => ({ id, source, state, createdAt, retiredAt });

const tenantsOf = (keyring: Keyring): readonly TenantKeys[] => {
  const rows = keyring.database
    .prepare(
      'SELECT tenant, kind, count(*) - count(destroyed_at) AS living, count(destroyed_at) AS destroyed FROM keys GROUP BY tenant, kind',
    )
    .all();
  const counts = new Map<string, KeyCount[]>();
  for (const row of rows) {
    const tenant = hexOf(bytesOf(row, 'tenant'));
    const count = { kind: textOf(row, 'kind'), living: numberOf(row, 'living'), destroyed: numberOf(row, 'destroyed') };
    counts.set(tenant, [...(counts.get(tenant) ?? []), count]);
  }
  return [...counts].map(([tenant, of]) => ({ tenant, keyIds: keyring.tenantKeys(tenant).map(({ id }) => id), counts: of }));
};
