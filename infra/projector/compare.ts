import { isDeepStrictEqual } from 'node:util';
import type { GenerationViews } from '#domain/ports.ts';
import { breathe } from '#infra/eventloop/turns.ts';
import type { Projection } from '#projections/projection.ts';

/** Documents read at one go from each side. */
const PAGE = 500;
/** Ids that a report names for each collection. */
const NAMED = 10;

export type Difference = {
  readonly collection: string;
  /** Only in the live generation. */
  readonly missing: number;
  /** Only in the new one. */
  readonly added: number;
  readonly changed: number;
  readonly ids: readonly string[];
};

export type Comparison =
  | { readonly kind: 'equal'; readonly documents: number }
  | { readonly kind: 'different'; readonly documents: number; readonly differences: readonly Difference[] }
  | { readonly kind: 'not-compared'; readonly reason: 'nothing-live' | 'other-version' | 'live-not-readable' | 'ahead-of-live' };

type Side = Pick<GenerationViews, 'scan'>;
type Entry = { readonly id: string; readonly document: object };

/** Compares all documents of two generations that stand at the same position, side by side in order of id. */
export const compareDocuments = async (projection: Projection, live: Side, built: Side): Promise<Comparison> => {
  const differences: Difference[] = [];
  let documents = 0;
  for (const { name } of projection.collections) {
    const found = await compareCollection(name, live, built);
    documents += found.documents;
    if (found.difference.missing + found.difference.added + found.difference.changed > 0) differences.push(found.difference);
  }
  return differences.length === 0 ? { kind: 'equal', documents } : { kind: 'different', documents, differences };
};

const compareCollection = async (collection: string, live: Side, built: Side) => {
  const [lefts, rights] = [entriesOf(live, collection), entriesOf(built, collection)];
  let [left, right] = [await nextOf(lefts), await nextOf(rights)];
  let documents = 0;
  const counts = { missing: 0, added: 0, changed: 0 };
  const ids: string[] = [];
  const note = (kind: keyof typeof counts, id: string): void => {
    counts[kind] += 1;
    if (ids.length < NAMED) ids.push(id);
  };
  while (left !== null || right !== null) {
    if (right === null || (left !== null && left.id < right.id)) {
      note('missing', left?.id ?? '');
      left = await nextOf(lefts);
    } else if (left === null || right.id < left.id) {
      note('added', right.id);
      [right, documents] = [await nextOf(rights), documents + 1];
    } else {
      if (!isDeepStrictEqual(left.document, right.document)) note('changed', left.id);
      [left, right, documents] = [await nextOf(lefts), await nextOf(rights), documents + 1];
    }
    const turn = breathe();
    if (turn !== undefined) await turn;
  }
  return { documents, difference: { collection, ...counts, ids } };
};

const nextOf = async (entries: AsyncGenerator<Entry>): Promise<Entry | null> => {
  const next = await entries.next();
  return next.done === true ? null : next.value;
};

async function* entriesOf(side: Side, collection: string): AsyncGenerator<Entry> {
  for (let after: string | null = null; ;) {
    const page: readonly Entry[] = await side.scan<object>(collection, after, PAGE);
    yield* page;
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return;
    after = last.id;
  }
}
