import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ProcessId } from '#domain/erasure/commands.ts';
import { isBusy, toStoreFault } from '#infra/sqlite/store-fault.ts';

/**
 * Whether a process lives is a fact that the operating system keeps, not a guess from silence: each holds SQLite's exclusive lock on a file
 * of its own from its beginning to its end. However it ends, the lock is free; while it is only frozen, the lock is held. Nothing is ever
 * written in these files. Nobody may read them in any other way than through SQLite: on POSIX systems a process that closes a file loses
 * its locks on it, and only SQLite knows to wait with that.
 */
const FOLDER = 'processes';

const lockFile = (folder: string, id: ProcessId): string => join(folder, FOLDER, `${id}.lock`);

/** Begins the life of a process. @returns its end */
export const beginLife = (folder: string, id: ProcessId): (() => void) => {
  mkdirSync(join(folder, FOLDER), { recursive: true, mode: 0o700 });
  const file = lockFile(folder, id);
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    // MEMORY: no journal file beside it.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock.close();
    throw toStoreFault('the lock of this process', error);
  }
  return () => {
    lock.close();
    rmSync(file, { force: true });
  };
};

/**
 * Asks the system: 50–100 µs. What cannot be asked (no file descriptor is free, a failing disk) counts as living: somebody taken for dead would
 * lose their leases, and keep keys that an erasure believes gone.
 */
export const isAlive = (folder: string, id: ProcessId): boolean => {
  let asked: DatabaseSync | null = null;
  try {
    // Reading alone: who asks holds nothing that the next one could take for a sign of life.
    asked = new DatabaseSync(lockFile(folder, id), { readOnly: true, timeout: 0 });
    asked.prepare('SELECT count(*) FROM sqlite_schema').get();
    return false;
  } catch (error) {
    // No such file: it ended in order, or somebody cleared up behind it.
    return isBusy(error) || isThere(lockFile(folder, id));
  } finally {
    asked?.close();
  }
};

const isThere = (file: string): boolean => {
  try {
    return statSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
};

/** Clears up behind a dead process. Its id never comes back, so nobody can be about to take this lock. */
export const clearUp = (folder: string, id: ProcessId): void => {
  rmSync(lockFile(folder, id), { force: true });
};
