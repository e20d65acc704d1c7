import type { DatabaseSync } from 'node:sqlite';
import { openSqliteFile, openSqliteFileForReading, type SqliteFile } from '#infra/sqlite/file.ts';

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
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (id);
`;

const logFile = (file: string): SqliteFile => ({
  file,
  what: WHAT,
  /** `VCEL` in ASCII. */
  applicationId: 0x5643454c,
  formatVersion: 1,
  schema: EVENT_LOG_SCHEMA,
  synchronous: 'FULL',
});

/** Opens the log for writing, and makes it when there is none. */
export const openLogFile = (file: string): DatabaseSync => openSqliteFile(logFile(file));

/** Opens the log for reading beside its writers, wherever they run. Makes an empty log when there is none: a reader may be the first to start. */
export const openLogFileForReading = (file: string): DatabaseSync => openSqliteFileForReading(logFile(file));
