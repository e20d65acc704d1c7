import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Finding } from './examine.ts';

const FILES = ['events.db', 'payloads.db', 'identity.db', join('keyring', 'keyring.db'), 'views.db'] as const;
/** A server that writes meanwhile holds its lock for milliseconds. */
const BUSY_MS = 2_000;

/** SQLite's own check of every file, read-only, so that it may run beside the server. */
export const lookAtDatabases = (folder: string): readonly Finding[] => {
  const there = FILES.filter((file) => existsSync(join(folder, file)));
  if (there.length === 0) return [{ part: 'databases', state: 'note', says: 'none yet: the first start makes them' }];
  return FILES.map((file) => (there.includes(file) ? check(folder, file) : missing(file)));
};

const check = (folder: string, file: (typeof FILES)[number]): Finding => {
  try {
    const database = new DatabaseSync(join(folder, file), { readOnly: true, timeout: BUSY_MS });
    try {
      const rows = database.prepare('PRAGMA quick_check(1)').all();
      return rows[0]?.quick_check === 'ok' ? { part: file, state: 'ok', says: 'sound' } : damaged(file);
    } finally {
      database.close();
    }
  } catch {
    return damaged(file);
  }
};

const damaged = (file: string): Finding => ({
  part: file,
  state: 'wrong',
  says: 'damaged',
  damage: true,
  wayOut: file === 'views.db' ? 'stop the server, move the file away and start: it is built anew from the log' : 'stop the server and restore the file from a backup',
});

const missing = (file: string): Finding => ({
  part: file,
  state: file === 'views.db' ? 'note' : 'wrong',
  says: 'missing',
  wayOut: file === 'views.db' ? 'the next start builds it from the log' : 'restore the data folder from a backup',
});
