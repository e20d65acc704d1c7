import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ViewReads } from '#domain/ports.ts';
import { type Moved, rollupWrites } from '#infra/projector/rollups.ts';
import type { Projection } from '#projections/projection.ts';

type Piece = { readonly day: string; readonly codes: readonly string[] };

const projection: Projection = {
  name: 'sums',
  version: 1,
  readsFrom: 1,
  collections: [],
  route: () => [],
  evolve: (document) => document,
  rollups: [
    {
      collection: 'days',
      of: 'pieces',
      shares: (document) => {
        const { day, codes } = document as Piece;
        return codes.map((code) => ({ id: day, base: { day }, counts: { [code]: 1 } }));
      },
    },
  ],
};

const readsOf = (stored: ReadonlyMap<string, object>): ViewReads => ({
  get: () => Promise.reject(new Error('not asked')),
  find: () => Promise.reject(new Error('not asked')),
  count: () => Promise.reject(new Error('not asked')),
  getMany: <D extends object>(_collection: string, ids: readonly string[]) =>
    Promise.resolve(new Map(ids.flatMap((id) => (stored.has(id) ? [[id, stored.get(id) as D] as const] : [])))),
});

const piece = fc.record({ day: fc.constantFrom('mon', 'tue'), codes: fc.array(fc.constantFrom('in', 'out', 'late'), { maxLength: 4 }) });

test('sums are those of the documents as they are now, whatever batches led to them', async () => {
  const change = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.option(piece));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(change, { maxLength: 5 }), { maxLength: 12 }), async (batches) => {
      const pieces = new Map<string, Piece>();
      const days = new Map<string, object>();
      for (const batch of batches) {
        const ends = new Map(batch);
        const moved: Moved[] = [...ends].map(([id, after]) => ({
          target: { collection: 'pieces', id },
          before: pieces.get(id) ?? null,
          after,
        }));
        for (const { id, document } of await rollupWrites(moved, projection, readsOf(days)))
          if (document === null) days.delete(id);
          else days.set(id, document);
        for (const [id, after] of ends)
          if (after === null) pieces.delete(id);
          else pieces.set(id, after);
      }
      const expected = new Map<string, { day: string; counts: Record<string, number> }>();
      for (const { day, codes } of pieces.values())
        for (const code of codes) {
          const sum = expected.get(day) ?? { day, counts: {} };
          sum.counts[code] = (sum.counts[code] ?? 0) + 1;
          expected.set(day, sum);
        }
      expect(days).toEqual(expected);
    }),
  );
});

test('a batch that changes no sum writes none', async () => {
  const same: Piece = { day: 'mon', codes: ['in'] };
  const moved: Moved[] = [{ target: { collection: 'pieces', id: 'a' }, before: same, after: { ...same } }];
  expect(await rollupWrites(moved, projection, readsOf(new Map()))).toEqual([]);
});
