import type { DatabaseSync } from 'node:sqlite';
import { isBusy, toStoreFault } from '#infra/sqlite/store-fault.ts';
import { EVENT_LOG_SCHEMA, LOG_APPLICATION_ID, LOG_FORMAT_VERSION, WHAT } from './log-file.ts';

/** What can be wrong with the file as a whole. `values-missing`: the log is sound to read, the file of the sealed values is not. */
export type FileFaultCode = 'missing' | 'not-a-log' | 'truncated' | 'structure' | 'end-unreadable' | 'stream-empty' | 'values-missing';
/** `detail`: where in the file, in SQLite's words, which name pages, tables and rows. */
export type FileFault = { readonly code: FileFaultCode; readonly detail: string | null };

const errcodeOf = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode & 0xff : null;
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;
const SQLITE_IOERR = 10;

/** True for what a damaged file does to a read: SQLite says so, or a number is larger than any that was ever written. */
export const isDamage = (error: unknown): boolean => {
  const code = errcodeOf(error);
  if (code !== null) return DAMAGE.includes(code);
  return error instanceof Error && 'code' in error && error.code === 'ERR_OUT_OF_RANGE';
};
/** "no such table", "malformed database schema": what the head of a damaged file leads to. */
const SQLITE_ERROR = 1;
/** A cell that claims more bytes than there are in memory, or than a value may have: no event was ever near that. */
const [SQLITE_NOMEM, SQLITE_TOOBIG] = [7, 18];
const DAMAGE = [SQLITE_CORRUPT, SQLITE_NOTADB, SQLITE_IOERR, SQLITE_ERROR, SQLITE_NOMEM, SQLITE_TOOBIG];

/** Runs a read; a damaged file gives null, anything else (locked, not readable) is a fault of the store. */
export const reading = <T>(read: () => T): T | null => {
  try {
    return read();
  } catch (error) {
    if (!isDamage(error) || isBusy(error)) throw toStoreFault(WHAT, error);
    return null;
  }
};

/** Faults of the structure that are named; one damaged page may lead to hundreds. */
const STRUCTURE_FAULTS = 10;

/**
 * SQLite's own check of the whole file: every page, every cell, every index against its table. It holds this process, not the server, for
 * about a second for 100 MB.
 */
export const structureFaults = (db: DatabaseSync): readonly FileFault[] => {
  const owner = reading(() => [pragma(db, 'application_id'), pragma(db, 'user_version')]);
  if (owner !== null && (owner[0] !== LOG_APPLICATION_ID || owner[1] !== LOG_FORMAT_VERSION)) return [{ code: 'not-a-log', detail: null }];
  const found = reading(() => db.prepare(`PRAGMA integrity_check(${String(STRUCTURE_FAULTS)})`).all());
  if (found === null) return [{ code: 'structure', detail: null }];
  const details = found.map((row) => String(Object.values(row)[0])).filter((says) => says !== 'ok');
  return [...schemaFaults(db), ...details.map((says): FileFault => ({ code: 'structure', detail: shown(says) }))];
};

const pragma = (db: DatabaseSync, name: string): unknown => db.prepare(`PRAGMA ${name}`).get()?.[name];

/** Names of pages, tables, indexes and columns, and numbers: what SQLite's check says. Anything else is not repeated. */
const SAFE = /^[\w\s#.,:()*<>=-]{1,200}$/;
const shown = (says: string): string | null => (SAFE.test(says) ? says : null);

/** A table or an index that is gone is no damage to SQLite. */
const schemaFaults = (db: DatabaseSync): readonly FileFault[] => {
  const there = reading(() => db.prepare('SELECT name FROM sqlite_schema').all()) ?? [];
  const names = new Set(there.map(({ name }) => String(name)));
  const wanted = [...EVENT_LOG_SCHEMA.matchAll(/IF NOT EXISTS (\w+)/g)].map(([, name]) => name ?? '');
  return wanted.filter((name) => !names.has(name)).map((name) => ({ code: 'structure', detail: `${name} is missing` }));
};
