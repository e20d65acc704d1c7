import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Generation } from '#domain/ports.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { openViewGenerations, type OpenViews } from '#infra/views/generations-sqlite.ts';
import { anyStep, runSteps } from './generations-model.ts';
import { list, makeLive, put, sampleProjection, sums, write } from './samples.ts';

const projections = [list, sums];
const kinds = [
  { name: 'memory', open: () => createMemoryViewGenerations(projections) },
  { name: 'node:sqlite', open: (folder: string) => openViewGenerations({ folder: join(folder, 'views'), projections }) },
];

describe.each(kinds)('view generations on $name', ({ open }) => {
  let folder: string;
  let store: OpenViews;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-generations-'));
    store = open(folder);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });
  const states = async (projection = 'list') =>
    (await store.generations.list())
      .filter((one) => one.projection === projection)
      .map(({ number, state }) => `${String(number)} ${state}`);

  test('numbers generations from 1 for each projection and never uses a number again', async () => {
    const { generations } = store;
    const first = await generations.begin('list', 1);
    expect(first).toEqual({ projection: 'list', number: 1, version: 1, state: 'building' });
    expect(await generations.begin('sums', 3)).toMatchObject({ number: 1 });
    await generations.drop(first);
    await generations.drop(first);
    expect(await generations.begin('list', 1)).toMatchObject({ number: 2 });
    expect(await states()).toEqual(['2 building']);
    await expect(generations.begin('nowhere', 1)).rejects.toMatchObject({ code: 'VIEW_NOT_DECLARED' });
  });

  test('a generation starts empty at 0, and documents move with checkpoint and commit number', async () => {
    const views = await store.generations.open(await store.generations.begin('list', 1));
    expect(await views.progress()).toEqual({ checkpoint: 0n, commits: 0 });
    const document = { name: 'a', nested: { list: [1, 2.5, null, true, 'Zoë 😀 "quoted"'] }, none: null };
    expect(
      await views.commit({ after: 0, checkpoint: 7n, writes: [put('others', 'a', document), put('parked', 's', { position: 1 })] }),
    ).toBe(true);
    expect(await views.progress()).toEqual({ checkpoint: 7n, commits: 1 });
    expect([await views.get('others', 'a'), await views.get('others', 'b'), await views.get('parked', 's')]).toEqual([
      document,
      null,
      { position: 1 },
    ]);
    expect(await views.commit({ after: 1, checkpoint: 7n, writes: [put('others', 'a', null)] })).toBe(true);
    expect([await views.progress(), await views.get('others', 'a')]).toEqual([{ checkpoint: 7n, commits: 2 }, null]);
    await views.close();
  });

  test('refuses a commit that something else came before, and writes nothing of it', async () => {
    const generation = await store.generations.begin('list', 1);
    const [mine, theirs] = [await store.generations.open(generation), await store.generations.open(generation)];
    expect(await theirs.commit({ after: 0, checkpoint: 5n, writes: [put('others', 'a', { of: 'theirs' })] })).toBe(true);
    expect(await mine.commit({ after: 0, checkpoint: 9n, writes: [put('others', 'a', { of: 'mine' }), put('others', 'b', {})] })).toBe(
      false,
    );
    expect([await mine.progress(), await mine.get('others', 'a'), await mine.get('others', 'b')]).toEqual([
      { checkpoint: 5n, commits: 1 },
      { of: 'theirs' },
      null,
    ]);
    expect(await mine.commit({ after: 1, checkpoint: 9n, writes: [] })).toBe(true);
    await Promise.all([mine.close(), theirs.close()]);
  });

  test('of commits that race on one state exactly one wins', async () => {
    const generation = await store.generations.begin('list', 1);
    const handles = await Promise.all([1, 2, 3].map(() => store.generations.open(generation)));
    for (let round = 0; round < 20; round += 1) {
      const results = await Promise.all(
        handles.map((views, by) => views.commit({ after: round, checkpoint: BigInt(round), writes: [put('others', 'a', { round, by })] })),
      );
      expect(results.filter((won) => won)).toHaveLength(1);
      expect(await handles[0]?.get('others', 'a')).toEqual({ round, by: results.indexOf(true) });
    }
    await Promise.all(handles.map((views) => views.close()));
  });

  test('writes nothing of a commit in which one document cannot be stored or has no collection', async () => {
    const views = await store.generations.open(await store.generations.begin('list', 1));
    const good = put('others', 'a', { v: 1 });
    await expect(write(views, [good, put('others', 'b', { v: 1n })])).rejects.toMatchObject({ code: 'VIEW_MALFORMED' });
    await expect(write(views, [good, put('totals', 'b', {})])).rejects.toMatchObject({ code: 'VIEW_NOT_DECLARED' });
    expect([await views.progress(), await views.get('others', 'a')]).toEqual([{ checkpoint: 0n, commits: 0 }, null]);
    await views.close();
  });

  test('scans a collection in order of id, and a snapshot stays as it was while the generation moves on', async () => {
    const views = await store.generations.open(await store.generations.begin('list', 1));
    const ids = ['b', 'a', 'é', 'c', '😀', '\uffee'];
    await write(
      views,
      ids.map((id) => put('others', id, { id })),
    );
    const snapshot = await views.snapshot();
    await write(views, [put('others', 'a', { id: 'changed' }), put('others', 'b', null)]);
    const idsOf = (page: readonly { readonly id: string }[]) => page.map(({ id }) => id);
    expect(idsOf(await views.scan('others', null, 10))).toEqual(['a', 'c', 'é', '\uffee', '😀']);
    expect([await views.lastId('others'), await views.lastId('parked')]).toEqual(['😀', null]);
    expect(idsOf(await snapshot.scan('others', null, 3))).toEqual(['a', 'b', 'c']);
    expect(await snapshot.scan('others', 'c', 1)).toEqual([{ id: 'é', document: { id: 'é' } }]);
    expect([await snapshot.progress(), await views.progress()]).toEqual([
      { checkpoint: 1n, commits: 1 },
      { checkpoint: 2n, commits: 2 },
    ]);
    await snapshot.close();
    await expect(snapshot.progress()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await views.close();
    await expect(views.progress()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  test('pages read the live generation of a projection that this program can read, and are asked to wait otherwise', async () => {
    const { views, generations } = store;
    await expect(views.get('others', 'a')).rejects.toMatchObject({ code: 'VIEWS_BUILDING', message: expect.stringContaining('try again') });
    const building = await generations.begin('list', 1);
    await expect(generations.switchTo(building)).rejects.toMatchObject({ code: 'VIEWS_NOT_READY' });
    const live = await makeLive(generations, list, [put('others', 'a', { v: 1 })]);
    expect([await views.get('others', 'a'), await views.get('others', 'b')]).toEqual([{ v: 1 }, null]);
    for (const [version, readable] of [
      [1, false],
      [2, true],
      [3, true],
      [4, false],
    ] as const) {
      const made = await makeLive(generations, { ...sums, version }, [put('totals', 'x', { version })]);
      const read = views.get('totals', 'x');
      await (readable ? expect(read).resolves.toEqual({ version }) : expect(read).rejects.toMatchObject({ code: 'VIEWS_BUILDING' }));
      await made.views.close();
    }
    await expect(views.get('parked', 'a')).rejects.toMatchObject({ code: 'VIEW_NOT_DECLARED' });
    await live.views.close();
  });

  test('a switch keeps the last one for a rollback and drops the one before', async () => {
    const { views, generations } = store;
    const made = [];
    for (const v of [1, 2, 3]) made.push(await makeLive(generations, list, [put('others', 'a', { v })]));
    expect(await states()).toEqual(['2 previous', '3 live']);
    expect(await views.get('others', 'a')).toEqual({ v: 3 });
    const [gone, before, now] = made.map(({ generation }): Generation => generation);
    if (gone === undefined || before === undefined || now === undefined) throw new Error('expected three generations');
    await generations.switchTo(now);
    expect(await states()).toEqual(['2 previous', '3 live']);
    // Whoever slept over the last switch does not undo it.
    await expect(generations.switchTo(before)).rejects.toMatchObject({ code: 'VIEWS_NOT_READY' });
    expect(await states()).toEqual(['2 previous', '3 live']);
    await generations.markReady(before);
    await generations.switchTo(before);
    expect(await states()).toEqual(['2 live', '3 previous']);
    expect(await views.get('others', 'a')).toEqual({ v: 2 });
    for (const step of [generations.switchTo, generations.markReady, generations.open])
      await expect(step(gone)).rejects.toMatchObject({ code: 'VIEWS_GONE' });
    await expect(generations.drop(before)).rejects.toMatchObject({ code: 'VIEWS_LIVE' });
    await generations.markReady(now);
    expect(await states()).toEqual(['2 live', '3 ready']);
    await Promise.all(made.map((one) => one.views.close()));
  });

  test('a projector that wakes late changes nothing of a generation that was replaced or dropped', async () => {
    const { generations } = store;
    const [first, second] = [await makeLive(generations, list), await makeLive(generations, list)];
    expect(await write(first.views, [put('others', 'late', {})])).toBe(false);
    expect(await first.views.get('others', 'late')).toBeNull();
    const third = await makeLive(generations, list);
    await expect(write(first.views, [put('others', 'late', {})])).rejects.toMatchObject({ code: 'VIEWS_GONE' });
    await Promise.all([first, second, third].map((one) => one.views.close()));
  });

  test('reads during switches never fail, go empty, or mix two generations', async () => {
    const { views, generations } = store;
    const fill = (v: number) => Array.from({ length: 5 }, (_, n) => put('rows', `r${String(n)}`, { tenant: 't', at: n, v }));
    const opened = [await makeLive(generations, list, fill(0))];
    const ended = new AbortController();
    const seen = new Set<string>();
    const reader = (async () => {
      while (!ended.signal.aborted) {
        const page = await views.find<{ v: number }>('rows', {
          where: { tenant: 't' },
          sort: { field: 'at', direction: 'ascending' },
          limit: 9,
        });
        seen.add(page.items.map(({ v }) => v).join());
        await new Promise(setImmediate);
      }
    })();
    for (let v = 1; v <= 8; v += 1) {
      opened.push(await makeLive(generations, list, fill(v)));
      await new Promise(setImmediate);
    }
    ended.abort();
    await reader;
    expect([...seen].filter((page) => !/^(\d)(,\1){4}$/.test(page))).toEqual([]);
    expect(seen.size).toBeGreaterThan(2);
    await Promise.all(opened.map((one) => one.views.close()));
  });

  test('any steps leave the same generations and documents as the model', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 25 }), async (steps) => {
        const inner = mkdtempSync(join(folder, 'run-'));
        const tried = open(inner);
        try {
          await runSteps(tried, steps);
        } finally {
          await tried.close();
          rmSync(inner, { recursive: true });
        }
      }),
      { numRuns: 40 },
    );
  });

  test('refuses everything once it is closed', async () => {
    await store.close();
    for (const call of [
      () => store.views.get('others', 'a'),
      () => store.generations.list(),
      () => store.generations.begin('list', 1),
      () => store.announcements.progress(),
      () => store.announcements.changed(0, new AbortController().signal),
    ])
      await expect(call()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });

  test('refuses projections that share a collection', () => {
    const twice = [list, sampleProjection('other', { collections: [{ name: 'rows', indexes: [] }] })];
    expect(() =>
      open === kinds[0]?.open
        ? createMemoryViewGenerations(twice)
        : openViewGenerations({ folder: join(folder, 'twice'), projections: twice }),
    ).toThrow(expect.objectContaining({ code: 'VIEW_NOT_DECLARED' }));
  });
});
