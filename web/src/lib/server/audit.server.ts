import { filterFrom, queryOf } from '#lib/audit/query.ts';
import type { AuditItem, AuditPage, AuditQuery } from '#projections/pages.ts';
import type { Person } from '#projections/shown.ts';
import type { RequestEvent } from '@sveltejs/kit';
import { orErrorPage, viewerOf } from './answers.server.ts';

type Loaded = Readonly<{ trail: AuditPage; people: readonly Person[]; filter: ReturnType<typeof filterFrom> }>;

/** One page of the trail as the address asks for it, with the colleagues that the filter offers. */
export async function loadTrail({ locals, url }: Pick<RequestEvent, 'locals' | 'url'>, own: AuditQuery): Promise<Loaded> {
  const viewer = viewerOf(locals);
  const filter = filterFrom(url.searchParams);
  const query = { ...queryOf(filter, Date.now(), (now) => startOfDay(now, locals.timeZone)), ...own };
  const [page, people] = await Promise.all([locals.application.audit(viewer, query), locals.application.colleagues(viewer)]);
  const { items, next, position } = orErrorPage(page);
  return { trail: { items: items.map((item) => withAssignee(item, people)), next, position }, people: withActors(people, items), filter };
}

/** Assignments name the assignee by id among their facts; whoever is a colleague gets the name. */
function withAssignee(item: AuditItem, people: readonly Person[]): AuditItem {
  const assignee = item.facts['assignee'];
  if (item.subject !== null || typeof assignee !== 'string') return item;
  const person = people.find((one) => one.accountId === assignee);
  return person === undefined ? item : { ...item, subject: { id: person.accountId, kind: 'account', name: person.name } };
}

/** Whoever acts on this page can be chosen too: officers and auditors answer nobody, and people leave. */
function withActors(people: readonly Person[], items: readonly AuditItem[]): readonly Person[] {
  const all = new Map(people.map((person) => [person.accountId, person]));
  for (const { actor } of items)
    if (actor.kind === 'person' && !all.has(actor.person.accountId)) all.set(actor.person.accountId, actor.person);
  return [...all.values()];
}

/** Midnight in the reader's zone. */
function startOfDay(now: number, timeZone: string): number {
  const parts = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    hourCycle: 'h23',
  }).formatToParts(now);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return now - ((of('hour') * 60 + of('minute')) * 60 + of('second')) * 1000 - (now % 1000);
}
