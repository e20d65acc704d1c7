import type { DatabaseSync } from 'node:sqlite';
import { isBusy, StoreFault, toStoreFault } from './store-fault.ts';

/** How long a writer of this process waits for writers of other processes before it gives up. */
const LOCK_WAIT_MS = 5_000;
/**
 * SQLite's own busy timeout backs off so far that it starved one of two writing processes for 3 s. Short pauses of random length kept
 * three of them fair (p99 4 ms). The pause blocks this thread, so the event loop gets its turn after each.
 */
const MIN_PAUSE_MS = 0.1;
const MAX_PAUSE_MS = 0.5;
const pauseCell = new Int32Array(new SharedArrayBuffer(4));

/** Begins a write transaction; when another process holds the lock, tries again within a bound. On return the caller owns the lock. */
export const beginWrite = async (db: DatabaseSync, what: string): Promise<void> => {
  const deadline = performance.now() + LOCK_WAIT_MS;
  while (!tryBegin(db)) await pause(deadline, what);
};

/**
 * Runs `run` in one write transaction and does not let go of this thread in between: nobody here can come to wait, blocking, for a lock
 * that the same thread holds. What fails changes nothing.
 */
export const writeAtOnce = async <T>(db: DatabaseSync, what: string, run: () => T): Promise<T> => {
  const deadline = performance.now() + LOCK_WAIT_MS;
  while (!tryBegin(db)) await pause(deadline, what);
  try {
    const result = run();
    db.exec('COMMIT');
    return result;
  } catch (error) {
    rollBack(db);
    throw error;
  }
};

const pause = async (deadline: number, what: string): Promise<void> => {
  if (performance.now() > deadline) throw new StoreFault('STORE_BUSY', `Another process kept ${what} locked for too long: try again.`);
  Atomics.wait(pauseCell, 0, 0, MIN_PAUSE_MS + Math.random() * (MAX_PAUSE_MS - MIN_PAUSE_MS));
  await new Promise(setImmediate);
};

const tryBegin = (db: DatabaseSync): boolean => {
  try {
    db.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if (isBusy(error)) return false;
    throw error;
  }
};

/** Rolls back what is left of a failed transaction. Some failures have rolled back already; on a broken disk the journal is simply not committed. */
export const rollBack = (db: DatabaseSync): void => {
  try {
    if (db.isTransaction) db.exec('ROLLBACK');
  } catch (error) {
    throw toStoreFault('the store', error);
  }
};
