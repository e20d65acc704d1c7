import { VaultFault } from '#vault/fault.ts';
import { SECRET_BYTES } from '#vault/keys.ts';
import { destroySecrets } from './keyring-destroy.ts';
import type { Keyring } from './keyring.ts';
import type { Wrapper } from './wrappers.ts';
import { assertNothingUnder, rewrap, type RotationHooks, standingUnder, UNDER_TENANT } from './rewrap.ts';

/**
 * Gives an organisation a new tenant key: mint it, wrap everything anew, see that no old wrapping is left, destroy the old key. New secrets
 * come under the new key from its minting on; both open until the end. Goes on where an earlier call was stopped.
 * @returns false when the organisation has no key
 */
export const rotateTenant = async (keyring: Keyring, tenant: string, hooks: RotationHooks = {}): Promise<boolean> => {
  const scope = { kinds: UNDER_TENANT, tenant };
  const isKnown = keyring.database.transact(() => {
    const [newest, ...older] = keyring.tenantKeys(tenant);
    if (newest === undefined) return false;
    const generation = String(Number(newest.generation) + 1);
    // Two living ones: an earlier rotation was stopped, its new key is the one to go to.
    if (older.length === 0) keyring.provision({ kind: 'tenant', tenant, name: generation }, keyring.random(SECRET_BYTES));
    return true;
  });
  if (!isKnown) return false;
  hooks.onStep?.('minted');
  const [newest, ...older] = keyring.tenantKeys(tenant).map(({ id, generation }) => ({ ...needWrapper(keyring, tenant, id), generation }));
  for (const old of older) {
    if (newest === undefined) break;
    await rewrap(keyring, scope, old, newest, hooks);
    await assertNothingUnder(keyring, scope, old);
    hooks.onStep?.('searched');
    await destroySecrets(keyring, [{ kind: 'tenant', tenant, name: old.generation }], keyring.now(), null, () => {
      if (standingUnder(keyring, scope, old.id).length > 0)
        throw new VaultFault('VAULT_ROTATION_REFUSED', 'expected nothing under the old key any more, got a row: call the rotation again');
      return [];
    });
    hooks.onStep?.('destroyed');
  }
  return true;
};

const needWrapper = (keyring: Keyring, tenant: string, id: string): Wrapper => {
  const key = keyring.wrapperOf('subject', tenant, id);
  if (key !== null) return { id, key };
  throw new VaultFault(
    'VAULT_KEY_DAMAGED',
    'expected a tenant key that unwraps under the root key, got damaged bytes: restore the keyring',
  );
};
