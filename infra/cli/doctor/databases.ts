import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Finding } from './examine.ts';

const FILES = ['events.db', 'payloads.db', 'identity.db', join('keyring', 'keyring.db'), 'views.db', 'sessions.db'] as const;
/** What the next start makes anew, and what is lost meanwhile. */
const REPLACEABLE: Readonly<Partial<Record<string, string>>> = {
  'views.db': 'it is built anew from the log',
  'sessions.db': 'everybody signs in again, and API tokens are made anew',
};
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

const damaged = (file: string): Finding => {
  const loss = REPLACEABLE[file];
  const wayOut =
    loss === undefined ? 'stop the server and restore the file from a backup' : `stop the server, move the file away and start: ${loss}`;
  return { part: file, state: 'wrong', says: 'damaged', damage: true, wayOut };
};

const missing = (file: string): Finding => {
  const loss = REPLACEABLE[file];
  if (loss !== undefined) return { part: file, state: 'note', says: `missing: ${loss}` };
  return { part: file, state: 'wrong', says: 'missing', wayOut: 'stop the server and restore the data folder from a backup' };
};
