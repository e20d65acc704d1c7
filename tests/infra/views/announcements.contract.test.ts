import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Generation } from '#domain/ports.ts';
import type { ChangedDocument, ProjectionProgress, ViewChange } from '#infra/projector/announcements.ts';
import { KEPT_CHANGES } from '#infra/views/changes.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { openViewGenerations, type OpenViews } from '#infra/views/generations-sqlite.ts';
import { sampleId } from '#tests/support/sample.ts';
import { list, sums } from './samples.ts';

const projections = [list, sums];
const kinds = [
  { name: 'memory', open: () => createMemoryViewGenerations(projections) },
  { name: 'node:sqlite', open: (folder: string) => openViewGenerations({ folder, projections }) },
];

const tenant = sampleId<'tenant'>(1);
const document = (n: number): ChangedDocument => ({ collection: 'rows', id: `r${String(n)}`, tenant: n % 2 === 0 ? tenant : null });
const change = (position: number, ...numbers: readonly number[]): ViewChange => ({
  position: BigInt(position),
  views: numbers.map(document),
});
const progressOf = ({ projection, number, version }: Generation, checkpoint: bigint): ProjectionProgress => ({
  projection,
  generation: number,
  version,
  state: 'building',
  checkpoint,
  seenAtMs: 1_790_000_000_123,
  fault: null,
  parkedStreams: 0,
});

describe.each(kinds)('announcements on $name', ({ open }) => {
  let folder: string;
  let store: OpenViews;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-announcements-'));
    store = open(folder);
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  });

  test('progress overwrites what was said of the same generation, and goes with it', async () => {
    const { announcements, generations } = store;
    const [first, second] = [await generations.begin('list', 1), await generations.begin('list', 1)];
    await announcements.announce([progressOf(first, 3n), progressOf(second, 4n)], []);
    const held = { ...progressOf(first, 9n), fault: 'STORE_FULL', parkedStreams: 2 };
    await announcements.announce([held], []);
    expect(await announcements.progress()).toEqual([held, progressOf(second, 4n)]);
    await generations.drop(first);
    await announcements.announce([held], []);
    expect(await announcements.progress()).toEqual([progressOf(second, 4n)]);
  });

  test('tells what changed since, each document with its position and organisation, and where to go on', async () => {
    const { announcements } = store;
    expect([await announcements.last(), await announcements.changesAfter(0)]).toEqual([0, { changes: [], last: 0, missed: false }]);
    await announcements.announce([], [change(5, 1, 2), change(6, 3), change(7)]);
    expect(await announcements.changesAfter(0)).toEqual({ changes: [change(5, 1, 2), change(6, 3)], last: 3, missed: false });
    await announcements.announce([], [change(8, 4)]);
    expect([await announcements.last(), await announcements.changesAfter(3)]).toEqual([
      4,
      { changes: [change(8, 4)], last: 4, missed: false },
    ]);
    expect(await announcements.changesAfter(4)).toEqual({ changes: [], last: 4, missed: false });
  });

  test('says so when older changes than asked for were dropped, or when the numbers began anew', async () => {
    const { announcements } = store;
    await announcements.announce([], [change(1, 1), change(2, 2)]);
    const many = Array.from({ length: KEPT_CHANGES - 1 }, (_, n) => change(n + 3, n));
    await announcements.announce([], many);
    expect(await announcements.changesAfter(0)).toEqual({ changes: [], last: KEPT_CHANGES + 1, missed: true });
    expect(await announcements.changesAfter(1)).toMatchObject({ last: KEPT_CHANGES + 1, missed: false });
    await announcements.announce([], [...many, change(1, 1), change(2, 2), change(3, 3)]);
    const last = 2 * KEPT_CHANGES + 3;
    expect(await announcements.last()).toBe(last);
    expect(await announcements.changesAfter(KEPT_CHANGES + 1)).toEqual({ changes: [], last, missed: true });
    expect(await announcements.changesAfter(last + 5)).toEqual({ changes: [], last, missed: true });
  });

  test('tells whoever follows that it missed something when everything is to be read anew, once', async () => {
    const { announcements } = store;
    await announcements.announce([], [change(1, 1)]);
    await announcements.announce([], [], true);
    const behind = await announcements.changesAfter(0);
    expect(behind).toMatchObject({ changes: [], missed: true });
    expect(await announcements.changesAfter(1)).toEqual(behind);
    expect(await announcements.last()).toBe(behind.last);
    expect(await announcements.changesAfter(behind.last)).toEqual({ changes: [], last: behind.last, missed: false });
    await announcements.announce([], [change(2, 2)]);
    expect(await announcements.changesAfter(behind.last)).toMatchObject({ changes: [change(2, 2)], missed: false });
    expect(await announcements.changesAfter(1)).toMatchObject({ changes: [], missed: true });
  });

  test('any readers that follow at any pace see every change in order, or are told that they missed some', async () => {
    let told = await store.announcements.last();
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ count: fc.nat(6), read: fc.boolean() }), { maxLength: 12 }), async (steps) => {
        const seen: string[] = [];
        const expected: string[] = [];
        for (const { count, read } of steps) {
          const changes = Array.from({ length: count }, (_, n) => change(told + n, n));
          await store.announcements.announce([], changes);
          expected.push(...changes.flatMap(({ views }) => views.map(({ id }) => id)));
          if (!read) continue;
          const { changes: found, last, missed } = await store.announcements.changesAfter(told);
          expect(missed).toBe(false);
          seen.push(...found.flatMap(({ views }) => views.map(({ id }) => id)));
          told = last;
        }
        const rest = await store.announcements.changesAfter(told);
        told = rest.last;
        expect([...seen, ...rest.changes.flatMap(({ views }) => views.map(({ id }) => id))]).toEqual(expected);
      }),
      { numRuns: 25 },
    );
  });

  test('wakes who waits, also for what was announced between the look and the wait', async () => {
    const { announcements } = store;
    const { signal } = new AbortController();
    const before = announcements.version();
    await announcements.announce([], [change(1, 1)]);
    await announcements.changed(before, signal);
    const seen = announcements.version();
    let woken = false;
    const waiting = announcements.changed(seen, signal).then(() => (woken = true));
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(woken).toBe(false);
    await announcements.announce([], [change(2, 2)]);
    await waiting;
    expect(announcements.version()).toBeGreaterThan(seen);
  });

  test('stops waiting when the caller gives up, and when the store is closed', async () => {
    const { announcements } = store;
    const gaveUp = new AbortController();
    const waiting = announcements.changed(announcements.version(), gaveUp.signal);
    const other = announcements.changed(announcements.version(), new AbortController().signal);
    gaveUp.abort();
    await waiting;
    await announcements.close();
    await other;
    await expect(announcements.announce([], [])).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});
