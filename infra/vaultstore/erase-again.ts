import type { SubjectId, TenantId } from '#domain/ids.ts';
import { SECRET_BYTES } from '#vault/keys.ts';
import type { DestroyedKey, Vault } from '#vault/vault.ts';
import type { DataKeys } from './data-keys.ts';
import type { IdentityRows } from './identity-rows.ts';
import { destroySecrets } from './keyring-destroy.ts';
import type { Keyring, Wanted } from './keyring.ts';
import type { Payloads } from './payload-rows.ts';
import { idBytes, numberOf } from './values.ts';

type Parts = {
  readonly keyring: Keyring;
  readonly dataKeys: DataKeys;
  readonly payloads: Payloads;
  readonly identity: IdentityRows;
};

/** For the start, when files may be older than the log: sees what of an erased person is back, and ends it again. */
export const createReturns = ({ keyring, dataKeys, payloads, identity }: Parts): Pick<Vault, 'remains' | 'destroyAgain'> => {
  const restate = keyring.database.prepare('UPDATE keys SET key_id = ?, commitment = ?, created_at = ? WHERE id = ?');

  /** No row at all: the file is from before the person came. A row with the commitment of then takes the place, for a secret of now. */
  const recordAnew = (wanted: Wanted, { keyId, commitment, createdAt }: DestroyedKey): void => {
    if (keyring.rowOf(wanted) !== undefined) return;
    keyring.provision(wanted, keyring.random(SECRET_BYTES));
    restate.run(idBytes(keyId), Buffer.from(commitment, 'hex'), createdAt, numberOf(keyring.rowOf(wanted) ?? {}, 'id'));
  };

  return {
    remains: async (tenant, subject) => {
      const row = keyring.rowOf(keyOf(tenant, subject));
      const key = row === undefined ? 'unrecorded' : row['destroyed_at'] === null ? 'usable' : 'destroyed';
      const rows = Object.values(payloads.preview(tenant, subject)).reduce((sum, count) => sum + count, 0);
      const fenced = payloads.fence(tenant, subject) !== null && identity.fence(tenant, subject) !== null;
      return { key, fenced, payloads: rows, identityRows: identity.rowsOf(tenant, subject) };
    },
    destroyAgain: async (tenant, subject, mark, key) => {
      const wanted = keyOf(tenant, subject);
      payloads.setFence(tenant, subject, mark);
      identity.setFence(tenant, subject);
      await destroySecrets(keyring, [wanted], key.destroyedAt, mark, () => {
        recordAnew(wanted, key);
        return [];
      });
      dataKeys.purge(tenant, subject);
    },
  };
};

const keyOf = (tenant: TenantId, subject: SubjectId): Wanted => ({ kind: 'subject', tenant, name: subject });
