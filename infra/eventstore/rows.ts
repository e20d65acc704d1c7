import type { DatabaseSync } from 'node:sqlite';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** A row as an array of its columns: read a third faster than as an object. */
export type Row = readonly unknown[];
type Value = string | number | bigint | Uint8Array;

export type RowStatement = {
  readonly get: (...values: readonly Value[]) => Row | undefined;
  readonly all: (...values: readonly Value[]) => readonly Row[];
};

export const rowStatement = (db: DatabaseSync, sql: string): RowStatement => {
  const prepared = db.prepare(sql);
  prepared.setReturnArrays(true);
  return {
    get: (...values) => {
      const found: unknown = prepared.get(...values);
      return found === undefined ? undefined : rowOf(found);
    },
    all: (...values) => prepared.all(...values).map(rowOf),
  };
};

export const damagedRow = () =>
  new StoreFault('STORE_DAMAGED', 'The file of the event log is damaged: a row holds other kinds of values than expected.');

/** With `setReturnArrays` a row is an array; the type definitions say record. */
const rowOf = (value: unknown): Row => {
  if (!Array.isArray(value)) throw damagedRow();
  return value;
};

/** A number that the schema promises. */
export const numberAt = (row: Row, index: number): number => {
  const value = row[index];
  if (typeof value !== 'number') throw damagedRow();
  return value;
};

/** The number of an aggregate over what may be no rows at all. */
export const numberOr = (row: Row | undefined, otherwise: number): number => {
  const value = row?.[0];
  return typeof value === 'number' ? value : otherwise;
};
