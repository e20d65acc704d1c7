import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { GenerationViews, ViewPage, ViewQuery, ViewReads, ViewValue, ViewWrite } from '#domain/ports.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { openViewGenerations, type OpenViews } from '#infra/views/generations-sqlite.ts';
import { list, makeLive, write } from './samples.ts';

type Row = { readonly name: string; readonly tenant: string; readonly open: boolean | null; readonly at?: ViewValue };

const projections = [list];
const engines = [
  { engine: 'memory', make: () => createMemoryViewGenerations(projections) },
  { engine: 'node:sqlite', make: (folder: string) => openViewGenerations({ folder, projections }) },
];
/** As pages read them, and as the projector does: with the indexes, and before they are made. */
const kinds = engines.flatMap(({ engine, make }) =>
  (['pages', 'the live generation', 'a generation that is being built'] as const).map((by) => ({ name: `${by} on ${engine}`, by, make })),
);

const ascending = { field: 'at', direction: 'ascending' } as const;
const descending = { field: 'at', direction: 'descending' } as const;

const row = (name: string, at?: ViewValue, more: Partial<Row> = {}): Row => ({
  name,
  tenant: 't1',
  open: true,
  ...(at === undefined ? {} : { at }),
  ...more,
});

describe.each(kinds)('documents as seen by $name', ({ by, make }) => {
  let folder: string;
  let store: OpenViews;
  let generation: GenerationViews;
  let views: ViewReads;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-views-'));
    store = make(folder);
    generation =
      by === 'a generation that is being built'
        ? await store.generations.open(await store.generations.begin('list', 1))
        : (await makeLive(store.generations, list)).views;
    views = by === 'pages' ? store.views : generation;
  });
  afterEach(async () => {
    await generation.close();
    await store.close();
    rmSync(folder, { recursive: true });
  });

  const commit = (...writes: readonly ViewWrite[]) => write(generation, writes);
  const put = (...rows: readonly Row[]) => commit(...rows.map((document) => ({ collection: 'rows', id: document.name, document })));
  const names = (page: ViewPage<Row>) => page.items.map((item) => item.name);
  const everyPage = async (query: ViewQuery, between: (page: number) => Promise<void> = () => Promise.resolve()) => {
    const found: string[] = [];
    let after: string | null = null;
    for (let page = 0; page < 200; page += 1) {
      const result: ViewPage<Row> = await views.find<Row>('rows', after === null ? query : { ...query, after });
      expect(result.items.length).toBeLessThanOrEqual(query.limit);
      found.push(...names(result));
      after = result.next;
      if (after === null) return found;
      await between(page);
    }
    throw new Error('expected an end of the pages');
  };

  test('gives documents back as they were committed, and null for what is not there', async () => {
    const document = { name: 'a', nested: { list: [1, 2.5, null, true, 'Zoë 😀 "quoted"'] }, none: null };
    await commit({ collection: 'others', id: 'a', document });
    expect(await views.get('others', 'a')).toEqual(document);
    expect(await views.get('others', 'b')).toBeNull();
    expect(await views.getMany('others', ['a', 'b'])).toEqual(new Map([['a', document]]));
  });

  test('replaces and deletes, the last write of a commit counts', async () => {
    await commit(
      { collection: 'others', id: 'a', document: { v: 1 } },
      { collection: 'others', id: 'b', document: { v: 1 } },
      { collection: 'others', id: 'b', document: { v: 2 } },
    );
    await commit({ collection: 'others', id: 'a', document: null });
    expect([await views.get('others', 'a'), await views.get('others', 'b')]).toEqual([null, { v: 2 }]);
  });

  test('knows only declared collections', async () => {
    for (const ask of [views.get('nowhere', 'a'), views.getMany('nowhere', ['a']), views.count('nowhere', {}, 1)])
      await expect(ask).rejects.toMatchObject({ code: 'VIEW_NOT_DECLARED' });
  });

  test('finds by equality, sorted both ways, equal sort values by id', async () => {
    await put(row('c', '2026-03'), row('a', '2026-01'), row('b2', '2026-02'), row('b1', '2026-02'));
    await put(row('x', '2026-01', { tenant: 't2' }), row('closed', '2026-01', { open: false }), row('unknown', '2026-01', { open: null }));
    const where = { open: true, tenant: 't1' };
    expect(names(await views.find('rows', { where, sort: ascending, limit: 10 }))).toEqual(['a', 'b1', 'b2', 'c']);
    expect(names(await views.find('rows', { where, sort: descending, limit: 10 }))).toEqual(['c', 'b2', 'b1', 'a']);
    expect(names(await views.find('rows', { where: { ...where, open: false }, sort: ascending, limit: 10 }))).toEqual(['closed']);
    expect(names(await views.find('rows', { where: { ...where, open: null }, sort: ascending, limit: 10 }))).toEqual(['unknown']);
  });

  test('keeps to inclusive bounds, also across pages', async () => {
    await put(...[1, 2, 3, 4, 5, 6].map((at) => row(`r${String(at)}`, at)), row('none'));
    const query = { where: { tenant: 't1' }, from: 2, to: 5, limit: 3 };
    expect(await everyPage({ ...query, sort: ascending })).toEqual(['r2', 'r3', 'r4', 'r5']);
    expect(await everyPage({ ...query, sort: descending })).toEqual(['r5', 'r4', 'r3', 'r2']);
  });

  test('shows each document that stays in place once, while others come, go and move', async () => {
    await put(...Array.from({ length: 20 }, (_, index) => row(`r${String(index).padStart(2, '0')}`, index)));
    const found = await everyPage({ where: { tenant: 't1' }, sort: ascending, limit: 3 }, async (page) => {
      await put(row(`new${String(page)}`, -1 - page), row('r00', 0.5 + page / 100));
      await commit({ collection: 'rows', id: 'r01', document: null });
    });
    expect(found.filter((name) => !['r00', 'r01'].includes(name))).toEqual(
      Array.from({ length: 18 }, (_, index) => `r${String(index + 2).padStart(2, '0')}`),
    );
  });

  test('says whether there is a next page exactly', async () => {
    await put(row('a', 1), row('b', 2));
    expect((await views.find('rows', { where: { tenant: 't1' }, sort: ascending, limit: 2 })).next).toBeNull();
    expect((await views.find('rows', { where: { tenant: 't1' }, sort: ascending, limit: 1 })).next).not.toBeNull();
    expect(await views.find('rows', { where: { tenant: 'nobody' }, sort: ascending, limit: 1 })).toEqual({ items: [], next: null });
  });

  test.each(['', 'x', 'bnVsbA', Buffer.from('["name","a","b"]').toString('base64url'), Buffer.from('["at",{},"b"]').toString('base64url')])(
    'refuses the cursor %j that it never gave',
    async (after) => {
      await expect(views.find('rows', { where: { tenant: 't1' }, sort: ascending, limit: 1, after })).rejects.toMatchObject({
        code: 'VIEW_CURSOR_INVALID',
      });
    },
  );

  test('refuses a query that no index answers', async () => {
    const find = (where: Record<string, ViewValue>, field: string) =>
      views.find('rows', { where, sort: { field, direction: 'ascending' }, limit: 1 });
    await expect(find({ open: true }, 'at')).rejects.toMatchObject({ code: 'VIEW_NOT_INDEXED' });
    await expect(find({ tenant: 't1' }, 'name')).rejects.toMatchObject({ code: 'VIEW_NOT_INDEXED' });
    await expect(find({ tenant: 't1', name: 'a' }, 'at')).rejects.toMatchObject({ code: 'VIEW_NOT_INDEXED' });
    await expect(views.count('rows', { open: true }, 5)).rejects.toMatchObject({ code: 'VIEW_NOT_INDEXED' });
  });

  test('counts no further than the cap', async () => {
    await put(row('a', 1), row('b', 2), row('c', 3, { open: false }));
    const counts = await Promise.all([
      views.count('rows', { tenant: 't1' }, 10),
      views.count('rows', { tenant: 't1', open: true }, 10),
      views.count('rows', {}, 2),
    ]);
    expect(counts).toEqual([3, 2, 2]);
  });

  test('pages through any documents in one total order, the same as a plain sort', async () => {
    const value = fc.oneof(
      fc.integer({ min: -3, max: 3 }),
      fc.constantFrom('', 'a', 'b', 'é', '😀', '\uffee'),
      fc.boolean(),
      fc.constant(null),
      fc.constant(undefined),
    );
    const property = fc.asyncProperty(
      fc.array(value, { maxLength: 25 }),
      fc.integer({ min: 1, max: 7 }),
      fc.boolean(),
      async (values, limit, up) => {
        await commit(...(await generation.scan('rows', null, 100)).map(({ id }) => ({ collection: 'rows', id, document: null })));
        await put(...values.map((at, index) => row(`r${String(index).padStart(2, '0')}`, at)));
        const found = await everyPage({ where: { tenant: 't1' }, sort: up ? ascending : descending, limit });
        expect(found).toEqual(sorted(values, up));
      },
    );
    await fc.assert(property, { numRuns: 60 });
  });
});

/** The oracle: nothing first, then numbers (false 0, true 1), then text by its bytes; the id decides the rest. */
const sorted = (values: readonly (ViewValue | undefined)[], up: boolean): readonly string[] => {
  const key = (value: ViewValue | undefined): string => {
    if (value === null || value === undefined) return '0';
    if (typeof value === 'string') return `2${Buffer.from(value).toString('hex')}`;
    return `1${String(Number(value) + 500)}`;
  };
  const keyed = values.map((value, index) => `${key(value)}|r${String(index).padStart(2, '0')}`);
  keyed.sort((a, b) =>
    a.split('|')[0] === b.split('|')[0] ? (a < b ? -1 : 1) : (a.split('|')[0] ?? '') < (b.split('|')[0] ?? '') ? -1 : 1,
  );
  const ordered = keyed.map((text) => text.split('|')[1] ?? '');
  return up ? ordered : ordered.reverse();
};
