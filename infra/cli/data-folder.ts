import { accessSync, constants, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { CliFault } from './exit-codes.ts';

/**
 * One process at a time owns a data folder. The stores would survive two, but an erasure would not be honest: a process that was never
 * asked to forget a key would still hold it. Everybody else talks to the owner (control-client.ts).
 */
export type Hold = { readonly kind: 'owner'; readonly release: () => void } | { readonly kind: 'taken'; readonly pid: number | null };

const LOCK = 'owner.lock';
const PID = 'owner.pid';
const SQLITE_BUSY = 5;

/** Makes the folder (0700) and takes it. Throws `DATA_FOLDER_NOT_USABLE`. */
export const holdDataFolder = (folder: string): Hold => {
  makeUsable(folder);
  // SQLite's own file lock, because the system frees it however its holder dies. Nothing is ever written in that file.
  const lock = new DatabaseSync(join(folder, LOCK), { timeout: 0 });
  if (!tryLock(lock)) {
    lock.close();
    return { kind: 'taken', pid: readPid(folder) };
  }
  writeFileSync(join(folder, PID), `${String(process.pid)}\n`, { mode: 0o600 });
  return {
    kind: 'owner',
    release: () => {
      rmSync(join(folder, PID), { force: true });
      lock.close();
    },
  };
};

/** The same for a verb that cannot share: throws `DATA_FOLDER_IN_USE`. */
export const ownDataFolder = (folder: string): (() => void) => {
  const hold = holdDataFolder(folder);
  if (hold.kind === 'owner') return hold.release;
  const who = hold.pid === null ? 'Another process' : `Another process (${String(hold.pid)})`;
  throw new CliFault(
    'DATA_FOLDER_IN_USE',
    `${who} already works on the data folder ${folder}: stop it first, or set another with VCONNECT_DATA.`,
  );
};

const makeUsable = (folder: string): void => {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    // On a file system that is mounted read-only, only writing tells.
    const probe = join(folder, '.probe');
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'no code';
    throw new CliFault(
      'DATA_FOLDER_NOT_USABLE',
      `The data folder ${folder} cannot be written (${code}): correct its permissions, or set another with VCONNECT_DATA.`,
      error,
    );
  }
};

const tryLock = (lock: DatabaseSync): boolean => {
  try {
    lock.exec('BEGIN EXCLUSIVE');
    return true;
  } catch (error) {
    if (error instanceof Error && 'errcode' in error && error.errcode === SQLITE_BUSY) return false;
    throw error;
  }
};

const readPid = (folder: string): number | null => {
  try {
    const pid = Number(readFileSync(join(folder, PID), 'latin1').trim());
    return Number.isSafeInteger(pid) && pid > 0 ? pid : null;
  } catch {
    // The owner is between taking the lock and writing its number, or just leaving.
    return null;
  }
};
