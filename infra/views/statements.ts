import type { DatabaseSync, StatementSync } from 'node:sqlite';

export type Prepare = (sql: string) => StatementSync;

/** Prepared statements by their text. The texts are made of declared names only, so there is a bounded number of them. */
export const statements = (db: DatabaseSync): Prepare => {
  const prepared = new Map<string, StatementSync>();
  return (sql) => {
    const known = prepared.get(sql);
    if (known !== undefined) return known;
    const statement = db.prepare(sql);
    statement.setReturnArrays(true);
    prepared.set(sql, statement);
    return statement;
  };
};

/** With `setReturnArrays` a row is an array; the type definitions say record. */
export const rowOf = (row: unknown): readonly unknown[] | null => (Array.isArray(row) ? row : null);
