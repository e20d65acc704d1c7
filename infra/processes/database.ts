import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openSqliteFile } from '#infra/sqlite/file.ts';
import { isBusy, StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';
import { rollBack } from '#infra/sqlite/write-lock.ts';

export const WHAT = 'the list of processes';
/** `VCPR` in ASCII. */
const APPLICATION_ID = 0x56435052;
const FORMAT_VERSION = 1;

/**
 * Working state, not history: while no process runs the file may be deleted. Times (`beat`, `renewed`) are milliseconds of the machine's
 * monotonic clock. Ids, numbers and times only.
 */
const SCHEMA = `
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS process (
    id TEXT PRIMARY KEY, pid INTEGER NOT NULL, roles TEXT NOT NULL, keys INTEGER NOT NULL, started_at TEXT NOT NULL, beat INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS lease (
    name TEXT PRIMARY KEY, token INTEGER NOT NULL, holder TEXT, renewed INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS question (
    id INTEGER PRIMARY KEY AUTOINCREMENT, asker TEXT NOT NULL, tenant TEXT NOT NULL, subject TEXT NOT NULL, erasure TEXT NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS answer (
    question INTEGER NOT NULL, process TEXT NOT NULL, done INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (question, process)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS held_up (
    erasure TEXT PRIMARY KEY, code TEXT NOT NULL, processes TEXT NOT NULL, at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;`;

/** A transaction here takes some 50 µs; who still waits after this comes back later. */
const WAIT_MS = 100;
/** As in `sqlite/write-lock.ts`: short pauses of random length keep several writers fair. */
const MIN_PAUSE_MS = 0.1;
const MAX_PAUSE_MS = 0.5;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));

/** NORMAL: after a power cut no process lives, so the last heartbeats and leases may be lost with them. */
export const openProcessesFile = (folder: string): DatabaseSync =>
  openSqliteFile({
    file: join(folder, 'processes.db'),
    what: WHAT,
    applicationId: APPLICATION_ID,
    formatVersion: FORMAT_VERSION,
    schema: SCHEMA,
    synchronous: 'NORMAL',
  });

/** The same for all processes of a machine, from its start on: never set back, never moved by whoever corrects the time. */
export const monotonicMs = (): number => Number(process.hrtime.bigint() / 1_000_000n);

/** One write transaction, without a turn of the event loop in between. Throws `STORE_BUSY` when others keep the lock, and the like. */
export const transact = <T>(db: DatabaseSync, work: () => T, waitMs = WAIT_MS): T => {
  begin(db, waitMs);
  try {
    const result = work();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw toStoreFault(WHAT, error);
  }
};

const begin = (db: DatabaseSync, waitMs: number): void => {
  for (const deadline = performance.now() + waitMs; ;) {
    try {
      return db.exec('BEGIN IMMEDIATE');
    } catch (error) {
      if (!isBusy(error)) throw toStoreFault(WHAT, error);
      if (performance.now() > deadline) throw new StoreFault('STORE_BUSY', `Another process kept ${WHAT} locked for too long: try again.`);
      Atomics.wait(pauseCell, 0, 0, MIN_PAUSE_MS + Math.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS));
    }
  }
};
