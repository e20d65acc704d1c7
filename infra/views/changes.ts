import type { ChangedDocument, ChangesSince, ViewChange } from '#infra/projector/announcements.ts';

/** How many changed documents are kept for readers that are behind: some seconds of the fastest writing. Who is further behind reads anew. */
export const KEPT_CHANGES = 10_000;

/** One changed document, numbered without gaps. */
export type NumberedChange = ChangedDocument & { readonly number: number; readonly position: bigint };

/** No reader comes to it without having missed the number before. */
const MARK: ChangedDocument & { readonly position: bigint } = { position: 0n, collection: '', id: '', tenant: null };

/**
 * Rows to add behind `before`. A gap in their numbers tells readers that they missed something: of more than are kept only the last are
 * added, and when everything is to be read anew (`anew`), only a mark behind a number that is left out.
 */
export const changedRows = (
  before: number,
  changes: readonly ViewChange[],
  anew: boolean,
): { readonly rows: readonly NumberedChange[]; readonly last: number } => {
  if (anew) return { rows: [{ ...MARK, number: before + 2 }], last: before + 2 };
  const all = changes.flatMap(({ position, views }) => views.map((view) => ({ ...view, position })));
  const rows = all.map((change, at) => ({ ...change, number: before + 1 + at })).slice(-KEPT_CHANGES);
  return { rows, last: before + all.length };
};

/** `newest` is asked when there are no rows: numbers smaller than the reader's mean that the catalogue was made anew. */
export const since = (last: number, rows: readonly NumberedChange[], newest: () => number): ChangesSince => {
  const first = rows[0];
  if (first === undefined) {
    const missed = newest() < last;
    return { changes: [], last: missed ? newest() : last, missed };
  }
  const end = rows.at(-1)?.number ?? last;
  if (end - last !== rows.length) return { changes: [], last: end, missed: true };
  return { changes: byPosition(rows), last: end, missed: false };
};

const byPosition = (rows: readonly NumberedChange[]): readonly ViewChange[] => {
  const changes: { readonly position: bigint; readonly views: ChangedDocument[] }[] = [];
  for (const { position, collection, id, tenant } of rows) {
    const open = changes.at(-1);
    if (open?.position === position) open.views.push({ collection, id, tenant });
    else changes.push({ position, views: [{ collection, id, tenant }] });
  }
  return changes;
};
