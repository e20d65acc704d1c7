import { basename } from 'node:path';
import { closeSync, fsyncSync, openSync } from 'node:fs';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { VaultFault } from '#vault/fault.ts';

/** One SQLite file of the vault, with its statements prepared once. */
export type Database = {
  readonly file: string;
  readonly prepare: (sql: string) => Statement;
  /** Runs `work` inside `BEGIN IMMEDIATE`; durable when it returns. Reads inside see no other writer. */
  readonly transact: <T>(work: () => T) => T;
  /** Moves the WAL into the file and empties it; false while another connection still needs the old pages. */
  readonly truncateWal: () => boolean;
  /** Changes when another connection has committed. */
  readonly dataVersion: () => number;
  readonly close: () => void;
};

export type Statement = {
  readonly run: (...values: readonly SqlValue[]) => number;
  readonly get: (...values: readonly SqlValue[]) => Row | undefined;
  readonly all: (...values: readonly SqlValue[]) => readonly Row[];
};
export type SqlValue = string | number | bigint | Uint8Array | null;
export type Row = Readonly<Record<string, unknown>>;

const SQLITE_BUSY = 5;
const SQLITE_READONLY = 8;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;
/**
 * Own retry with jitter: SQLite's busy timeout starved one of two writing processes for seconds (ARCHITECTURE §5). The wait holds this thread:
 * a process that is frozen in the middle of a write must not freeze its neighbours with it for longer.
 */
const BUSY_LIMIT_MS = 2_000;
/** A start is more patient: another process may be frozen for a moment in the middle of a write. */
const OPEN_LIMIT_MS = 20_000;
const BUSY_PAUSE_MS = 0.4;
/** Larger checkpoints cut the tail at many commits per second, at the price of single longer pauses. */
const WAL_CHECKPOINT_PAGES = 4_000;

/**
 * Opens a file, creating it with `schema`. WAL, every commit synced, deleted content overwritten.
 * Throws `VAULT_STORE_DAMAGED` for bytes that are no database, `VAULT_STORE_VERSION` for a file of another version.
 */
export const openDatabase = (file: string, version: number, schema: string): Database => {
  const database = guarded(file, () => {
    const opened = new DatabaseSync(file, { timeout: OPEN_LIMIT_MS });
    opened.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON; PRAGMA foreign_keys=ON;
      PRAGMA temp_store=MEMORY; PRAGMA wal_autocheckpoint=${String(WAL_CHECKPOINT_PAGES)};`);
    return opened;
  });
  try {
    guarded(file, () => ensureSchema(database, file, version, schema));
    database.exec('PRAGMA busy_timeout=0');
  } catch (error) {
    database.close();
    throw error;
  }
  return wrap(file, database);
};

const ensureSchema = (database: DatabaseSync, file: string, version: number, schema: string): void => {
  const versionOf = (): number => Number(Object.values(database.prepare('PRAGMA user_version').get() ?? {})[0]);
  // Nothing to make: nobody needs the write lock, which a frozen process may hold.
  if (versionOf() === version) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    const found = versionOf();
    if (found === 0) database.exec(`${schema}; PRAGMA user_version=${String(version)}`);
    else if (found !== version) {
      throw new VaultFault('VAULT_STORE_VERSION', `expected ${basename(file)} of version ${String(version)}, got ${String(found)}`);
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};

const wrap = (file: string, database: DatabaseSync): Database => {
  const prepare = (sql: string): Statement => guarded(file, () => statement(file, database.prepare(sql)));
  const truncate = prepare('PRAGMA wal_checkpoint(TRUNCATE)');
  const version = prepare('PRAGMA data_version');
  return {
    file,
    prepare,
    transact: (work) => transact(file, database, work),
    truncateWal: () => {
      if (Number(truncate.get()?.['busy']) !== 0) return false;
      syncFile(`${file}-wal`); // Without it a power cut could bring the old length, and the old pages, back.
      return true;
    },
    dataVersion: () => Number(version.get()?.['data_version']),
    close: () => {
      if (database.isOpen) database.close();
    },
  };
};

const statement = (file: string, prepared: StatementSync): Statement => ({
  run: (...values) => guarded(file, () => Number(prepared.run(...values).changes)),
  get: (...values) => guarded(file, () => prepared.get(...values)),
  all: (...values) => guarded(file, () => prepared.all(...values)),
});

const transact = <T>(file: string, database: DatabaseSync, work: () => T): T => {
  begin(file, database);
  try {
    const result = work();
    guarded(file, () => {
      database.exec('COMMIT');
    });
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
};

const pauseCell = new Int32Array(new SharedArrayBuffer(4));

const begin = (file: string, database: DatabaseSync): void => {
  const until = performance.now() + BUSY_LIMIT_MS;
  for (;;) {
    try {
      database.exec('BEGIN IMMEDIATE');
      return;
    } catch (error) {
      if (errcodeOf(error) !== SQLITE_BUSY || performance.now() > until) throw asFault(file, error);
      Atomics.wait(pauseCell, 0, 0, BUSY_PAUSE_MS * (0.25 + Math.random()));
    }
  }
};

const guarded = <T>(file: string, work: () => T): T => {
  try {
    return work();
  } catch (error) {
    throw asFault(file, error);
  }
};

const errcodeOf = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;

const asFault = (file: string, error: unknown): unknown => {
  const code = errcodeOf(error);
  if (code === null) return error;
  const name = basename(file);
  if (code === SQLITE_CORRUPT || code === SQLITE_NOTADB) {
    return new VaultFault(
      'VAULT_STORE_DAMAGED',
      `expected ${name} to be a sound database of the vault, got damaged bytes: restore it from a backup`,
      error,
    );
  }
  if (code === SQLITE_BUSY)
    return new VaultFault(
      'VAULT_STORE_BUSY',
      `expected ${name} to be free within ${String(BUSY_LIMIT_MS)} ms, another process holds it`,
      error,
    );
  if (code === SQLITE_FULL)
    return new VaultFault('VAULT_STORE_FULL', `expected room for ${name}, the disk is full: nothing was written; free some space`, error);
  if (code === SQLITE_READONLY)
    return new VaultFault(
      'VAULT_STORE_READ_ONLY',
      `expected ${name} to take writes, its disk or file is read-only: nothing was written`,
      error,
    );
  return new VaultFault('VAULT_STORE_FAILED', `expected ${name} to answer, SQLite failed with code ${String(code)}`, error);
};

const syncFile = (file: string): void => {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const TRUNCATE_TRIES = 60;
const TRUNCATE_PAUSE_MS = 50;

/** Empties the WAL, waiting up to 3 s for readers; false when they stay longer: the old pages are then still there. */
export const truncateWithin = async (database: Database): Promise<boolean> => {
  for (let tried = 0; tried < TRUNCATE_TRIES; tried += 1) {
    if (database.truncateWal()) return true;
    await sleep(TRUNCATE_PAUSE_MS);
  }
  return false;
};
