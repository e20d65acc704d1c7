import type { InboxItem } from '#projections/pages.ts';

/**
 * The list after its first page came anew. Rows are ordered by `lastAt`, newest first, so what was known below the fresh page is still
 * below it; what was known inside its range and is not there any more has left the view.
 */
export function mergeRows(fresh: readonly InboxItem[], known: readonly InboxItem[], freshIsAll: boolean): readonly InboxItem[] {
  const oldest = fresh.at(-1)?.lastAt;
  if (freshIsAll || oldest === undefined) return fresh;
  const ids = new Set(fresh.map((item) => item.conversationId));
  return [...fresh, ...known.filter((item) => item.lastAt <= oldest && !ids.has(item.conversationId))];
}
