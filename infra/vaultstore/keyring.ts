import type { KeyObject } from 'node:crypto';
import type { IsoTime } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';
import { keyCommitment, keyObject, SECRET_BYTES } from '#vault/keys.ts';
import { NONCE_BYTES } from '#vault/box.ts';
import type { RandomBytes } from '#vault/random.ts';
import { type SecretKind, type SecretName, unwrapSecret, wrapSecret } from '#vault/wrap.ts';
import type { Row } from './database.ts';
import { createKeyCache } from './key-cache.ts';
import type { OpenKeyring } from './keyring-file.ts';
import { bytesOf, hexOf, idBytes, numberOf, textOf } from './values.ts';

/** Which secret: `name` is a subject id, `class/period`, `field/purpose` or empty. */
export type Wanted = { readonly kind: SecretKind; readonly tenant: string; readonly name: string };

export type FoundSecret =
  | { readonly kind: 'active'; readonly keyId: string; readonly secret: Uint8Array }
  | { readonly kind: 'destroyed'; readonly row: Row }
  | { readonly kind: 'missing' }
  /** The row is there, but does not unwrap under this root key. */
  | { readonly kind: 'locked' };

export type Keyring = ReturnType<typeof createKeyring>;

const SHARES = 1;
const KEY_ID_BYTES = 16;

/** Rows of wrapped secrets: looked up by name, minted when wanted, never minted again once destroyed. */
export const createKeyring = ({ database, root }: OpenKeyring, random: RandomBytes, now: () => IsoTime) => {
  const select = database.prepare(
    'SELECT k.*, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = ? AND tenant = ? AND name = ?',
  );
  const insertSecret = database.prepare('INSERT INTO secrets(wrapped) VALUES (?)');
  const insertKey = database.prepare(
    `INSERT INTO keys(id, kind, tenant, name, key_id, shares, commitment, created_at) VALUES (last_insert_rowid(), ?, ?, ?, ?, ${String(SHARES)}, ?, ?)`,
  );
  const selectDestroyed = database.prepare('SELECT 1 FROM keys WHERE commitment = ? AND destroyed_at IS NOT NULL');
  const tenantKeys = createKeyCache<KeyObject>();

  const rowOf = ({ kind, tenant, name }: Wanted): Row | undefined => select.get(kind, idBytes(tenant), nameBytes(kind, name));

  /** The key that wraps secrets of this kind: the root key, or the tenant's own, minted inside the running transaction when `mint`. */
  const wrapperOf = (wanted: Wanted, mint: boolean): KeyObject | null => {
    if (wanted.kind === 'tenant' || wanted.kind === 'signing') return root;
    const cached = tenantKeys.get(wanted.tenant, '');
    if (cached !== undefined) return cached;
    const own: Wanted = { kind: 'tenant', tenant: wanted.tenant, name: '' };
    let found = find(own);
    if (found.kind === 'missing' && mint) {
      provision(own, random(SECRET_BYTES));
      found = find(own);
    }
    if (found.kind !== 'active') return null;
    const key = keyObject(found.secret);
    found.secret.fill(0);
    tenantKeys.set(wanted.tenant, '', key);
    return key;
  };

  const find = (wanted: Wanted): FoundSecret => {
    const row = rowOf(wanted);
    if (row === undefined) return { kind: 'missing' };
    if (row['destroyed_at'] !== null) return { kind: 'destroyed', row };
    const wrapper = wrapperOf(wanted, false);
    const keyId = hexOf(bytesOf(row, 'key_id'));
    const name: SecretName = { ...wanted, keyId, shares: numberOf(row, 'shares') };
    const secret = wrapper === null ? null : unwrapSecret(wrapper, name, bytesOf(row, 'wrapped'), bytesOf(row, 'commitment'));
    return secret === null ? { kind: 'locked' } : { kind: 'active', keyId, secret };
  };

  /**
   * Stores a secret under a name, inside the running transaction; `secret` is overwritten.
   * Throws `VAULT_KEY_DESTROYED` for a secret that was destroyed before, whatever name it comes under.
   */
  const provision = (wanted: Wanted, secret: Uint8Array): void => {
    const commitment = keyCommitment(secret);
    if (selectDestroyed.get(commitment) !== undefined) {
      throw new VaultFault('VAULT_KEY_DESTROYED', 'expected a new secret, got one that was destroyed: it stays destroyed');
    }
    const keyId = random(KEY_ID_BYTES);
    const wrapper = wrapperOf(wanted, true);
    if (wrapper === null) throw locked();
    insertSecret.run(wrapSecret(wrapper, { ...wanted, keyId: hexOf(keyId), shares: SHARES }, secret, random(NONCE_BYTES)));
    insertKey.run(wanted.kind, idBytes(wanted.tenant), nameBytes(wanted.kind, wanted.name), keyId, commitment, now());
    secret.fill(0);
  };

  /** Mints what is missing, all in one transaction, durable on return. What was destroyed stays as it is. */
  const ensure = (wanted: readonly Wanted[]): void => {
    const missing = wanted.filter((one) => rowOf(one) === undefined);
    if (missing.length === 0) return;
    database.transact(() => {
      for (const one of missing) if (rowOf(one) === undefined) provision(one, random(SECRET_BYTES));
    });
  };

  /** The secret under a name, minted on first use. Throws `VAULT_KEY_DAMAGED` when it does not unwrap, `VAULT_KEY_DESTROYED` when gone. */
  const need = (wanted: Wanted): { readonly keyId: string; readonly secret: Uint8Array; readonly createdAt: string } => {
    ensure([wanted]);
    const found = find(wanted);
    switch (found.kind) {
      case 'active':
        return { keyId: found.keyId, secret: found.secret, createdAt: textOf(rowOf(wanted) ?? {}, 'created_at') };
      case 'destroyed':
        throw new VaultFault('VAULT_KEY_DESTROYED', `expected a living ${wanted.kind} key, got one that was destroyed`);
      case 'missing':
      case 'locked':
        throw locked();
    }
  };

  const listeners: (() => void)[] = [];
  let version = database.dataVersion();
  return {
    database,
    random,
    rowOf,
    find,
    provision,
    ensure,
    need,
    /** Call before a batch: when another process has changed the keyring, cached keys may be of destroyed secrets and are dropped. */
    refresh: (): void => {
      const before = version;
      version = database.dataVersion();
      if (before === version) return;
      tenantKeys.clear();
      for (const listener of listeners) listener();
    },
    onChange: (listener: () => void): void => {
      listeners.push(listener);
    },
    close: (): void => {
      tenantKeys.clear();
      database.close();
    },
  };
};

const nameBytes = (kind: SecretKind, name: string): Uint8Array => (kind === 'subject' ? idBytes(name) : Buffer.from(name));

const locked = (): VaultFault =>
  new VaultFault(
    'VAULT_KEY_DAMAGED',
    'expected a key row that unwraps under the root key, got damaged bytes: restore the keyring from a backup',
  );
