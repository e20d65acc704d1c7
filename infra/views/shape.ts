import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpec } from '#domain/ports.ts';
import { writeAtOnce } from '#infra/sqlite/write-lock.ts';
import { createIndexes, createTable, indexNames } from './sql.ts';

/** The tables and indexes that a file has. */
export type Shape = { readonly tables: ReadonlySet<string>; readonly indexes: ReadonlySet<string> };

export const shapeOf = (db: DatabaseSync): Shape => {
  const rows = db.prepare(`SELECT type, name FROM sqlite_schema WHERE type IN ('table', 'index')`).all();
  const named = (type: string) => new Set(rows.flatMap((row) => (row['type'] === type ? [String(row['name'])] : [])));
  return { tables: named('table'), indexes: named('index') };
};

export const isComplete = (shape: Shape, collections: readonly CollectionSpec[]): boolean =>
  collections.every((spec) => shape.tables.has(spec.name) && [...indexNames(spec)].every((index) => shape.indexes.has(index)));

/** Makes the tables that are missing. */
export const makeTables = (db: DatabaseSync, what: string, collections: readonly CollectionSpec[]): Promise<void> => {
  const { tables } = shapeOf(db);
  const missing = collections.filter((spec) => !tables.has(spec.name)).map(createTable);
  return missing.length === 0 ? Promise.resolve() : writeAtOnce(db, what, () => db.exec(missing.join('\n')));
};

/** Makes the indexes that are missing, each in a transaction of its own, so that other writers get their turn between two. */
export const makeIndexes = async (db: DatabaseSync, what: string, collections: readonly CollectionSpec[]): Promise<void> => {
  const { indexes } = shapeOf(db);
  for (const spec of collections) {
    const wanted = [...indexNames(spec)];
    for (const [at, statement] of createIndexes(spec).entries()) {
      if (!indexes.has(wanted[at] ?? '')) await writeAtOnce(db, what, () => db.exec(statement));
    }
  }
};

/** Drops the indexes that are declared no more. */
export const dropForgottenIndexes = async (db: DatabaseSync, what: string, collections: readonly CollectionSpec[]): Promise<void> => {
  const list = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`);
  for (const spec of collections) {
    const wanted = indexNames(spec);
    const forgotten = list.all(spec.name).flatMap((row) => (wanted.has(String(row['name'])) ? [] : [String(row['name'])]));
    for (const name of forgotten) await writeAtOnce(db, what, () => db.exec(`DROP INDEX IF EXISTS "${name}"`));
  }
};
