import type { KeyObject } from 'node:crypto';
import { NONCE_BYTES } from '#vault/box.ts';
import { VaultFault } from '#vault/fault.ts';
import { keyObject } from '#vault/keys.ts';
import type { RandomBytes } from '#vault/random.ts';
import { type SecretName, unwrapSecret, wrapSecret } from '#vault/wrap.ts';
import type { Database, Row } from './database.ts';
import type { RootKey, RootRecord } from './root-key.ts';
import { bytesOf, hexOf, idBytes, numberOf, textOf } from './values.ts';

/**
 * `active`: the one in use. `next`: a rotation to it is under way, what is wrapped anew comes under it. `retiring`: nothing stands under it
 * any more, its own wrapped forms are being destroyed. `retired`: they are gone.
 */
export type RootState = 'active' | 'next' | 'retiring' | 'retired';
export type StoredRoot = RootRecord & { readonly state: RootState; readonly createdAt: string; readonly retiredAt: string | null };

export const SELECT_ROOTS =
  'SELECT r.*, CAST(c.bytes AS TEXT) AS wrapped_root FROM roots r LEFT JOIN ciphertexts c ON c.id = r.ciphertext ORDER BY r.rowid';

export const storedRoot = (row: Row): StoredRoot => {
  const state = ROOT_STATES.find((one) => one === row['state']);
  const source = SOURCES.find((one) => one === row['source']);
  if (state === undefined || source === undefined)
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected a root key record of a known kind: restore the keyring from a backup');
  const { salt, ...kdf } = { salt: bytesOf(row, 'salt'), cost: numberOf(row, 'cost'), blockSize: numberOf(row, 'block_size') };
  return {
    id: hexOf(bytesOf(row, 'id')),
    source,
    state,
    check: bytesOf(row, 'root_check'),
    commitment: bytesOf(row, 'commitment'),
    kdf: { salt, ...kdf, parallelization: numberOf(row, 'parallelization') },
    ciphertext: (state === 'active' || state === 'next') && typeof row['wrapped_root'] === 'string' ? row['wrapped_root'] : null,
    place: typeof row['place'] === 'string' ? row['place'] : null,
    createdAt: textOf(row, 'created_at'),
    retiredAt: typeof row['retired_at'] === 'string' ? row['retired_at'] : null,
  };
};

const ROOT_STATES = ['active', 'next', 'retiring', 'retired'] as const satisfies readonly RootState[];
const SOURCES = ['file', 'bytes', 'passphrase', 'transit'] as const;

/** Writes the record of a root key, inside the running transaction. @param bridge row of `secrets` that holds it wrapped under another root key */
export const insertRoot = (database: Database, root: RootRecord, state: RootState, at: string, bridge: number | null): void => {
  const { kdf, ciphertext } = root;
  const stored = ciphertext === null ? null : insertBytes(database, 'INSERT INTO ciphertexts(bytes) VALUES (?)', Buffer.from(ciphertext));
  database
    .prepare('INSERT INTO roots VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, ?, NULL)')
    .run(
      ...[idBytes(root.id), root.source, root.check, root.commitment, kdf.salt, kdf.cost, kdf.blockSize, kdf.parallelization],
      ...[stored, root.place, state, at, bridge],
    );
};

/** Stores one root key wrapped under another. @returns its row of `secrets` */
export const insertBridge = (database: Database, under: KeyObject, ringId: string, root: RootKey, random: RandomBytes): number => {
  const secret = root.key.export();
  const wrapped = wrapSecret(under, bridgeName(ringId, root.id), secret, random(NONCE_BYTES));
  secret.fill(0);
  return insertBytes(database, 'INSERT INTO secrets(wrapped) VALUES (?)', wrapped);
};

const insertBytes = (database: Database, sql: string, bytes: Uint8Array): number => {
  database.prepare(sql).run(bytes);
  return numberOf(database.prepare('SELECT last_insert_rowid() AS id').get() ?? {}, 'id');
};

const bridgeName = (ringId: string, rootId: string): SecretName => ({ kind: 'root', tenant: ringId, name: '', keyId: rootId, shares: 1 });

export type Roots = ReturnType<typeof createRoots>;

/**
 * The root keys that this process knows: the one it was started with, and during a rotation the other, which each of the two gives by the
 * bridge between them. So a process needs no new setting while a rotation goes on under it.
 */
export const createRoots = (database: Database, ringId: string, first: RootKey) => {
  const known = new Map<string, KeyObject>([[first.id, first.key]]);
  const living = database.prepare(
    `SELECT r.id, r.commitment, r.state, s.wrapped FROM roots r LEFT JOIN secrets s ON s.id = r.bridge
      WHERE r.state IN ('active', 'next') ORDER BY r.state = 'next' DESC`,
  );

  /** Learns what a rotation has brought, and forgets what it has ended. */
  const reload = (): void => {
    const rows = living.all();
    const ids = rows.map((row) => hexOf(bytesOf(row, 'id')));
    for (const row of rows) {
      const id = hexOf(bytesOf(row, 'id'));
      const wrapped = row['wrapped'];
      if (known.has(id) || !(wrapped instanceof Uint8Array)) continue;
      for (const other of ids) {
        const under = other === id ? undefined : known.get(other);
        const secret = under === undefined ? null : unwrapSecret(under, bridgeName(ringId, id), wrapped, bytesOf(row, 'commitment'));
        if (secret === null) continue;
        known.set(id, keyObject(secret));
        secret.fill(0);
      }
    }
    for (const id of known.keys()) if (!ids.includes(id)) known.delete(id);
  };

  return {
    ringId,
    reload,
    /** Null for a key that was destroyed, or that nothing gives. */
    get: (id: string): KeyObject | null => {
      if (!known.has(id)) reload();
      return known.get(id) ?? null;
    },
    /** Under which a new wrapping comes; read inside the transaction that writes it. */
    current: (): RootKey | null => {
      const row = living.get();
      const id = row === undefined ? '' : hexOf(bytesOf(row, 'id'));
      if (!known.has(id)) reload();
      const key = known.get(id);
      return key === undefined ? null : { id, key };
    },
    /** All records, oldest first. */
    list: (): readonly StoredRoot[] => database.prepare(SELECT_ROOTS).all().map(storedRoot),
    clear: (): void => {
      known.clear();
    },
  };
};
