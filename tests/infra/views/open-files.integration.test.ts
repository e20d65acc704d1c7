import { existsSync, mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { watchViews } from '#infra/projector/watch.ts';
import { openViewGenerations, type OpenViews } from '#infra/views/generations-sqlite.ts';
import { list, makeLive, put, sums } from './samples.ts';

const projections = [list, sums];
let folder: string;
let store: OpenViews;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-open-files-'));
  store = openViewGenerations({ folder, projections });
});
afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true });
});

/** How often this process has a file open, also one that was removed meanwhile. */
const handlesOf = (file: string): number =>
  readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).replace(' (deleted)', '') === join(folder, file);
    } catch {
      // The handle that lists the folder.
      return false;
    }
  }).length;
const watching = () =>
  watchViews({ log: openMemoryEventStore({ catalogueOf }), ...store, projections, onChange: () => undefined, onFault: () => undefined });

// The handles of a process are seen in /proc.
const onLinux = test.skipIf(!existsSync('/proc/self/fd'));

onLinux('the file of a generation that was replaced is let go, though nobody reads its projection again', async () => {
  const first = await makeLive(store.generations, list, [put('others', 'a', { v: 1 })]);
  await first.views.close();
  const watch = await watching();
  expect(await store.views.get('others', 'a')).toEqual({ v: 1 });
  expect(handlesOf('list.1.db')).toBeGreaterThan(0);
  // Another process switches twice: the first one is dropped, and its file removed.
  const other = openViewGenerations({ folder, projections });
  for (let n = 0; n < 2; n += 1) await (await makeLive(other.generations, list)).views.close();
  expect(existsSync(join(folder, 'list.1.db'))).toBe(false);
  await expect.poll(() => handlesOf('list.1.db'), { timeout: 5_000 }).toBe(0);
  await watch.stop();
  await other.close();
});

onLinux('nothing stays open of a snapshot that could not be begun', async () => {
  const { views } = await makeLive(store.generations, list);
  const damaging = new DatabaseSync(join(folder, 'list.1.db'));
  damaging.exec('DELETE FROM "vconnect.progress"');
  damaging.close();
  const refused = () => expect(views.snapshot()).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  // SQLite keeps one closed handle for the next connection while another one holds a lock.
  await refused();
  const before = handlesOf('list.1.db');
  for (let n = 0; n < 3; n += 1) await refused();
  expect(handlesOf('list.1.db')).toBe(before);
  await views.close();
});

test('listing parked streams writes nothing to the live generation, and waits for nobody who does', async () => {
  const { views } = await makeLive(store.generations, list, [put('parked', 's', { position: 1 })]);
  await views.close();
  const writing = new DatabaseSync(join(folder, 'list.1.db'));
  // Whoever opens it to write makes the index anew, under the lock that somebody else holds.
  writing.exec('DROP INDEX rows__tenant__at; BEGIN IMMEDIATE');
  const watch = await watching();
  expect(await watch.parked(10)).toEqual([{ position: 1 }]);
  writing.exec('ROLLBACK');
  expect(writing.prepare(`SELECT count(*) AS n FROM sqlite_schema WHERE name = 'rows__tenant__at'`).get()).toEqual({ n: 0 });
  writing.close();
  await watch.stop();
});
