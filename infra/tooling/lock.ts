// One builder at a time: two starts, or parallel test files, must not write the same build folder. The lock is SQLite's own
// file lock, because the operating system frees it when its holder dies, however it dies.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 200;
const SQLITE_BUSY = 5;

/** Runs `work` while holding the lock file; waits for another holder for `timeoutMs`, then throws `lock_timeout`. */
export const withLock = async <T>(file: string, timeoutMs: number, work: () => Promise<T>): Promise<T> => {
  mkdirSync(dirname(file), { recursive: true });
  const lock = new DatabaseSync(file, { timeout: 0 });
  try {
    const deadline = performance.now() + timeoutMs;
    while (!tryLock(lock)) {
      if (performance.now() > deadline) {
        throw Object.assign(new Error(`expected the lock ${file} within ${String(timeoutMs)} ms, got none`), { code: 'lock_timeout' });
      }
      await sleep(POLL_MS);
    }
    return await work();
  } finally {
    lock.close();
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
