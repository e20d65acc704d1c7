import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { cutOff } from '../../sqlite/as-it-is.ts';
import type { Finding } from './examine.ts';
import { isSound } from './file.ts';
import { lookAtViews } from './views.ts';

const FILES = ['events.db', 'payloads.db', 'identity.db', join('keyring', 'keyring.db'), 'sessions.db'] as const;
/** What the next start makes anew, and what is lost meanwhile. */
const REPLACEABLE: Readonly<Partial<Record<string, string>>> = {
  'sessions.db': 'everybody signs in again, and API tokens are made anew',
  'processes.db': 'processes write themselves down at their start',
};
/** SQLite's own check of every file, read-only, so that it may run beside the server. */
export const lookAtDatabases = (folder: string): readonly Finding[] => {
  const there = FILES.filter((file) => existsSync(join(folder, file)));
  if (there.length === 0 && !existsSync(join(folder, 'views')))
    return [{ part: 'databases', state: 'note', says: 'none yet: the first start makes them' }];
  return [
    ...FILES.map((file) => (there.includes(file) ? check(folder, file) : missing(file))),
    ...(existsSync(join(folder, 'processes.db')) ? [check(folder, 'processes.db')] : []),
    ...lookAtViews(folder),
  ];
};

const check = (folder: string, file: string): Finding => {
  const path = join(folder, file);
  const left = cutOff(path);
  // A file without a byte is what a start that was cut short leaves, and the next one fills it; a log that was emptied is none.
  if (left !== null && (statSync(path).size > 0 || file === 'events.db')) return damaged(file, `cut off: ${left}`);
  return isSound(path) ? { part: file, state: 'ok', says: 'sound' } : damaged(file, 'damaged');
};

const damaged = (file: string, says: string): Finding => ({ part: file, state: 'wrong', says, damage: true, wayOut: wayOutOf(file) });

const wayOutOf = (file: string): string => {
  const loss = REPLACEABLE[file];
  if (loss !== undefined) return `stop the server, move the file away and start: ${loss}`;
  const restore = 'stop the server, keep a copy of the data folder as it is, and restore all of it from a backup';
  return file === 'events.db' ? `"vconnect verify log" names the first bad record; ${restore}` : restore;
};

const missing = (file: string): Finding => {
  const loss = REPLACEABLE[file];
  if (loss !== undefined) return { part: file, state: 'note', says: `missing: ${loss}` };
  return { part: file, state: 'wrong', says: 'missing', wayOut: 'stop the server and restore the data folder from a backup' };
};
