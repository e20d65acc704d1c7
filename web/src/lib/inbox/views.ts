import type { InboxFilter } from '#projections/pages.ts';

export const inboxFilters = ['mine', 'unassigned', 'open', 'resolved'] as const satisfies readonly InboxFilter[];

/** `?view=` of the address; what is not known shows everything open. */
export function parseFilter(text: string | null): InboxFilter {
  return inboxFilters.find((one) => one === text) ?? 'open';
}

export function inboxHref(filter: InboxFilter, conversation?: string): string {
  const path = conversation === undefined ? '/inbox' : `/inbox/${conversation}`;
  return filter === 'open' ? path : `${path}?view=${filter}`;
}
