import type { IsoTime } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';
import { keyCommitment, SECRET_BYTES } from '#vault/keys.ts';
import { NONCE_BYTES } from '#vault/box.ts';
import type { RandomBytes } from '#vault/random.ts';
import { type SecretKind, wrapSecret } from '#vault/wrap.ts';
import type { Database, Row } from './database.ts';
import type { OpenKeyring } from './keyring-file.ts';
import { bytesOf, hexOf, idBytes, numberOf, textOf } from './values.ts';
import { createWrappers, nameBytes, WRAPPED_BY, type Wrapper } from './wrappers.ts';

/** Which secret: `name` is a subject id, `class/period`, `field/purpose`, a matter, or empty. */
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

/** Rows of wrapped secrets: looked up by name, minted when wanted, never minted again once destroyed. Each row names the key it stands under. */
export const createKeyring = ({ database, roots }: OpenKeyring, random: RandomBytes, now: () => IsoTime) => {
  const select = database.prepare(
    'SELECT k.*, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = ? AND tenant = ? AND name = ?',
  );
  const selectAnyTenantKey = database.prepare(`SELECT 1 FROM keys WHERE kind = 'tenant' AND tenant = ?`);
  const insertSecret = database.prepare('INSERT INTO secrets(wrapped) VALUES (?)');
  const insertKey = database.prepare(
    `INSERT INTO keys(id, kind, tenant, name, key_id, wrapper, shares, commitment, created_at) VALUES (last_insert_rowid(), ?, ?, ?, ?, ?, ${String(SHARES)}, ?, ?)`,
  );
  const selectDestroyed = database.prepare('SELECT 1 FROM keys WHERE commitment = ? AND destroyed_at IS NOT NULL');
  const { unwrapRow, wrapperOf, tenantKeys, ...cache } = createWrappers({ database, roots });

  const rowOf = ({ kind, tenant, name }: Wanted): Row | undefined => select.get(kind, idBytes(tenant), nameBytes(kind, name));

  /** The key under which a new secret comes, the tenant's own minted inside the running transaction when it never had one. */
  const currentWrapper = ({ kind, tenant }: Wanted): Wrapper | null => {
    if (WRAPPED_BY[kind] === null) return roots.current();
    if (selectAnyTenantKey.get(idBytes(tenant)) === undefined) provision({ kind: 'tenant', tenant, name: '' }, random(SECRET_BYTES));
    const [newest] = tenantKeys(tenant);
    const key = newest === undefined ? null : wrapperOf('subject', tenant, newest.id);
    return newest === undefined || key === null ? null : { id: newest.id, key };
  };

  const find = (wanted: Wanted): FoundSecret => {
    const row = rowOf(wanted);
    if (row === undefined) return { kind: 'missing' };
    if (row['destroyed_at'] !== null) return { kind: 'destroyed', row };
    const secret = unwrapRow(wanted.kind, wanted.tenant, row);
    return secret === null ? { kind: 'locked' } : { kind: 'active', keyId: hexOf(bytesOf(row, 'key_id')), secret };
  };

  /**
   * Stores a secret under a name, inside the running transaction; `secret` is overwritten.
   * Throws `VAULT_KEY_DESTROYED` for a secret that was destroyed before, whatever name it comes under.
   * @param under the key of a hold, for what stands under one
   */
  const provision = (wanted: Wanted, secret: Uint8Array, under?: Wrapper): void => {
    const commitment = keyCommitment(secret);
    if (selectDestroyed.get(commitment) !== undefined) {
      throw new VaultFault('VAULT_KEY_DESTROYED', 'expected a new secret, got one that was destroyed: it stays destroyed');
    }
    const keyId = random(KEY_ID_BYTES);
    const wrapper = under ?? currentWrapper(wanted);
    if (wrapper === null) throw locked();
    insertSecret.run(wrapSecret(wrapper.key, { ...wanted, keyId: hexOf(keyId), shares: SHARES }, secret, random(NONCE_BYTES)));
    const name = nameBytes(wanted.kind, wanted.name);
    insertKey.run(wanted.kind, idBytes(wanted.tenant), name, keyId, idBytes(wrapper.id), commitment, now());
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

  const watch = createWatch(database);
  watch.onChange(() => {
    roots.reload();
    cache.clear();
  });
  return {
    database,
    random,
    now,
    roots,
    rowOf,
    find,
    provision,
    ensure,
    need,
    wrapperOf,
    tenantKeys,
    ...watch,
    sweep: cache.sweep,
    close: (): void => {
      cache.clear();
      roots.clear();
      database.close();
    },
  };
};

/** Notices what other processes have destroyed. */
const createWatch = (database: Database) => {
  const select = database.prepare('SELECT value FROM epoch');
  const epochNow = (): number => numberOf(select.get() ?? {}, 'value');
  const listeners: (() => void)[] = [];
  let version = database.dataVersion();
  let epoch = epochNow();
  const forget = (): void => {
    for (const listener of listeners) listener();
  };
  return {
    /**
     * Call before a batch: when another process has destroyed something, cached keys may be of it and all are dropped. What others only add
     * or wrap anew leaves them as good as they were.
     */
    refresh: (): void => {
      const before = version;
      version = database.dataVersion();
      if (before === version) return;
      const last = epoch;
      epoch = epochNow();
      if (last !== epoch) forget();
    },
    /** Drops every cached key of this process, and learns of root keys anew. */
    forget,
    onChange: (listener: () => void): void => {
      listeners.push(listener);
    },
  };
};

const locked = (): VaultFault =>
  new VaultFault(
    'VAULT_KEY_DAMAGED',
    'expected a key row that unwraps under the root key, got damaged bytes: restore the keyring from a backup',
  );
