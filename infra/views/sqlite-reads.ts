import type { CollectionSpec, ViewPage, ViewQuery, ViewValue } from '#domain/ports.ts';
import { damagedDocument, parseDocument } from './document.ts';
import { type Cursor, cursorText, specOf } from './query.ts';
import { countStatement, findStatements } from './sql.ts';
import type { Shape } from './shape.ts';
import { type Prepare, rowOf } from './statements.ts';

type Hit<D> = { readonly cursor: Cursor; readonly document: D };

/** `shape`: what of the declared tables and indexes the file has; null when it has all. A table that is not there yet is empty. */
export const sqliteReads = (prepare: Prepare, declared: ReadonlyMap<string, CollectionSpec>, shape: Shape | null = null) => {
  const missing = (spec: CollectionSpec): boolean => shape?.tables.has(spec.name) === false;
  const get = <D extends object>(collection: string, id: string): D | null => {
    const spec = specOf(declared, collection);
    if (missing(spec)) return null;
    const row = rowOf(prepare(`SELECT json(body) FROM "${spec.name}" WHERE id = ?`).get(id));
    return row === null ? null : parseDocument<D>(row[0]);
  };

  return {
    get,
    getMany: <D extends object>(collection: string, ids: readonly string[]): ReadonlyMap<string, D> => {
      const found = new Map<string, D>();
      for (const id of ids) {
        const document = get<D>(collection, id);
        if (document !== null) found.set(id, document);
      }
      return found;
    },
    /** Reads one document more than asked for: only then is it known that there is a next page. */
    find: <D extends object>(collection: string, query: ViewQuery): ViewPage<D> => {
      const hits: Hit<D>[] = [];
      const wanted = query.limit + 1;
      const spec = specOf(declared, collection);
      for (const { sql, values } of findStatements(spec, query, shape?.indexes)) {
        if (missing(spec)) break;
        if (hits.length < wanted)
          hits.push(
            ...prepare(sql)
              .all(...values, wanted - hits.length)
              .map((row) => hitOf<D>(row)),
          );
      }
      const page = hits.slice(0, query.limit);
      const end = page.at(-1);
      const next = hits.length > query.limit && end !== undefined ? cursorText(query.sort.field, end.cursor) : null;
      return { items: page.map((hit) => hit.document), next };
    },
    count: (collection: string, where: Readonly<Record<string, ViewValue>>, cap: number): number => {
      const spec = specOf(declared, collection);
      const { sql, values } = countStatement(spec, where);
      if (missing(spec)) return 0;
      return Number(rowOf(prepare(sql).get(...values, cap))?.[0] ?? 0);
    },
  };
};

const hitOf = <D extends object>(row: unknown): Hit<D> => {
  const [id, value, text] = rowOf(row) ?? [];
  if (typeof id !== 'string' || (value !== null && typeof value !== 'string' && typeof value !== 'number')) throw damagedDocument();
  return { cursor: { value, id }, document: parseDocument<D>(text) };
};
