import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { list, makeLive, put, write } from './samples.ts';

const folder = mkdtempSync(join(tmpdir(), 'vconnect-small-views-'));
const mount = (...options: readonly string[]) => spawnSync('mount', [...options, 'tmpfs', folder]).status === 0;
const mounted = process.platform === 'linux' && mount('-t', 'tmpfs', '-o', 'size=4m');
if (!mounted) process.stderr.write('Left out: views on a full disk. Mounting a small tmpfs needs root on Linux.\n');

test.runIf(mounted)('a commit on a full disk says so and changes nothing; pages read on; it goes on when there is space', async () => {
  try {
    const { generations, views: pages, close } = openViewGenerations({ folder, projections: [list] });
    const { views } = await makeLive(generations, list);
    const big = (at: number) => put('rows', `r${String(at)}`, { tenant: 't', open: true, at, filler: 'x'.repeat(2_000) });
    let fault: unknown = null;
    let stored = 0;
    while (fault === null && stored < 10_000) {
      const done = await write(
        views,
        Array.from({ length: 50 }, (_, n) => big(stored + n)),
      ).catch((error: unknown) => ((fault = error), false));
      if (done) stored += 50;
    }
    expect(fault).toMatchObject({ code: 'STORE_FULL', message: expect.stringContaining('free some space') });
    expect(stored).toBeGreaterThan(0);
    const before = await views.progress();
    expect([before.commits, await views.count('rows', { tenant: 't' }, 20_000)]).toEqual([1 + stored / 50, stored]);
    expect(await pages.get('rows', 'r0')).toMatchObject({ at: 0 });
    expect(
      (await pages.find('rows', { where: { tenant: 't' }, sort: { field: 'at', direction: 'descending' }, limit: 1 })).items,
    ).toMatchObject([{ at: stored - 1 }]);
    expect(mount('-o', 'remount,size=32m')).toBe(true);
    expect(await write(views, [big(stored)])).toBe(true);
    expect(await pages.count('rows', { tenant: 't' }, 20_000)).toBe(stored + 1);
    await views.close();
    await close();
  } finally {
    spawnSync('umount', [folder]);
    rmSync(folder, { recursive: true });
  }
});
