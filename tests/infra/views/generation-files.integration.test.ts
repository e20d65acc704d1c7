import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openViewGenerations, type OpenViews } from '#infra/views/generations-sqlite.ts';
import { list, makeLive, put, rows, sampleProjection, sums, write } from './samples.ts';

const projections = [list, sums];
let folder: string;
let store: OpenViews;
const reopened = async (): Promise<OpenViews> => {
  await store.close();
  return (store = openViewGenerations({ folder, projections }));
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-generation-files-'));
  store = openViewGenerations({ folder, projections });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

const files = () => readdirSync(folder).filter((name) => !/^catalog|-wal$|-shm$/.test(name));
const damaged = { code: 'STORE_DAMAGED', message: expect.stringContaining('npx vconnect rebuild list') };

describe('files of generations', () => {
  test('go when their generation is dropped, with all that SQLite keeps beside them', async () => {
    for (let n = 0; n < 3; n += 1) await (await makeLive(store.generations, list)).views.close();
    expect(files()).toEqual(['list.2.db', 'list.3.db']);
    const open = await store.generations.open(await store.generations.begin('list', 1));
    await write(open, [put('others', 'a', {})]);
    await store.generations.drop({ projection: 'list', number: 4, version: 1, state: 'building' });
    expect(readdirSync(folder).filter((name) => name.startsWith('list.4'))).toEqual([]);
    await open.close();
  });

  test('that no row names are removed at the next start; rows that no file follows yet are begun again', async () => {
    await (await makeLive(store.generations, list, [put('others', 'a', { v: 1 })])).views.close();
    const building = await store.generations.begin('list', 1);
    await store.close();
    rmSync(join(folder, 'list.2.db'));
    for (const name of ['list.7.db', 'list.7.db-wal', 'old.1.db', 'notes.txt']) writeFileSync(join(folder, name), 'left');
    await reopened();
    const views = await store.generations.open(building);
    expect(await views.progress()).toEqual({ checkpoint: 0n, commits: 0 });
    expect(readdirSync(folder).filter((name) => !name.startsWith('catalog') && !/-(wal|shm)$/.test(name))).toEqual([
      'list.1.db',
      'list.2.db',
      'notes.txt',
    ]);
    expect(await store.views.get('others', 'a')).toEqual({ v: 1 });
    await views.close();
  });

  test('of many openings at once none takes away what another begins', async () => {
    const stores = Array.from({ length: 4 }, () => openViewGenerations({ folder, projections }));
    const begun = await Promise.all(stores.flatMap(({ generations }) => [generations.begin('list', 1), generations.begin('sums', 3)]));
    expect(new Set(begun.map(({ projection, number }) => `${projection} ${String(number)}`)).size).toBe(8);
    await Promise.all(begun.map(async (generation) => (await store.generations.open(generation)).close()));
    expect(files()).toHaveLength(8);
    await Promise.all(stores.map((one) => one.close()));
  });
});

describe('indexes', () => {
  const indexesIn = (file: string): readonly string[] => {
    const db = new DatabaseSync(join(folder, file), { readOnly: true });
    const found = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL ORDER BY name`).all();
    db.close();
    return found.map(({ name }) => String(name));
  };
  const parked = ['parked__position', 'parked__tenant__position'];
  const page = { where: { tenant: 't' }, sort: { field: 'at', direction: 'ascending' }, limit: 10 } as const;

  test('are made when the generation is ready; until then the same questions have the same answers', async () => {
    const generation = await store.generations.begin('list', 1);
    const views = await store.generations.open(generation);
    await write(
      views,
      [3, 1, 2].map((at) => put('rows', `r${String(at)}`, { tenant: 't', at })),
    );
    expect(indexesIn('list.1.db')).toEqual(parked);
    const before = await views.find('rows', page);
    expect(before.items).toEqual([1, 2, 3].map((at) => ({ tenant: 't', at })));
    await store.generations.markReady(generation);
    expect(indexesIn('list.1.db')).toEqual([...parked, 'rows__tenant__at', 'rows__tenant__open__at']);
    expect([await views.find('rows', page), await views.count('rows', { tenant: 't' }, 9)]).toEqual([before, 3]);
    await views.close();
  });

  test('that a program declares since are made when the projector opens the live generation; pages answer before and after', async () => {
    const { generation, views } = await makeLive(store.generations, list, [put('rows', 'r', { tenant: 't', at: 1, day: 2 })]);
    await views.close();
    const changed = sampleProjection('list', {
      collections: [
        { name: 'rows', indexes: [['day'], ['tenant', 'at']] },
        { name: 'added', indexes: [['day']] },
      ],
    });
    const newer = openViewGenerations({ folder, projections: [changed] });
    const byDay = { where: {}, sort: { field: 'day', direction: 'ascending' }, limit: 5 } as const;
    const ask = async () => [
      (await newer.views.find('rows', byDay)).items.length,
      await newer.views.get('added', 'x'),
      await newer.views.count('added', {}, 5),
    ];
    expect(await ask()).toEqual([1, null, 0]);
    const opened = await newer.generations.open(generation);
    expect(indexesIn('list.1.db')).toEqual(['added__day', ...parked, 'rows__day', 'rows__tenant__at']);
    expect(await ask()).toEqual([1, null, 0]);
    // The older program beside it asks for an index that is gone by now, and sorts.
    expect((await store.views.find('rows', { ...page, where: { tenant: 't', open: null } })).items).toHaveLength(1);
    await opened.close();
    await newer.close();
  });
});

describe('damage', () => {
  test.each([
    ['is missing', (file: string) => rmSync(file)],
    ['is empty', (file: string) => truncateSync(file, 0)],
    ['is of another kind', (file: string) => writeFileSync(file, 'x'.repeat(8_192))],
    ['was cut off', (file: string) => truncateSync(file, 8_192)],
  ])('a live generation whose file %s says so and names the way out; the others go on', async (_, damage) => {
    const made = [
      await makeLive(store.generations, list, [put('rows', 'r', { tenant: 't', at: 1 })]),
      await makeLive(store.generations, sums, [put('totals', 'x', { v: 1 })]),
    ];
    for (const { views } of made) await views.close();
    await store.close();
    damage(join(folder, 'list.1.db'));
    await reopened();
    await expect(
      store.views.find('rows', { where: { tenant: 't' }, sort: { field: 'at', direction: 'ascending' }, limit: 3 }),
    ).rejects.toMatchObject(damaged);
    expect(await store.views.get('totals', 'x')).toEqual({ v: 1 });
    const [generation] = await store.generations.list();
    if (generation === undefined) throw new Error('expected a generation');
    const again = await makeLive(store.generations, list, [put('rows', 'r', { tenant: 't', at: 2 })]);
    expect(await store.views.get('rows', 'r')).toEqual({ tenant: 't', at: 2 });
    await store.generations.drop(generation);
    expect(existsSync(join(folder, 'list.1.db'))).toBe(false);
    await again.views.close();
  });

  test('a document that is no JSON says so', async () => {
    const { views } = await makeLive(store.generations, list, [put('others', 'a', { v: 1 })]);
    const db = new DatabaseSync(join(folder, 'list.1.db'));
    db.prepare(`UPDATE others SET body = ?`).run(new Uint8Array([0xff, 0xff, 0xff]));
    db.close();
    for (const reads of [views, store.views]) await expect(reads.get('others', 'a')).rejects.toMatchObject(damaged);
    await views.close();
  });

  test('a catalogue that is damaged says so, names the way out, and is left as it is', async () => {
    await store.close();
    writeFileSync(join(folder, 'catalog.db'), 'x'.repeat(4_096));
    expect(() => openViewGenerations({ folder, projections })).toThrow(
      expect.objectContaining({ code: 'STORE_DAMAGED', message: expect.stringContaining('remove the folder "views"') }),
    );
    expect(readFileSync(join(folder, 'catalog.db'), 'utf8')).toBe('x'.repeat(4_096));
  });

  test('a catalogue that was lost is made anew, and what it named is built again', async () => {
    await (await makeLive(store.generations, list)).views.close();
    await store.close();
    for (const name of readdirSync(folder)) if (name.startsWith('catalog')) rmSync(join(folder, name));
    await reopened();
    await expect(store.views.get('others', 'a')).rejects.toMatchObject({ code: 'VIEWS_BUILDING' });
    expect(await store.generations.begin('list', 1)).toMatchObject({ number: 1 });
    const views = await store.generations.open({ projection: 'list', number: 1, version: 1, state: 'building' });
    expect(await views.progress()).toEqual({ checkpoint: 0n, commits: 0 });
    await views.close();
  });
});

test('a generation can be opened and made ready while the same thread is in the middle of a large commit', async () => {
  const generation = await store.generations.begin('list', 1);
  const views = await store.generations.open(generation);
  const large = Array.from({ length: 20_000 }, (_, at) => put('rows', `r${String(at)}`, { tenant: 't', open: true, at }));
  const committing = write(views, large);
  await new Promise(setImmediate);
  const [again] = await Promise.all([store.generations.open(generation), store.generations.markReady(generation)]);
  expect([await committing, await again.count('rows', { tenant: 't' }, 99_999)]).toEqual([true, 20_000]);
  await Promise.all([views.close(), again.close()]);
});

test('readers see all of a large commit or nothing, and the event loop goes on meanwhile', async () => {
  const { views } = await makeLive(store.generations, { ...list, collections: [rows] });
  const count = 6_000;
  const committed = write(
    views,
    Array.from({ length: count }, (_, at) => put('rows', `r${String(at)}`, { tenant: 't', open: true, at })),
  ).then(() => 'done');
  const seen: number[] = [];
  while ((await Promise.race([committed, new Promise((resolve) => setImmediate(() => resolve('not yet')))])) !== 'done')
    seen.push(await store.views.count('rows', { tenant: 't' }, count), await views.count('rows', { tenant: 't' }, count));
  expect(seen.length).toBeGreaterThan(3);
  expect([...new Set(seen)].filter((number) => number !== 0 && number !== count)).toEqual([]);
  expect(await store.views.count('rows', { tenant: 't' }, count)).toBe(count);
  await views.close();
});
