import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openMadeSqliteFile, openSqliteFile, openSqliteFileForReading } from '#infra/sqlite/file.ts';
import { StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';

export const CATALOG = 'the catalogue of the views';
/** `VCVC` in ASCII. */
const APPLICATION_ID = 0x56435643;
const FORMAT_VERSION = 1;
/** A few rows of generations and the ring of changes. */
const CACHE_KB = 1_000;

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS generations (
    projection TEXT NOT NULL, number INTEGER NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL,
    PRIMARY KEY (projection, number)) STRICT, WITHOUT ROWID;
  CREATE UNIQUE INDEX IF NOT EXISTS one_live ON generations (projection) WHERE state = 'live';
  CREATE TABLE IF NOT EXISTS counters (projection TEXT PRIMARY KEY NOT NULL, last INTEGER NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS progress (
    projection TEXT NOT NULL, generation INTEGER NOT NULL, version INTEGER NOT NULL, state TEXT NOT NULL, checkpoint INTEGER NOT NULL,
    seen_at_ms INTEGER NOT NULL, fault TEXT, parked_streams INTEGER NOT NULL,
    PRIMARY KEY (projection, generation)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS changes (
    number INTEGER PRIMARY KEY, position INTEGER NOT NULL, collection TEXT NOT NULL, id TEXT NOT NULL, tenant TEXT) STRICT;`;

const optionsOf = (folder: string, synchronous: 'FULL' | 'NORMAL') => ({
  file: join(folder, 'catalog.db'),
  what: CATALOG,
  applicationId: APPLICATION_ID,
  formatVersion: FORMAT_VERSION,
  synchronous,
  cacheKb: CACHE_KB,
});

/** Makes the catalogue if there is none. A switch is on the disk when it returns. */
export const openCatalogForWriting = (folder: string): DatabaseSync => {
  try {
    mkdirSync(folder, { recursive: true });
    return openSqliteFile({ ...optionsOf(folder, 'FULL'), schema: SCHEMA });
  } catch (error) {
    throw catalogFault(error);
  }
};

/** Losing the last announcements with the power loses no work. */
export const openCatalogToAnnounce = (folder: string): DatabaseSync => openMadeSqliteFile(optionsOf(folder, 'NORMAL'));

/** A connection that only reads: its `PRAGMA data_version` moves with every commit of any other one, of any thread or process. */
export const openCatalogForReading = (folder: string): DatabaseSync =>
  openSqliteFileForReading({ ...optionsOf(folder, 'NORMAL'), schema: SCHEMA });

/** Nothing in the folder is the only copy of anything: the way out is to let it be built anew. */
export const catalogFault = (error: unknown): StoreFault => {
  const fault = toStoreFault(CATALOG, error);
  if (fault.code !== 'STORE_DAMAGED' && fault.code !== 'STORE_FORMAT_UNKNOWN') return fault;
  return new StoreFault(
    'STORE_DAMAGED',
    `The file of ${CATALOG} cannot be read: stop the service, remove the folder "views" from the data folder, and start again; everything in it is built anew from the log.`,
    { cause: fault },
  );
};

/** A fault of the catalogue that came up while documents were asked for. */
export const isCatalogFault = (error: unknown): boolean => error instanceof StoreFault && error.message.includes(CATALOG);
