import type { DatabaseSync } from 'node:sqlite';
import { openSqliteFile, openSqliteFileForReading, retryWhileBusy, type SqliteFile } from '#infra/sqlite/file.ts';
import { toStoreFault } from '#infra/sqlite/store-fault.ts';

/** How the store is called in sentences. */
export const WHAT = 'the event log';

/**
 * Streams have integer keys (twice the batch throughput of text keys), event ids are 16 bytes and time-ordered, so their unique index
 * grows at its end. Positions are given out inside the write transaction: dense, and never visible before they are final.
 */
export const EVENT_LOG_SCHEMA = `
  CREATE TABLE IF NOT EXISTS streams (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (key),
    revision INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL,
    sum INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (id);
`;

/** `VCEL` in ASCII. */
export const LOG_APPLICATION_ID = 0x5643454c;
export const LOG_FORMAT_VERSION = 1;

const logFile = (file: string): SqliteFile => ({
  file,
  what: WHAT,
  applicationId: LOG_APPLICATION_ID,
  formatVersion: LOG_FORMAT_VERSION,
  schema: EVENT_LOG_SCHEMA,
  synchronous: 'FULL',
});

/** Opens the log for writing, and makes it when there is none. */
export const openLogFile = (file: string): DatabaseSync => {
  const db = openSqliteFile(logFile(file));
  try {
    addSums(db);
    return db;
  } catch (error) {
    db.close();
    throw toStoreFault(WHAT, error);
  }
};

/** A log that was begun before events had sums gets the column; what stands in it already stays without. */
const addSums = (db: DatabaseSync): void => {
  if (hasSums(db)) return;
  retryWhileBusy(() => db.exec('BEGIN IMMEDIATE'));
  if (!hasSums(db)) db.exec('ALTER TABLE events ADD COLUMN sum INTEGER');
  db.exec('COMMIT');
};

export const hasSums = (db: DatabaseSync): boolean =>
  db.prepare("SELECT 1 FROM pragma_table_info('events') WHERE name = 'sum'").get() !== undefined;

/** Opens the log for reading beside its writers, wherever they run. Makes an empty log when there is none: a reader may be the first to start. */
export const openLogFileForReading = (file: string): DatabaseSync => openSqliteFileForReading(logFile(file));
