import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import type { IsoTime } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';
import type { RandomBytes } from '#vault/random.ts';
import { type Database, openDatabase } from './database.ts';
import { publishFile } from './files.ts';
import { KEYRING_SCHEMA, KEYRING_VERSION } from './keyring-schema.ts';
import { fitRoot, makeRoot, type RootKey, type RootKeySource } from './root-key.ts';
import { createRoots, insertRoot, type Roots, SELECT_ROOTS, storedRoot, type StoredRoot } from './roots.ts';
import { hexOf, textOf } from './values.ts';

export type OpenKeyring = { readonly database: Database; readonly roots: Roots };

type Ring = { readonly id: string; readonly roots: readonly StoredRoot[] };

type Options = {
  readonly file: string;
  readonly source: RootKeySource;
  readonly random: RandomBytes;
  readonly now: () => IsoTime;
  /** Payload or identity files are there: then a missing keyring is a loss, not a first start. */
  readonly othersExist: boolean;
};

/**
 * Opens the keyring, or makes it on the first start. A wrong root key is recognised from a read that changes no byte, before anything is opened.
 */
export const openKeyringFile = async (options: Options): Promise<OpenKeyring> => {
  const { file, source } = options;
  if (!existsSync(file)) {
    if (options.othersExist) {
      throw new VaultFault(
        'VAULT_KEYRING_MISSING',
        'expected the keyring that belongs to the existing payload files, got none: restore keyring.db',
      );
    }
    await createRing(options);
  }
  const ring = await readRing(file);
  const root = await livingRoot(source, ring);
  const database = openDatabase(file, KEYRING_VERSION, KEYRING_SCHEMA);
  try {
    const roots = createRoots(database, ring.id, root);
    // What was read before may have been older than the WAL: a rotation may have ended this root key meanwhile, and brought another.
    const now = { id: ring.id, roots: roots.list() };
    return { database, roots: isLiving(now, root) ? roots : createRoots(database, ring.id, await livingRoot(source, now)) };
  } catch (error) {
    database.close();
    throw error;
  }
};

/** The root key in use that the source gives. Throws `VAULT_WRONG_ROOT_KEY` when it gives none of them. */
const livingRoot = async (source: RootKeySource, ring: Ring): Promise<RootKey> => {
  const living = ring.roots.filter((one) => isLiving(ring, one));
  const root = await fitRoot(source, ring.id, living);
  if (root !== null) return root;
  throw wrongRoot(ring, await fitRoot(source, ring.id, ring.roots).catch(() => null));
};

const isLiving = (ring: Ring, { id }: Pick<RootKey, 'id'>): boolean =>
  ring.roots.some((one) => one.id === id && (one.state === 'active' || one.state === 'next'));

const wrongRoot = ({ roots }: Ring, root: RootKey | null): VaultFault => {
  const retiredAt = roots.find((one) => one.id === root?.id)?.retiredAt ?? null;
  return new VaultFault(
    'VAULT_WRONG_ROOT_KEY',
    retiredAt === null
      ? 'expected the root key under which this keyring stands, got another: nothing was opened or changed'
      : `expected the root key that took this one's place on ${retiredAt.slice(0, 10)}: set the new one; nothing was opened or changed`,
  );
};

// Complete, in its final journal mode and closed before it has its name: the rows that name the root key stand in the file itself.
const createRing = async ({ file, source, random, now }: Options): Promise<void> => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  const draft = `${file}.${String(process.pid)}.new`;
  for (const suffix of ['', '-wal', '-shm']) rmSync(`${draft}${suffix}`, { force: true });
  const id = hexOf(random(16));
  const { record } = await makeRoot(source, id, random);
  const database = openDatabase(draft, KEYRING_VERSION, KEYRING_SCHEMA);
  database.transact(() => {
    database.prepare('INSERT INTO ring VALUES (?)').run(id);
    insertRoot(database, record, 'active', now(), null);
  });
  database.truncateWal();
  database.close();
  publishFile(draft, file);
};

const READ_TRIES = 3;
const READ_PAUSE_MS = 50;

/** Another process may be moving its WAL into the file in this moment: what looks damaged is looked at again. */
const readRing = async (file: string): Promise<Ring> => {
  for (let tried = 1; ; tried += 1) {
    try {
      return readOnly(file);
    } catch (error) {
      if (tried === READ_TRIES) throw error;
      await sleep(READ_PAUSE_MS);
    }
  }
};

// `immutable`: no lock, no -shm, no -wal, no recovery. A rotation brings its rows into the file itself before it goes on.
const readOnly = (file: string): Ring => {
  const url = pathToFileURL(file);
  url.search = '?immutable=1';
  try {
    const database = new DatabaseSync(url, { readOnly: true });
    try {
      const found = Number(database.prepare('PRAGMA user_version').get()?.['user_version']);
      if (found !== KEYRING_VERSION)
        throw new VaultFault('VAULT_STORE_VERSION', `expected keyring.db of version ${String(KEYRING_VERSION)}, got ${String(found)}`);
      const id = textOf(database.prepare('SELECT id FROM ring').get() ?? {}, 'id');
      return { id, roots: database.prepare(SELECT_ROOTS).all().map(storedRoot) };
    } finally {
      database.close();
    }
  } catch (error) {
    if (error instanceof VaultFault) throw error;
    throw new VaultFault(
      'VAULT_STORE_DAMAGED',
      'expected keyring.db to be a sound keyring, got damaged bytes: restore it from a backup',
      error,
    );
  }
};
