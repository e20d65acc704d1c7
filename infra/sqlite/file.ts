import { accessSync, constants, existsSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { isBusy, StoreFault, toStoreFault } from './store-fault.ts';

export type SqliteFile = {
  readonly file: string;
  /** How the store is called in sentences: "the event log". */
  readonly what: string;
  /** Four bytes at a fixed place of the file that say whose it is. */
  readonly applicationId: number;
  readonly formatVersion: number;
  readonly schema: string;
  /** FULL: a commit is on the disk when it returns. NORMAL: the file stays whole, the last commits may be lost with the power. */
  readonly synchronous: 'FULL' | 'NORMAL';
  /** Page cache of this connection, in kB; filled as it is used. */
  readonly cacheKb?: number;
};

/**
 * WAL pages (of 4 kB) after which they move to the main file. More pages mean fewer and longer pauses: 4,000–10,000 cut the p99 of groups
 * of 16–64 against SQLite's 1,000; the smaller of them keeps the single pause shorter (`infra/decisions/0010-event-store.md`).
 */
export const WAL_CHECKPOINT_PAGES = 4_000;
/** After a burst the WAL file is cut back to this size. */
const WAL_KEPT_BYTES = 64 * 1024 * 1024;
/** Page cache unless the store says otherwise, in kB (negative means kB to SQLite). */
const CACHE_KB = 32_000;

/** Opens or creates a file in WAL mode and checks that it is ours, of a format that we know, and sound at its head. */
export const openSqliteFile = (options: SqliteFile): DatabaseSync => {
  let db: DatabaseSync | null = null;
  try {
    db = new DatabaseSync(options.file, { timeout: 0 });
    prepareFile(db, options);
    return db;
  } catch (error) {
    db?.close();
    throw openFault(options, error);
  }
};

/**
 * Opens a file for writing that was made before. Unlike `openSqliteFile` it never waits for a writer: that one may be of this thread, in
 * the middle of a long transaction.
 */
export const openMadeSqliteFile = (options: Omit<SqliteFile, 'schema'>): DatabaseSync => {
  let db: DatabaseSync | null = null;
  try {
    const made = pathToFileURL(options.file);
    made.searchParams.set('mode', 'rw');
    const opened = (db = new DatabaseSync(made, { timeout: 0 }));
    retryWhileBusy(() => checkIdentity(opened, options));
    setUp(db, options);
    return db;
  } catch (error) {
    db?.close();
    throw openFault(options, error);
  }
};

/**
 * Opens a file beside its writers without ever writing to it, and checks the same. A file that does not exist yet is made first: whoever
 * reads may be started before whoever writes.
 */
export const openSqliteFileForReading = (options: SqliteFile): DatabaseSync => {
  let db: DatabaseSync | null = null;
  try {
    if (!existsSync(options.file)) openSqliteFile(options).close();
    db = new DatabaseSync(isAtRest(options.file) ? asImmutable(options.file) : options.file, { readOnly: true, timeout: 0 });
    if (isNewFile(db)) openSqliteFile(options).close();
    checkIdentity(db, options);
    db.exec(`PRAGMA cache_size = -${String(options.cacheKb ?? CACHE_KB)}; PRAGMA temp_store = MEMORY`);
    return db;
  } catch (error) {
    db?.close();
    throw openFault(options, error);
  }
};

const prepareFile = (db: DatabaseSync, options: SqliteFile): void => {
  // Another process may be creating the same file at this moment.
  retryWhileBusy(() => db.exec('PRAGMA journal_mode = WAL'));
  setUp(db, options);
  if (!isNewFile(db)) {
    checkIdentity(db, options);
    // A start must not wait for the write lock, which a frozen process may hold, when there is nothing to make.
    if (holdsAll(db, options.schema)) return db.exec(pragmasOf(options.schema));
  }
  retryWhileBusy(() => db.exec('BEGIN IMMEDIATE'));
  if (isNewFile(db)) {
    db.exec(`PRAGMA application_id = ${String(options.applicationId)}`);
    db.exec(`PRAGMA user_version = ${String(options.formatVersion)}`);
  }
  checkIdentity(db, options);
  db.exec(options.schema);
  db.exec('COMMIT');
};

const setUp = (db: DatabaseSync, options: Omit<SqliteFile, 'schema'>): void => {
  db.exec(`PRAGMA synchronous = ${options.synchronous}`);
  db.exec(`PRAGMA wal_autocheckpoint = ${String(WAL_CHECKPOINT_PAGES)}`);
  db.exec(`PRAGMA journal_size_limit = ${String(WAL_KEPT_BYTES)}`);
  db.exec(`PRAGMA cache_size = -${String(options.cacheKb ?? CACHE_KB)}`);
  db.exec('PRAGMA temp_store = MEMORY');
};

/**
 * On a disk that is read-only SQLite cannot make the index of a WAL, and a file whose writers have all closed has none: it can be read as
 * something that does not change. With a WAL beside it that would be wrong, for the WAL would not be seen.
 */
const isAtRest = (file: string): boolean => {
  try {
    accessSync(dirname(file), constants.W_OK);
    return false;
  } catch {
    return !existsSync(`${file}-wal`);
  }
};

const asImmutable = (file: string): URL => {
  const url = pathToFileURL(file);
  url.searchParams.set('immutable', '1');
  return url;
};

/** Whoever opens a file first after a crash recovers its WAL index; others are held up for that moment. */
const isNewFile = (db: DatabaseSync): boolean => {
  let found = false;
  retryWhileBusy(() => {
    found = pragmaNumber(db, 'application_id') === 0 && pragmaNumber(db, 'user_version') === 0 && tableCount(db) === 0;
  });
  return found;
};

const checkIdentity = (db: DatabaseSync, options: Omit<SqliteFile, 'schema'>): void => {
  const owner = pragmaNumber(db, 'application_id');
  const version = pragmaNumber(db, 'user_version');
  if (owner !== options.applicationId) {
    throw new StoreFault('STORE_FORMAT_UNKNOWN', `The file of ${options.what} belongs to another program: choose another data folder.`);
  }
  if (version !== options.formatVersion) {
    const versions = `${String(options.formatVersion)}, got ${String(version)}`;
    throw new StoreFault('STORE_FORMAT_UNKNOWN', `The file of ${options.what} has another format: expected ${versions}.`);
  }
};

const pragmaNumber = (db: DatabaseSync, name: string): number => Number(db.prepare(`PRAGMA ${name}`).get()?.[name] ?? 0);

const CREATED = /CREATE\s+(?:TABLE|(?:UNIQUE\s+)?INDEX)\s+IF\s+NOT\s+EXISTS\s+"?([\w.]+)"?/gi;

/** Whether everything that the schema makes is there. */
const holdsAll = (db: DatabaseSync, schema: string): boolean => {
  const found = new Set(
    db
      .prepare('SELECT name FROM sqlite_schema')
      .all()
      .map((row) => row['name']),
  );
  return [...schema.matchAll(CREATED)].every(([, name]) => found.has(name));
};

/** What a schema sets for the connection alone. */
const pragmasOf = (schema: string): string => (schema.match(/PRAGMA\s[^;]*;/gi) ?? []).join('');

const tableCount = (db: DatabaseSync): number => Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] ?? 0);

/** With the pause 20 s: longer than a process that is frozen for a moment keeps others out. */
const OPEN_TRIES = 2_000;
const OPEN_PAUSE_MS = 10;

export const retryWhileBusy = (run: () => void): void => {
  for (let tries = 1; ; tries += 1) {
    try {
      return run();
    } catch (error) {
      if (!isBusy(error) || tries >= OPEN_TRIES) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, OPEN_PAUSE_MS);
    }
  }
};

/** SQLite says only "unable to open": the folder tells why. */
const openFault = (options: Omit<SqliteFile, 'schema'>, error: unknown): StoreFault => {
  const fault = toStoreFault(options.what, error);
  if (fault.code !== 'STORE_UNAVAILABLE') return fault;
  try {
    accessSync(dirname(options.file), constants.W_OK);
  } catch {
    return new StoreFault(
      'STORE_READ_ONLY',
      `The folder of ${options.what} is missing or cannot be written: check the path, the disk and the permissions.`,
      {
        cause: error,
      },
    );
  }
  return fault;
};
