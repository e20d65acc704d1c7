import { openAsItIs } from '../../sqlite/as-it-is.ts';

/** False for a file whose structure is damaged, or that is no database. */
export const isSound = (path: string): boolean => {
  try {
    const database = openAsItIs(path);
    try {
      return database.prepare('PRAGMA quick_check(1)').all()[0]?.['quick_check'] === 'ok';
    } finally {
      database.close();
    }
  } catch {
    return false;
  }
};

/** One number of a database, or null when it cannot be read. */
export const numberIn = (path: string, sql: string): number | null => {
  try {
    const database = openAsItIs(path);
    try {
      const [value] = Object.values(database.prepare(sql).get() ?? {});
      return typeof value === 'number' ? value : null;
    } finally {
      database.close();
    }
  } catch {
    return null;
  }
};
