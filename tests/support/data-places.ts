import { readdirSync, statSync } from 'node:fs';
import { join, matchesGlob } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { places } from '#infra/data-map/places.ts';

export type Found = { readonly what: string; readonly places: readonly string[] };

/** SQLite's own files beside a database hold the same pages. */
const BESIDE = /-(?:wal|shm|journal)$/u;

/** Every file of a data folder and every table of its databases, each with the places of the data map that name it. */
export const placesIn = (folder: string): readonly Found[] => {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => statSync(join(folder, name)).isFile());
  return files.flatMap((name): readonly Found[] => {
    const file = name.replace(BESIDE, '');
    const named = Object.entries(places).filter(([, place]) => place.files.some((pattern) => matchesGlob(file, pattern)));
    // One database may be several places; what stands beside it belongs to all of them.
    if (file !== name || !file.endsWith('.db')) return [{ what: name, places: named.slice(0, 1).map(([place]) => place) }];
    return tablesOf(join(folder, file)).map((table) => ({
      what: `${name}: ${table}`,
      places: named.filter(([, { tables }]) => tables.includes('*') || tables.includes(table)).map(([place]) => place),
    }));
  });
};

const tablesOf = (file: string): readonly string[] => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare(`SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'`)
      .all()
      .map((row) => String(row['name']));
  } finally {
    database.close();
  }
};
