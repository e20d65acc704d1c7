import type { KeyObject } from 'node:crypto';
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { VaultFault } from '#vault/fault.ts';
import type { RandomBytes } from '#vault/random.ts';
import { type Database, openDatabase, type Row } from './database.ts';
import { publishFile } from './files.ts';
import { isRootOf, loadRootKey, newScrypt, rootCheck, type RootKeySource, type Scrypt } from './root-key.ts';
import { bytesOf, hexOf, numberOf, textOf } from './values.ts';

const VERSION = 1;

/**
 * Wrapped secrets stand in a table of their own, in rows of one size that are appended, overwritten in place and never moved or deleted:
 * a destroyed secret then has had one place in the file only. The triggers keep a destroyed key destroyed, whoever writes.
 */
const SCHEMA = `
CREATE TABLE ring(
  id TEXT NOT NULL, root_check BLOB NOT NULL, salt BLOB NOT NULL, cost INTEGER NOT NULL, block_size INTEGER NOT NULL, parallelization INTEGER NOT NULL
) STRICT;
CREATE TABLE secrets(id INTEGER PRIMARY KEY, wrapped BLOB NOT NULL CHECK(length(wrapped) = 105)) STRICT;
CREATE TABLE keys(
  id INTEGER PRIMARY KEY REFERENCES secrets(id), kind TEXT NOT NULL, tenant BLOB NOT NULL, name BLOB NOT NULL,
  key_id BLOB NOT NULL, shares INTEGER NOT NULL CHECK(shares = 1), commitment BLOB NOT NULL, created_at TEXT NOT NULL,
  destroyed_at TEXT, erasure TEXT, certificate TEXT, needle BLOB,
  UNIQUE(kind, tenant, name)
) STRICT;
CREATE INDEX destroyed_keys ON keys(commitment) WHERE destroyed_at IS NOT NULL;
CREATE TRIGGER no_return BEFORE INSERT ON keys
  WHEN NEW.destroyed_at IS NULL AND EXISTS (SELECT 1 FROM keys WHERE commitment = NEW.commitment AND destroyed_at IS NOT NULL)
  BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER stays_destroyed BEFORE UPDATE ON keys WHEN OLD.destroyed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER keeps_record BEFORE DELETE ON keys WHEN OLD.destroyed_at IS NOT NULL BEGIN SELECT RAISE(ABORT, 'destroyed'); END;
CREATE TRIGGER no_refill BEFORE UPDATE ON secrets
  WHEN NEW.wrapped <> zeroblob(105) AND EXISTS (SELECT 1 FROM keys WHERE id = OLD.id AND destroyed_at IS NOT NULL)
  BEGIN SELECT RAISE(ABORT, 'destroyed'); END;`;

export type OpenKeyring = { readonly database: Database; readonly root: KeyObject };

type Ring = { readonly id: string; readonly check: Uint8Array; readonly kdf: Scrypt };

/**
 * Opens the keyring, or makes it on the first start. A wrong root key is recognised from a read that changes no byte, before anything is opened.
 * @param othersExist payload or identity files are there: then a missing keyring is a loss, not a first start.
 */
export const openKeyringFile = async (
  file: string,
  source: RootKeySource,
  random: RandomBytes,
  othersExist: boolean,
): Promise<OpenKeyring> => {
  const fresh = !existsSync(file);
  if (fresh && othersExist) {
    throw new VaultFault(
      'VAULT_KEYRING_MISSING',
      'expected the keyring that belongs to the existing payload files, got none: restore keyring.db',
    );
  }
  const kdf = fresh ? newScrypt(random) : readRing(file).kdf;
  const root = await loadRootKey(source, fresh, kdf, random);
  if (fresh) createRing(file, root, kdf, random);
  const ring = readRing(file);
  if (!isRootOf(root, ring.id, ring.check)) {
    throw new VaultFault(
      'VAULT_WRONG_ROOT_KEY',
      'expected the root key under which this keyring was made, got another: nothing was opened or changed',
    );
  }
  return { database: openDatabase(file, VERSION, SCHEMA), root };
};

// Complete, in its final journal mode and closed before it has its name: the ring's row always stands in the file itself, never in a WAL.
const createRing = (file: string, root: KeyObject, kdf: Scrypt, random: RandomBytes): void => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${String(process.pid)}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
  const id = hexOf(random(16));
  const database = openDatabase(draft, VERSION, SCHEMA);
  database.transact(() =>
    database
      .prepare('INSERT INTO ring VALUES (?, ?, ?, ?, ?, ?)')
      .run(id, rootCheck(root, id), kdf.salt, kdf.cost, kdf.blockSize, kdf.parallelization),
  );
  database.truncateWal();
  database.close();
  publishFile(draft, file);
};

// `immutable`: no lock, no -shm, no -wal, no recovery; the row was written once and never moves.
const readRing = (file: string): Ring => {
  const row = readOnly(file);
  const cost = { salt: bytesOf(row, 'salt'), cost: numberOf(row, 'cost'), blockSize: numberOf(row, 'block_size') };
  return { id: textOf(row, 'id'), check: bytesOf(row, 'root_check'), kdf: { ...cost, parallelization: numberOf(row, 'parallelization') } };
};

const readOnly = (file: string): Row => {
  const url = pathToFileURL(file);
  url.search = '?immutable=1';
  let row: Row | undefined;
  try {
    const database = new DatabaseSync(url, { readOnly: true });
    try {
      row = database.prepare('SELECT * FROM ring').get();
    } finally {
      database.close();
    }
  } catch (error) {
    throw new VaultFault(
      'VAULT_STORE_DAMAGED',
      'expected keyring.db to be a sound keyring, got damaged bytes: restore it from a backup',
      error,
    );
  }
  if (row === undefined)
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected keyring.db to name its root key, got an empty table: restore it');
  return row;
};
