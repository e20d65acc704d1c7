import { existsSync, statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpec, Generation } from '#domain/ports.ts';
import { parkedCollection } from '#infra/projector/parked.ts';
import { openMadeSqliteFile, openSqliteFile, openSqliteFileForReading } from '#infra/sqlite/file.ts';
import { StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { isCatalogFault } from './catalog-file.ts';
import { generationFile } from './files.ts';
import { declaredCollections } from './query.ts';
import { shapeOf } from './shape.ts';
import { createCollection, createTable } from './sql.ts';

/** `VCVG` in ASCII. */
const APPLICATION_ID = 0x56435647;
const FORMAT_VERSION = 1;
const PROGRESS = 'vconnect.progress';

/**
 * Page caches, per connection and kB; SQLite takes them only as far as pages are touched. Ten projections are open for writing in one
 * thread and for reading in up to three: small caches keep all of them within 60 MB, and the system caches files anyway.
 */
const CACHE_KB = { reading: 1_000, writing: 2_000, building: 4_000 } as const;

const SCHEMA = `CREATE TABLE IF NOT EXISTS "${PROGRESS}" (
  one INTEGER PRIMARY KEY CHECK (one = 1), checkpoint INTEGER NOT NULL, commits INTEGER NOT NULL) STRICT;
  INSERT OR IGNORE INTO "${PROGRESS}" (one, checkpoint, commits) VALUES (1, 0, 0);`;

export type GenerationPlace = {
  readonly folder: string;
  readonly generation: Generation;
  readonly projection: Projection;
};

/** What a generation holds: the documents of its projection, and the streams that it could not follow. */
export const collectionsOf = (projection: Projection): readonly CollectionSpec[] => [...projection.collections, parkedCollection];
export const declaredIn = (projection: Projection): ReadonlyMap<string, CollectionSpec> => declaredCollections(collectionsOf(projection));

export const whatOf = (projection: string): string => `the documents of ${projection}`;

const optionsOf = ({ folder, generation }: GenerationPlace, cacheKb: number) => ({
  file: generationFile(folder, generation),
  what: whatOf(generation.projection),
  applicationId: APPLICATION_ID,
  formatVersion: FORMAT_VERSION,
  // A power loss takes documents and checkpoint back to an earlier place together; the projector goes on from there.
  synchronous: 'NORMAL' as const,
  cacheKb,
});

/** A generation that is being built begins without the indexes of its documents: filling it is faster, and making them at the end is too. */
export const openForWriting = (place: GenerationPlace): DatabaseSync => {
  const { generation, projection } = place;
  if (generation.state !== 'building') return openExisting(place, () => openMadeSqliteFile(optionsOf(place, CACHE_KB.writing)));
  const options = optionsOf(place, CACHE_KB.building);
  const made = openMade(options);
  if (made !== null) return made;
  const schema = [SCHEMA, ...projection.collections.map(createTable), createCollection(parkedCollection)].join('\n');
  return openSqliteFile({ ...options, schema });
};

/** Null when there is no file, or one whose maker stopped before it was a generation. */
const openMade = (options: Parameters<typeof openMadeSqliteFile>[0]): DatabaseSync | null => {
  if (!existsSync(options.file)) return null;
  try {
    return openMadeSqliteFile(options);
  } catch (error) {
    if (error instanceof StoreFault && error.code === 'STORE_FORMAT_UNKNOWN') return null;
    throw error;
  }
};

export const openForReading = (place: GenerationPlace): DatabaseSync =>
  openExisting(place, () => openSqliteFileForReading({ ...optionsOf(place, CACHE_KB.reading), schema: '' }));

const openExisting = (place: GenerationPlace, open: () => DatabaseSync): DatabaseSync => {
  const file = generationFile(place.folder, place.generation);
  if (!existsSync(file) || statSync(file).size === 0) throw damagedGeneration(place.generation.projection);
  const db = open();
  try {
    if (!shapeOf(db).tables.has(PROGRESS)) throw damagedGeneration(place.generation.projection);
    return db;
  } catch (error) {
    db.close();
    throw error;
  }
};

const damagedGeneration = (projection: string, cause?: unknown) =>
  new StoreFault(
    'STORE_DAMAGED',
    `The file of ${whatOf(projection)} is damaged or missing: build it again from the log with "npx vconnect rebuild ${projection}".`,
    { cause },
  );

/** Documents can always be built again: damage says so, instead of asking for a backup. */
export const generationFault = (projection: string, error: unknown): StoreFault => {
  const malformed = error instanceof Error && error.message === 'malformed JSON';
  const fault = toStoreFault(whatOf(projection), error);
  if (isCatalogFault(error)) return fault;
  const damaged = malformed || fault.code === 'STORE_DAMAGED' || fault.code === 'STORE_FORMAT_UNKNOWN';
  return damaged ? damagedGeneration(projection, fault) : fault;
};
