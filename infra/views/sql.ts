import type { CollectionSpec, ViewQuery, ViewValue } from '#domain/ports.ts';
import { indexForCount, indexForQuery, type IndexValue, indexValue, type Segment, segmentsOf } from './query.ts';

export type Statement = { readonly sql: string; readonly values: readonly IndexValue[] };

const field = (name: string): string => `json_extract(body, '$.${name}')`;
const indexName = (spec: CollectionSpec, fields: readonly string[]): string => `${spec.name}__${fields.join('__')}`;

/** Every index ends with the id: it makes the order total, so that a page can go on exactly behind the last one. */
export const createCollection = (spec: CollectionSpec): string => `${createTable(spec)}\n${createIndexes(spec).join('\n')}`;

export const createTable = (spec: CollectionSpec): string =>
  `CREATE TABLE IF NOT EXISTS "${spec.name}" (id TEXT PRIMARY KEY NOT NULL, body BLOB NOT NULL) STRICT;`;

export const createIndexes = (spec: CollectionSpec): readonly string[] =>
  spec.indexes.map(
    (fields) => `CREATE INDEX IF NOT EXISTS "${indexName(spec, fields)}" ON "${spec.name}" (${[...fields.map(field), 'id'].join(', ')});`,
  );

/** Names of the indexes that a collection should have; others are left from an older program. */
export const indexNames = (spec: CollectionSpec): ReadonlySet<string> => new Set(spec.indexes.map((fields) => indexName(spec, fields)));

/**
 * One statement per segment, each answered by one index, in order and without sorting. `made` names the indexes that exist: while a
 * generation is being filled they do not, and SQLite sorts.
 */
export const findStatements = (spec: CollectionSpec, query: ViewQuery, made?: ReadonlySet<string>): readonly Statement[] => {
  const fields = indexForQuery(spec, query);
  const index = indexName(spec, fields);
  const by = made === undefined || made.has(index) ? ` INDEXED BY "${index}"` : '';
  return segmentsOf(query).map((segment) => segmentStatement({ from: `FROM "${spec.name}"${by}`, fields }, query, segment));
};

/** Below every number and every text, and not NULL: a range that an index can start at, where IS NOT NULL would be a filter. */
const LOWEST = '-9e999';

type Source = { readonly from: string; readonly fields: readonly string[] };

const segmentStatement = ({ from, fields }: Source, query: ViewQuery, segment: Segment): Statement => {
  const sort = field(query.sort.field);
  const [order, beyond] = query.sort.direction === 'ascending' ? (['ASC', '>'] as const) : (['DESC', '<'] as const);
  const filters = equalities(fields.slice(0, -1), query.where);
  const terms = [...filters.terms];
  const values = [...filters.values];
  const add = (term: string, ...added: IndexValue[]) => {
    terms.push(term);
    values.push(...added);
  };
  if (query.from !== undefined) add(`${sort} >= ?`, indexValue(query.from));
  if (query.to !== undefined) add(`${sort} <= ?`, indexValue(query.to));
  if (segment.kind === 'empty') add(`${sort} IS NULL`);
  if (segment.kind === 'empty' && segment.afterId !== null) add(`id ${beyond} ?`, segment.afterId);
  if (segment.kind === 'level') add(`${sort} = ? AND id ${beyond} ?`, segment.value, segment.afterId);
  if (segment.kind === 'filled' && segment.beyond !== null) add(`${sort} ${beyond} ?`, segment.beyond);
  if (segment.kind === 'filled' && query.from === undefined && (segment.beyond === null || beyond === '<')) add(`${sort} >= ${LOWEST}`);
  const sorted = segment.kind === 'filled' ? `${sort} ${order}, id ${order}` : `id ${order}`;
  return { sql: `SELECT id, ${sort}, json(body) ${from} WHERE ${terms.join(' AND ')} ORDER BY ${sorted} LIMIT ?`, values };
};

export const countStatement = (spec: CollectionSpec, where: Readonly<Record<string, ViewValue>>): Statement => {
  if (Object.keys(where).length === 0) return { sql: `SELECT count(*) FROM (SELECT 1 FROM "${spec.name}" LIMIT ?)`, values: [] };
  const { terms, values } = equalities(indexForCount(spec, where), where);
  return { sql: `SELECT count(*) FROM (SELECT 1 FROM "${spec.name}" WHERE ${terms.join(' AND ')} LIMIT ?)`, values };
};

const equalities = (fields: readonly string[], where: Readonly<Record<string, ViewValue>>) => {
  const wanted = fields.map((name) => ({ name, value: indexValue(where[name] ?? null) }));
  return {
    terms: wanted.map(({ name, value }) => (value === null ? `${field(name)} IS NULL` : `${field(name)} = ?`)),
    values: wanted.flatMap(({ value }): readonly IndexValue[] => (value === null ? [] : [value])),
  };
};
