import type { CollectionSpec, ViewQuery, ViewValue } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** Names become part of SQL and of JSON paths, so they are checked once, where a collection is declared. */
const NAME = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;

/** Collections by name; refuses names that could not stand in a statement. */
export const declaredCollections = (collections: readonly CollectionSpec[]): ReadonlyMap<string, CollectionSpec> => {
  const declared = new Map<string, CollectionSpec>();
  for (const spec of collections) {
    const names = [spec.name, ...spec.indexes.flat()];
    if (!names.every((name) => NAME.test(name)) || spec.indexes.some((fields) => fields.length === 0) || declared.has(spec.name)) {
      throw new StoreFault(
        'VIEW_NOT_DECLARED',
        `expected a collection declared once, with plain names, got ${NAME.test(spec.name) ? spec.name : 'another name'}`,
      );
    }
    declared.set(spec.name, spec);
  }
  return declared;
};

export const specOf = (declared: ReadonlyMap<string, CollectionSpec>, name: string): CollectionSpec => {
  const spec = declared.get(name);
  if (spec === undefined) throw new StoreFault('VIEW_NOT_DECLARED', 'expected a declared collection, got another name');
  return spec;
};

/** The declared index that answers a query: equality on all fields but the last, in any order, sorted by the last. A query without one is refused. */
export const indexForQuery = (spec: CollectionSpec, query: ViewQuery): readonly string[] => {
  const wanted = [...Object.keys(query.where)].sort().join();
  const found = spec.indexes.find((fields) => fields.at(-1) === query.sort.field && [...fields.slice(0, -1)].sort().join() === wanted);
  if (found === undefined) throw notIndexed(spec);
  return found;
};

/** For counting it is enough that the fields are the first of an index, in any order. */
export const indexForCount = (spec: CollectionSpec, where: Readonly<Record<string, ViewValue>>): readonly string[] => {
  const keys = Object.keys(where).sort();
  const found = spec.indexes.find((fields) => [...fields.slice(0, keys.length)].sort().join() === keys.join());
  if (found === undefined) throw notIndexed(spec);
  return found.slice(0, keys.length);
};

const notIndexed = (spec: CollectionSpec) =>
  new StoreFault('VIEW_NOT_INDEXED', `expected a query that an index of ${spec.name} answers, got another shape`);

/** A value as the index holds it: JSON booleans are 1 and 0 there. */
export type IndexValue = string | number | null;
export const indexValue = (value: ViewValue): IndexValue => (typeof value === 'boolean' ? Number(value) : value);

/** Where a page ended: the value of the sort field and the id of its last document. */
export type Cursor = { readonly value: IndexValue; readonly id: string };

export const cursorText = (field: string, cursor: Cursor): string =>
  Buffer.from(JSON.stringify([field, cursor.value, cursor.id])).toString('base64url');

/** Cursors come back from outside: anything but a cursor of this sort field is refused. */
export const parseCursor = (field: string, text: string): Cursor => {
  const fault = new StoreFault('VIEW_CURSOR_INVALID', 'expected the cursor of an earlier page, got another text');
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    throw fault;
  }
  if (!Array.isArray(parts) || parts.length !== 3 || parts[0] !== field) throw fault;
  const value: unknown = parts[1];
  const id: unknown = parts[2];
  if (typeof id !== 'string' || (value !== null && typeof value !== 'string' && typeof value !== 'number')) throw fault;
  return { value, id };
};

/**
 * A page is read in parts, each of which one index answers in order: documents without the sort field (first when ascending, last when
 * descending, as NULL in SQLite), those level with the cursor, and those beyond it.
 */
export type Segment =
  | { readonly kind: 'empty'; readonly afterId: string | null }
  | { readonly kind: 'level'; readonly value: string | number; readonly afterId: string }
  | { readonly kind: 'filled'; readonly beyond: string | number | null };

/** The parts of a query in the order in which they are read; a later one only when the page is not full. */
export const segmentsOf = (query: ViewQuery): readonly Segment[] => {
  const cursor = query.after === undefined ? null : parseCursor(query.sort.field, query.after);
  const ascending = query.sort.direction === 'ascending';
  const empty: readonly Segment[] =
    query.from !== undefined || query.to !== undefined ? [] : [{ kind: 'empty', afterId: cursor?.value === null ? cursor.id : null }];
  const filled: Segment = { kind: 'filled', beyond: cursor?.value ?? null };
  if (cursor === null) return ascending ? [...empty, filled] : [filled, ...empty];
  if (cursor.value === null) return ascending && empty.length > 0 ? [...empty, filled] : empty;
  return [{ kind: 'level', value: cursor.value, afterId: cursor.id }, filled, ...(ascending ? [] : empty)];
};
