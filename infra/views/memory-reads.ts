import type { CollectionSpec, ViewPage, ViewQuery, ViewValue, ViewWrite } from '#domain/ports.ts';
import { parseDocument, prepareWrite } from './document.ts';
import {
  type Cursor,
  cursorText,
  indexForCount,
  indexForQuery,
  type IndexValue,
  indexValue,
  type Segment,
  segmentsOf,
  specOf,
} from './query.ts';

type Row = { readonly id: string; readonly text: string; readonly fields: Readonly<Record<string, unknown>> };
/** Documents by collection and id, as the text that was stored. */
export type Tables = ReadonlyMap<string, Map<string, Row>>;

export const emptyTables = (collections: readonly CollectionSpec[]): Tables =>
  new Map(collections.map((spec) => [spec.name, new Map<string, Row>()]));
export const copyTables = (tables: Tables): Tables => new Map([...tables].map(([name, rows]) => [name, new Map(rows)]));

/** All of the writes or, when one is malformed, none. */
export const writeAll = (tables: Tables, declared: ReadonlyMap<string, CollectionSpec>, writes: readonly ViewWrite[]): void => {
  const prepared = writes.map((write) => prepareWrite(specOf(declared, write.collection), write));
  for (const { collection, id, text } of prepared) {
    if (text === null) tables.get(collection)?.delete(id);
    else tables.get(collection)?.set(id, { id, text, fields: parseDocument<Record<string, unknown>>(text) });
  }
};

/** Reads of the twins for tests: same queries allowed, same order, same cursors as on SQLite. */
export const memoryReads = (tables: Tables, declared: ReadonlyMap<string, CollectionSpec>) => {
  const rows = (collection: string): ReadonlyMap<string, Row> => tables.get(specOf(declared, collection).name) ?? new Map<string, Row>();
  const get = <D extends object>(collection: string, id: string): D | null => {
    const row = rows(collection).get(id);
    return row === undefined ? null : parseDocument<D>(row.text);
  };
  return {
    get,
    getMany: <D extends object>(collection: string, ids: readonly string[]): ReadonlyMap<string, D> => {
      const found = ids.map((id) => [id, get<D>(collection, id)] as const);
      return new Map(found.flatMap(([id, document]) => (document === null ? [] : [[id, document] as const])));
    },
    find: <D extends object>(collection: string, query: ViewQuery): ViewPage<D> => {
      indexForQuery(specOf(declared, collection), query);
      const hits = select([...rows(collection).values()], query);
      const page = hits.slice(0, query.limit);
      const end = page.at(-1);
      const next = hits.length > query.limit && end !== undefined ? cursorText(query.sort.field, placeOf(end, query)) : null;
      return { items: page.map((row) => parseDocument<D>(row.text)), next };
    },
    count: (collection: string, where: Readonly<Record<string, ViewValue>>, cap: number): number => {
      if (Object.keys(where).length > 0) indexForCount(specOf(declared, collection), where);
      return Math.min(cap, [...rows(collection).values()].filter((row) => matches(row, where)).length);
    },
    lastId: (collection: string): string | null =>
      [...rows(collection).keys()].reduce<string | null>((last, id) => (last === null || compare(id, last) > 0 ? id : last), null),
    scan: <D extends object>(collection: string, afterId: string | null, limit: number) =>
      [...rows(collection).values()]
        .filter(({ id }) => afterId === null || compare(id, afterId) > 0)
        .sort((a, b) => compare(a.id, b.id))
        .slice(0, limit)
        .map(({ id, text }) => ({ id, document: parseDocument<D>(text) })),
  };
};

const select = (rows: readonly Row[], query: ViewQuery): readonly Row[] => {
  const sign = query.sort.direction === 'ascending' ? 1 : -1;
  const matching = rows.filter((row) => matches(row, query.where) && insideBounds(row, query));
  const ordered = matching.sort((a, b) => sign * comparePlaces(placeOf(a, query), placeOf(b, query)));
  return segmentsOf(query).flatMap((segment) => ordered.filter((row) => insideSegment(placeOf(row, query), segment, sign)));
};

const insideSegment = ({ value, id }: Cursor, segment: Segment, sign: number): boolean => {
  switch (segment.kind) {
    case 'empty':
      return value === null && (segment.afterId === null || sign * compare(id, segment.afterId) > 0);
    case 'level':
      return value === segment.value && sign * compare(id, segment.afterId) > 0;
    case 'filled':
      return value !== null && (segment.beyond === null || sign * compare(value, segment.beyond) > 0);
  }
};

const placeOf = (row: Row, query: ViewQuery): Cursor => ({ value: fieldOf(row, query.sort.field), id: row.id });

const fieldOf = (row: Row, name: string): IndexValue => {
  const value = row.fields[name];
  if (typeof value === 'boolean' || typeof value === 'string' || typeof value === 'number') return indexValue(value);
  return value === undefined || value === null ? null : JSON.stringify(value);
};

const matches = (row: Row, where: ViewQuery['where']): boolean =>
  Object.entries(where).every(([name, value]) => fieldOf(row, name) === indexValue(value));

const insideBounds = (row: Row, { sort, from, to }: ViewQuery): boolean => {
  const value = fieldOf(row, sort.field);
  const above = from === undefined || (value !== null && from !== null && compare(value, indexValue(from)) >= 0);
  return above && (to === undefined || (value !== null && to !== null && compare(value, indexValue(to)) <= 0));
};

const comparePlaces = (a: Cursor, b: Cursor): number => compare(a.value, b.value) || compare(a.id, b.id);

/** SQLite's order: nothing, then numbers, then text by its UTF-8 bytes. */
const compare = (a: IndexValue, b: IndexValue): number => {
  const rank = (value: IndexValue) => (value === null ? 0 : typeof value === 'number' ? 1 : 2);
  if (rank(a) !== rank(b)) return rank(a) - rank(b);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return Buffer.compare(Buffer.from(String(a)), Buffer.from(String(b)));
};
