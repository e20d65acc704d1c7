import { parseId, parseTime } from '#domain/ids.ts';
import type { AuditQuery } from '#projections/pages.ts';

export const kinds = [
  'access',
  'message',
  'conversation',
  'contact',
  'reveal',
  'erasure',
  'organisation',
  'channel',
] as const satisfies readonly NonNullable<AuditQuery['kind']>[];
export const spans = ['1', '7', '30', '90'] as const;

/** The filters as they stand in the address: ids and codes, so that a link restores them and names nobody. */
export type AuditFilter = Readonly<{ kind: string; actor: string; subject: string; span: string; from: string; to: string; after: string }>;
export const filterNames = ['kind', 'actor', 'subject', 'span', 'from', 'to', 'after'] as const satisfies readonly (keyof AuditFilter)[];

export function filterFrom(query: URLSearchParams): AuditFilter {
  const text = (name: keyof AuditFilter) => query.get(name) ?? '';
  return {
    kind: text('kind'),
    actor: text('actor'),
    subject: text('subject'),
    span: text('span'),
    from: text('from'),
    to: text('to'),
    after: text('after'),
  };
}

/** What does not have the form of a filter is left out: an address typed by hand shows more, never an error. */
export function queryOf(filter: AuditFilter, now: number, startOfDay: (now: number) => number): AuditQuery {
  const actor = parseId<'account'>(filter.actor);
  const subject = parseId<'subject'>(filter.subject);
  const kind = kinds.find((one) => one === filter.kind);
  const { from, to } = timesOf(filter, now, startOfDay);
  return {
    ...(actor === null ? {} : { actor }),
    ...(subject === null ? {} : { subject }),
    ...(kind === undefined ? {} : { kind }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
    ...(filter.after === '' ? {} : { after: filter.after }),
  };
}

const dayMs = 24 * 3_600_000;

function timesOf({ span, from, to }: AuditFilter, now: number, startOfDay: (now: number) => number) {
  const days = spans.find((one) => one === span);
  if (days !== undefined) return { from: iso(days === '1' ? startOfDay(now) : now - Number(days) * dayMs), to: null };
  return { from: iso(Date.parse(from)), to: iso(Date.parse(to) + dayMs - 1) };
}

function iso(ms: number) {
  return Number.isFinite(ms) ? parseTime(new Date(ms).toISOString()) : null;
}

/** An address with some filters changed; any change starts again at the newest event. */
export function hrefWith(path: string, filter: AuditFilter, change: Partial<AuditFilter>): string {
  const next = { ...filter, after: '', ...change };
  const query = new URLSearchParams(filterNames.filter((name) => next[name] !== '').map((name) => [name, next[name]]));
  return query.size === 0 ? path : `${path}?${query.toString()}`;
}

export function isFiltered(filter: AuditFilter): boolean {
  return filterNames.some((name) => name !== 'after' && filter[name] !== '');
}
