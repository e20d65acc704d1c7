import { type ChildProcess, spawn } from 'node:child_process';
import { on, once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openViewGenerations, type OpenViews } from '#infra/views/generations-sqlite.ts';
import { list, makeLive, put, write } from './samples.ts';

const CHILD = join(import.meta.dirname, 'switching-child.ts');
const page = { where: { tenant: 't' }, sort: { field: 'at', direction: 'ascending' }, limit: 50 } as const;

let folder: string;
const children: ChildProcess[] = [];
const stores: OpenViews[] = [];
const open = (): OpenViews => {
  const store = openViewGenerations({ folder, projections: [list] });
  stores.push(store);
  return store;
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-view-processes-'));
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(stores.splice(0).map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

const startSwitching = () => {
  const child = spawn(process.execPath, [CHILD, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let last = 0;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    last = Number(text.trim().split('\n').at(-1));
  });
  return { last: () => last, kill: () => (child.kill('SIGKILL'), once(child, 'exit')) };
};

test('pages read on while another process switches, is killed at any moment, and is started again', async () => {
  const store = open();
  let shown = 0;
  let pages = 0;
  for (let round = 0; round < 5; round += 1) {
    const child = startSwitching();
    const before = shown;
    const killAfter = Math.random() * 40;
    for (let at: number | null = null; at === null || performance.now() < at + killAfter;) {
      if (child.last() > before && at === null) at = performance.now();
      if (child.last() === 0 && shown === 0) {
        await pause(5);
        continue;
      }
      const { items } = await store.views.find<{ v: number }>('rows', page);
      const [v = 0] = new Set(items.map((item) => item.v));
      expect([items.length, new Set(items.map((item) => item.v)).size, v >= shown]).toEqual([20, 1, true]);
      shown = v;
      pages += 1;
      await new Promise(setImmediate);
    }
    await child.kill();
    const reopened = open();
    const [item] = (await reopened.views.find<{ v: number }>('rows', page)).items;
    expect(item?.v).toBeGreaterThanOrEqual(child.last());
    const listed = await reopened.generations.list();
    expect(listed.filter(({ state }) => state === 'live')).toHaveLength(1);
    for (const { number, state } of listed)
      if (state !== 'building') expect([state, existsSync(join(folder, `list.${String(number)}.db`))]).toEqual([state, true]);
    // Waits for the cleaning that comes first.
    await reopened.generations.drop(await reopened.generations.begin('list', 1));
    const known = new Set(listed.map(({ number }) => `list.${String(number)}.db`));
    expect(readdirSync(folder).filter((name) => name.endsWith('.db') && name !== 'catalog.db' && !known.has(name))).toEqual([]);
  }
  expect(pages).toBeGreaterThan(20);
});

test('of two processes that write on one state one wins; a switch by one is seen by the other at its next read', async () => {
  const [mine, theirs] = [open(), open()];
  const { generation, views } = await makeLive(mine.generations, list, [put('others', 'a', { v: 1 })]);
  const other = await theirs.generations.open(generation);
  const after = (await views.progress()).commits;
  const won = await Promise.all(
    [views, other].map((handle, by) => handle.commit({ after, checkpoint: 2n, writes: [put('others', 'a', { by })] })),
  );
  expect(won.toSorted()).toEqual([false, true]);
  expect(await theirs.views.get('others', 'a')).toEqual({ by: won.indexOf(true) });
  const next = await makeLive(theirs.generations, list, [put('others', 'a', { v: 3 })]);
  expect(await mine.views.get('others', 'a')).toEqual({ v: 3 });
  expect(await write(views, [put('others', 'a', { late: true })])).toBe(false);
  await Promise.all([views, other, next.views].map((handle) => handle.close()));
});

test.each(['another commit', 'a switch'])(
  'a process that is frozen between reading and writing, and wakes behind %s, changes nothing',
  async (what) => {
    const store = open();
    const { views } = await makeLive(store.generations, list, [put('others', 'a', { v: 1 })]);
    const child = spawn(process.execPath, [join(import.meta.dirname, 'late-child.ts'), folder], { stdio: ['pipe', 'pipe', 'inherit'] });
    children.push(child);
    const said = on(child.stdout.setEncoding('utf8'), 'data', { signal: AbortSignal.timeout(20_000) });
    expect((await said.next()).value).toEqual(['read\n']);
    child.kill('SIGSTOP');
    child.stdin.write('go');
    const opened = [views];
    if (what === 'a switch') opened.push((await makeLive(store.generations, list, [put('others', 'a', { v: 2 })])).views);
    else await write(views, [put('others', 'a', { v: 2 })]);
    child.kill('SIGCONT');
    expect((await said.next()).value).toEqual(['false\n']);
    expect([await store.views.get('others', 'a'), await views.get('others', 'a')]).toEqual([{ v: 2 }, { v: what === 'a switch' ? 1 : 2 }]);
    await Promise.all(opened.map((handle) => handle.close()));
  },
);

test('what a thread announces wakes who waits in another one within its next looks', async () => {
  const store = open();
  await makeLive(store.generations, list).then(({ views }) => views.close());
  const seen = store.announcements.version();
  const worker = new Worker(join(import.meta.dirname, 'announcing-worker.ts'), { workerData: folder });
  const ended = once(worker, 'exit');
  const patience = AbortSignal.timeout(10_000);
  for (let version = seen; (await store.announcements.last()) === 0 && !patience.aborted; version = store.announcements.version())
    await store.announcements.changed(version, patience);
  expect(await store.announcements.changesAfter(0)).toEqual({
    changes: [{ position: 7n, views: [{ collection: 'rows', id: 'r1', tenant: null }] }],
    last: 1,
    missed: false,
  });
  await ended;
});
