import type { CollectionSpec, ViewQuery, ViewStore, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { parseDocument } from './document.ts';
import {
  type Cursor,
  cursorText,
  declaredCollections,
  indexForCount,
  indexForQuery,
  type IndexValue,
  indexValue,
  type Segment,
  segmentsOf,
  specOf,
} from './query.ts';
import { checkpointBehind, prepareWrite } from './sqlite-writes.ts';

type Row = { readonly id: string; readonly text: string; readonly fields: Readonly<Record<string, unknown>> };

/** The twin of the SQLite views for tests: same queries allowed, same order, same cursors, nothing on disk. */
export const openMemoryViews = ({ collections }: { readonly collections: readonly CollectionSpec[] }): ViewStore => {
  const declared = declaredCollections(collections);
  const tables = new Map(collections.map((spec) => [spec.name, new Map<string, Row>()]));
  const checkpoints = new Map<string, bigint>();
  let closed = false;

  const open = <T>(run: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (closed) throw new StoreFault('STORE_CLOSED', 'expected open views, got views that were closed');
      resolve(run());
    });
  const rows = (collection: string): Map<string, Row> => tables.get(specOf(declared, collection).name) ?? new Map<string, Row>();
  const get = <D extends object>(collection: string, id: string): D | null => {
    const row = rows(collection).get(id);
    return row === undefined ? null : parseDocument<D>(row.text);
  };
  const commit = (projection: string, checkpoint: bigint, writes: readonly ViewWrite[]): void => {
    if ((checkpoints.get(projection) ?? 0n) > checkpoint) throw checkpointBehind();
    const prepared = writes.map((write) => prepareWrite(specOf(declared, write.collection), write));
    for (const { collection, id, text } of prepared) {
      if (text === null) rows(collection).delete(id);
      else rows(collection).set(id, { id, text, fields: parseDocument<Record<string, unknown>>(text) });
    }
    checkpoints.set(projection, checkpoint);
  };

  return {
    get: (collection, id) => open(() => get(collection, id)),
    getMany: <D extends object>(collection: string, ids: readonly string[]) =>
      open(() => {
        const found = ids.map((id) => [id, get<D>(collection, id)] as const);
        return new Map(found.flatMap(([id, document]) => (document === null ? [] : [[id, document] as const])));
      }),
    find: <D extends object>(collection: string, query: ViewQuery) =>
      open(() => {
        indexForQuery(specOf(declared, collection), query);
        const hits = select([...rows(collection).values()], query);
        const page = hits.slice(0, query.limit);
        const end = page.at(-1);
        const next = hits.length > query.limit && end !== undefined ? cursorText(query.sort.field, placeOf(end, query)) : null;
        return { items: page.map((row) => parseDocument<D>(row.text)), next };
      }),
    count: (collection, where, cap) =>
      open(() => {
        if (Object.keys(where).length > 0) indexForCount(specOf(declared, collection), where);
        return Math.min(cap, [...rows(collection).values()].filter((row) => matches(row, where)).length);
      }),
    checkpoint: (projection) => open(() => checkpoints.get(projection) ?? 0n),
    commit: (projection, checkpoint, writes) => open(() => commit(projection, checkpoint, writes)),
    reset: (projection, names) =>
      open(() => {
        for (const name of names) rows(name).clear();
        checkpoints.set(projection, 0n);
      }),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
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
