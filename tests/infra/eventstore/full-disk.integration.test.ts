import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { newStream, statusEvent, statusEvents } from './sample-events.ts';

const folder = mkdtempSync(join(tmpdir(), 'vconnect-small-disk-'));
const mount = (...options: readonly string[]) => spawnSync('mount', [...options, 'tmpfs', folder]).status === 0;
const mounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=2m');
if (!mounted) process.stderr.write('Left out: full and read-only disks. Mounting a small tmpfs needs root on Linux.\n');

test.runIf(mounted)(
  'a full disk refuses appends, loses nothing acknowledged, keeps reading, and takes up again when there is space',
  async () => {
    try {
      const store = openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf });
      const acknowledged: bigint[] = [];
      const stream = newStream();
      let fault: unknown = null;
      for (let count = 0; count < 400 && fault === null; count += 1) {
        const result = await store.append(stream, 'any', statusEvents(20)).catch((error: unknown) => ((fault = error), null));
        if (result?.kind === 'appended') acknowledged.push(result.position);
      }
      expect(fault).toMatchObject({ code: 'STORE_FULL', message: expect.stringContaining('free some space') });
      const last = acknowledged.at(-1) ?? 0n;
      expect(last).toBeGreaterThan(0n);
      expect(await store.head()).toBe(last);
      expect(await store.readAll(0n, 100_000)).toHaveLength(Number(last));
      expect(mount('-o', 'remount,size=16m')).toBe(true);
      expect(await store.append(stream, 'any', [statusEvent()])).toMatchObject({ kind: 'appended', position: last + 1n });
      await store.close();
      expect(mount('-o', 'remount,ro')).toBe(true);
      expect(() => openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf })).toThrow(
        expect.objectContaining({ code: 'STORE_READ_ONLY' }),
      );
    } finally {
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true });
    }
  },
);
