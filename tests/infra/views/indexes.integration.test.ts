import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { CollectionSpec, ViewQuery } from '#domain/ports.ts';
import { cursorText } from '#infra/views/query.ts';
import { countStatement, findStatements, type Statement } from '#infra/views/sql.ts';
import { openSqliteViews } from '#infra/views/sqlite.ts';
import { allProjections } from '#projections/all.ts';
import { parkedCollection } from '#infra/projector/parked.ts';

const rows: CollectionSpec = { name: 'rows', indexes: [['tenant', 'status', 'at'], ['tenant', 'at'], ['at']] };
const specs = [rows, parkedCollection, ...allProjections.flatMap((projection) => projection.collections)];

describe('every query of a declared shape', () => {
  let folder: string;
  let db: DatabaseSync;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-plans-'));
    const views = openSqliteViews({ file: join(folder, 'views.db'), collections: specs });
    await views.close();
    db = new DatabaseSync(join(folder, 'views.db'), { readOnly: true });
  });
  afterAll(() => {
    db.close();
    rmSync(folder, { recursive: true });
  });

  const planOf = ({ sql, values }: Statement): string =>
    db
      .prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .all(...values, 50)
      .map((step) => String(step['detail']))
      .join('; ');

  const shapes = specs.flatMap((spec) => spec.indexes.map((fields) => ({ spec, fields, name: `${spec.name} by ${fields.join(', ')}` })));

  test.each(shapes)('$name is answered by its index alone, in order, on every page', ({ spec, fields }) => {
    const field = fields.at(-1) ?? '';
    const where = Object.fromEntries(fields.slice(0, -1).map((name, index) => [name, index % 2 === 0 ? 'x' : null]));
    const index = `INDEX ${spec.name}__${fields.join('__')}`;
    for (const direction of ['ascending', 'descending'] as const) {
      const query: ViewQuery = { where, sort: { field, direction }, limit: 50 };
      const pages: ViewQuery[] = [
        query,
        { ...query, from: 'a', to: 'b' },
        { ...query, after: cursorText(field, { value: 'm', id: 'x' }) },
        { ...query, after: cursorText(field, { value: null, id: 'x' }) },
        { ...query, from: 'a', after: cursorText(field, { value: 'm', id: 'x' }) },
      ];
      for (const statement of pages.flatMap((page) => findStatements(spec, page))) {
        const plan = planOf(statement);
        expect(plan).toContain(index);
        expect(plan).toContain('SEARCH');
        expect(plan).not.toMatch(/TEMP B-TREE|SCAN/);
      }
    }
  });

  test('a page behind a cursor starts at the cursor, not at the beginning', () => {
    const after = cursorText('at', { value: 'm', id: 'x' });
    const plans = (['ascending', 'descending'] as const).map((direction) =>
      findStatements(rows, { where: { tenant: 't' }, sort: { field: 'at', direction }, limit: 50, after }).map(planOf),
    );
    expect(plans).toEqual([
      [expect.stringContaining('(<expr>=? AND <expr>=? AND id>?)'), expect.stringContaining('(<expr>=? AND <expr>>?)')],
      [
        expect.stringContaining('(<expr>=? AND <expr>=? AND id<?)'),
        expect.stringContaining('(<expr>=? AND <expr>>? AND <expr><?)'),
        expect.anything(),
      ],
    ]);
  });

  test('a count is answered by an index', () => {
    expect(planOf(countStatement(rows, { status: 'open', tenant: 't' }))).toContain(
      'SEARCH rows USING COVERING INDEX rows__tenant__status__at',
    );
    expect(planOf(countStatement(rows, { tenant: 't' }))).toContain('SEARCH rows USING COVERING INDEX');
  });
});

test('an index that is declared no more is dropped at the next start, a new one is filled', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-indexes-'));
  const file = join(folder, 'views.db');
  const first = openSqliteViews({ file, collections: [{ name: 'rows', indexes: [['a']] }] });
  await first.commit('p', 1n, [{ collection: 'rows', id: 'r', document: { a: 1, b: 2 } }]);
  await first.close();
  const second = openSqliteViews({ file, collections: [{ name: 'rows', indexes: [['b']] }] });
  const sort = { field: 'b', direction: 'ascending' } as const;
  expect((await second.find('rows', { where: {}, sort, limit: 1 })).items).toEqual([{ a: 1, b: 2 }]);
  await expect(second.find('rows', { where: {}, sort: { ...sort, field: 'a' }, limit: 1 })).rejects.toMatchObject({
    code: 'VIEW_NOT_INDEXED',
  });
  await second.close();
  const db = new DatabaseSync(file);
  expect(db.prepare("SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL").all()).toMatchObject([{ name: 'rows__b' }]);
  db.close();
  rmSync(folder, { recursive: true });
});

test('readers see all of a large commit or nothing, and the event loop goes on meanwhile', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-slices-'));
  const views = openSqliteViews({ file: join(folder, 'views.db'), collections: [rows] });
  const count = 6_000;
  const writes = Array.from({ length: count }, (_, at) => ({
    collection: 'rows',
    id: `r${String(at)}`,
    document: { tenant: 't', status: 'open', at },
  }));
  const committed = views.commit('p', 1n, writes).then(() => 'done');
  const seen: number[] = [];
  while ((await Promise.race([committed, new Promise((resolve) => setImmediate(() => resolve('not yet')))])) !== 'done') {
    seen.push(await views.count('rows', { tenant: 't' }, count));
  }
  expect(seen.length).toBeGreaterThan(3);
  expect([...new Set(seen)].filter((number) => number !== 0 && number !== count)).toEqual([]);
  expect(await views.count('rows', { tenant: 't' }, count)).toBe(count);
  await views.close();
  rmSync(folder, { recursive: true });
});
