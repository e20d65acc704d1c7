import type { ViewReads, ViewWrite } from '#domain/ports.ts';
import type { Projection, Rollup, Share, Target } from '#projections/projection.ts';

/** A document of a batch: as it was loaded, and as the batch leaves it. */
export type Moved = { readonly target: Target; readonly before: object | null; readonly after: object | null };

type Delta = { readonly target: Target; readonly base: object; readonly counts: Map<string, number> };
type RollupDocument = { readonly counts?: Readonly<Record<string, number>> };

/**
 * The rollup documents that a batch changes: what its documents counted for before is taken back, what they count for now is added. Only the
 * two ends of the batch matter, not the steps between.
 */
export const rollupWrites = async (
  moved: readonly Moved[],
  projection: Projection,
  views: Pick<ViewReads, 'getMany'>,
): Promise<readonly ViewWrite[]> => {
  const deltas = new Map<string, Delta>();
  for (const rollup of projection.rollups ?? []) {
    for (const { target, before, after } of moved) {
      if (target.collection !== rollup.of) continue;
      addShares(deltas, rollup, sharesOf(rollup, before), -1);
      addShares(deltas, rollup, sharesOf(rollup, after), 1);
    }
  }
  const changed = [...deltas.values()].filter(({ counts }) => [...counts.values()].some((count) => count !== 0));
  const writes: ViewWrite[] = [];
  for (const [collection, ofCollection] of Map.groupBy(changed, ({ target }) => target.collection)) {
    const stored = await views.getMany<RollupDocument>(
      collection,
      ofCollection.map(({ target }) => target.id),
    );
    for (const delta of ofCollection) writes.push(writeOf(delta, stored.get(delta.target.id) ?? null));
  }
  return writes;
};

const sharesOf = (rollup: Rollup, document: object | null): readonly Share[] => (document === null ? [] : rollup.shares(document));

const addShares = (deltas: Map<string, Delta>, { collection }: Rollup, shares: readonly Share[], sign: 1 | -1): void => {
  for (const { id, base, counts } of shares) {
    const key = `${collection}/${id}`;
    const delta = deltas.get(key) ?? { target: { collection, id }, base, counts: new Map<string, number>() };
    for (const [name, count] of Object.entries(counts)) delta.counts.set(name, (delta.counts.get(name) ?? 0) + sign * count);
    deltas.set(key, delta);
  }
};

const writeOf = ({ target, base, counts: added }: Delta, stored: RollupDocument | null): ViewWrite => {
  const counts = new Map(Object.entries(stored?.counts ?? {}));
  for (const [name, count] of added) counts.set(name, (counts.get(name) ?? 0) + count);
  // Sorted, so that the same sums are the same document, whatever the way to them.
  const left = [...counts].filter(([, count]) => count !== 0).sort(([a], [b]) => (a < b ? -1 : 1));
  return { ...target, document: left.length === 0 ? null : { ...base, counts: Object.fromEntries(left) } };
};
