import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import type { EventStore } from '#domain/ports.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { newStream, statusEvent, statusEvents } from './sample-events.ts';

const mount = (...args: readonly string[]) => spawnSync('mount', args).status === 0;

/** Small disks need root on Linux; tried once, so that a run says what it left out. */
const canMount = ((): boolean => {
  if (process.platform !== 'linux') return false;
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-mount-'));
  const mounted = mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder);
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
})();
if (!canMount) process.stderr.write('Left out: full and read-only disks. Mounting a small tmpfs needs root on Linux.\n');

describe.runIf(canMount)('a disk of its own', () => {
  let folder: string;
  let file: string;
  let opened: EventStore[];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-small-disk-'));
    file = join(folder, 'events.db');
    opened = [];
  });
  afterEach(async () => {
    await Promise.all(opened.map((store) => store.close()));
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  });
  const disk = (size: string) => expect(mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder)).toBe(true);
  const remount = (options: string) => expect(mount('-o', `remount,${options}`, folder)).toBe(true);
  const open = () => {
    const store = openSqliteEventStore({ file, catalogueOf });
    opened.push(store);
    return store;
  };
  const openReader = () => {
    const reader = openSqliteLogReader({ file, catalogueOf });
    opened.push(reader);
    return reader;
  };

  // The larger one fills up when pages have begun to move from the WAL to the main file.
  test.each(['2m', '40m'])(
    'that is full (%s) refuses appends, loses nothing acknowledged, keeps reading, and takes up again when there is space',
    async (size) => {
      disk(size);
      const store = open();
      const [stream, acknowledged] = [newStream(), new Set<string>()];
      let fault: unknown = null;
      while (fault === null) {
        const events = statusEvents(50);
        await store.append(stream, 'any', events).then(
          () => events.forEach(({ id }) => acknowledged.add(id)),
          (error: unknown) => (fault = error),
        );
      }
      expect(fault).toMatchObject({ code: 'STORE_FULL', message: expect.stringContaining('free some space') });
      const read = async (from: EventStore) => new Set((await from.readAll(0n, 1_000_000)).map(({ id }) => String(id)));
      expect(await read(store)).toEqual(acknowledged);
      expect(await read(openReader())).toEqual(acknowledged);
      await expect(store.append(stream, 'any', statusEvents(2_000))).rejects.toMatchObject({ code: 'STORE_FULL' });
      remount('size=120m');
      const head = await store.head();
      expect(await store.append(stream, 'any', [statusEvent()])).toMatchObject({ kind: 'appended', position: head + 1n });
      await store.close();
      expect((await read(open())).size).toBe(acknowledged.size + 1);
    },
  );

  test('that is read-only is said to be so; the log can still be read', async () => {
    disk('8m');
    const store = open();
    await store.append(newStream(), 'none', statusEvents(20));
    await store.close();
    remount('ro');
    expect(open).toThrow(expect.objectContaining({ code: 'STORE_READ_ONLY' }));
    const reader = openReader();
    expect(await reader.readAll(0n, 100)).toHaveLength(20);
    await expect(reader.append(newStream(), 'none', [statusEvent()])).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
    await reader.close();
    remount('rw');
    expect(await open().append(newStream(), 'none', [statusEvent()])).toMatchObject({ position: 21n });
  });
});
