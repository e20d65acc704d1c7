import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildInThreads, fairShares } from '#infra/projector/build-threads.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import { makeLog } from '#tests/bench/made-log.ts';

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-build-'));
  await makeLog(join(folder, 'events.db'), 30);
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('building in threads', () => {
  const names = allProjections.map(({ name }) => name);

  test('fills every projection once, to the head, with progress to the end', async () => {
    const seen: bigint[] = [];
    const built = await buildInThreads(folder, () => 0)(names, new AbortController().signal, ({ done }) => seen.push(done));
    expect(built.map(({ projection }) => projection)).toEqual(names);
    expect(built.map(({ parked }) => parked)).toEqual(names.map(() => 0));
    expect(seen.at(-1)).toBe(570n);
    const { generations, close } = openViewGenerations({ folder: join(folder, 'views'), projections: allProjections });
    for (const { generation } of built) {
      const views = await generations.open(generation);
      expect([generation.projection, (await views.progress()).checkpoint]).toEqual([generation.projection, 570n]);
      await views.close();
    }
    await close();
  });

  test('a log that is not there is an error, not a wait', async () => {
    const build = buildInThreads(join(folder, 'nowhere'), () => 1);
    await expect(build(['inbox'], new AbortController().signal, () => undefined)).rejects.toThrow();
  });

  test('shares the work by its weight', () => {
    const weights = new Map([
      ['a', 8],
      ['b', 5],
      ['c', 4],
      ['d', 1],
    ]);
    expect(fairShares(['d', 'c', 'b', 'a'], 2, (name) => weights.get(name) ?? 0)).toEqual([
      ['a', 'd'],
      ['b', 'c'],
    ]);
    expect(fairShares(['a'], 4, () => 1)).toEqual([['a']]);
    // The first filling: nothing is known yet, and no thread is left without work.
    expect(fairShares(['a', 'b', 'c'], 2, () => 0)).toEqual([['a', 'c'], ['b']]);
  });
});
