import { type AccountId, parseId } from '#domain/ids.ts';
import type { ViewQuery } from '#domain/ports.ts';
import type { Application } from '#projections/application.ts';
import type { AuditItem, AuditQuery } from '#projections/pages.ts';
import type { Person, Shown, Viewer } from '#projections/shown.ts';
import { ACCOUNT, type AccountView } from '#projections/account/view.ts';
import { AUDIT, type AuditLine } from '#projections/audit/view.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { forbidden, may } from '../access.ts';
import type { Wanted } from '../mask.ts';
import type { App } from '../app.ts';
import { nameOf } from './inbox.ts';
import { accountIdOf, actorShown, colleaguesById } from './people.ts';

const PAGE_LINES = 50;
const MAX_LINES = 200;
const ABSENT: Shown = { state: 'absent' };

/** The trail, newest first: lines of ids and codes from the view, the people in them named and masked for this reader. */
export const auditPage =
  (app: App): Application['audit'] =>
  async (viewer, query) => {
    if (!may(viewer, 'audit.read')) return forbidden;
    const page = await app.views.find<AuditLine>(AUDIT, viewQuery(viewer, query));
    const lines = page.items.filter((line) => matches(line, query));
    const named = lines.flatMap((line) => [accountIdOf(line.actor), ...namedIn(line)].filter((id) => id !== null));
    const people = await colleaguesById(app, viewer, named);
    const [subjects, head] = await Promise.all([subjectsOf(app, viewer, lines, people), app.store.head()]);
    return { ok: true, items: lines.map((line) => itemOf(line, people, subjects)), next: page.next, position: String(head) };
  };

/**
 * The most selective filter goes to the index, times bound the sort key as far as ids are ordered by time; `matches` checks the rest, so a
 * page may hold fewer lines than it asked for and still have a next one.
 */
const viewQuery = (viewer: Viewer, { subject, actor, kind, after, limit }: AuditQuery): ViewQuery => {
  const filter = subject !== undefined ? { subject } : actor !== undefined ? { actorId: actor } : kind !== undefined ? { kind } : {};
  return {
    where: { tenant: viewer.tenant, ...filter },
    sort: { field: 'order', direction: 'descending' },
    limit: Math.min(limit ?? PAGE_LINES, MAX_LINES),
    ...(after === undefined ? {} : { after }),
  };
};

const matches = (line: AuditLine, { subject, actor, kind, from, to }: AuditQuery): boolean =>
  (subject === undefined || line.subject === subject) &&
  (actor === undefined || line.actorId === actor) &&
  (kind === undefined || line.kind === kind) &&
  (from === undefined || line.at >= from) &&
  (to === undefined || line.at <= to);

/** Accounts that a line names: an assignee, a member, whom it is about. */
const namedIn = (line: AuditLine): readonly (AccountId | null)[] =>
  [line.facts['assignee'], line.facts['accountId'], line.subject].map((id) => parseId<'account'>(id));

type People = ReadonlyMap<AccountId, Person>;
type Subject = NonNullable<AuditItem['subject']>;

/** Whom the lines are about: each looked up as a contact, an account or a number of this organisation, named masked. */
const subjectsOf = async (app: App, viewer: Viewer, lines: readonly AuditLine[], people: People): Promise<ReadonlyMap<string, Subject>> => {
  const ids = [...new Set(lines.map((line) => line.subject))].filter((id) => id !== 'none');
  const [contacts, accounts, channels] = await Promise.all([
    app.views.getMany<ContactView>(CONTACT, ids),
    app.views.getMany<AccountView>(ACCOUNT, ids),
    app.views.getMany<ChannelView>(CHANNEL, ids),
  ]);
  const known = ids.flatMap((id): readonly Found[] => {
    const [contact, account, channel] = [contacts.get(id), accounts.get(id), channels.get(id)];
    if (contact?.tenant === viewer.tenant) return [{ id, kind: 'contact', contact }];
    if (channel?.tenant === viewer.tenant) return [{ id, kind: 'channel', channel }];
    return account === undefined ? [] : [{ id, kind: 'account', account: account.accountId }];
  });
  const names = await app.reveal.show(
    viewer,
    'investigate',
    known.map((found) => (found.kind === 'contact' ? nameOf(found.contact) : NOT_HERE)),
  );
  const labels = await app.reveal.labels(known.map((found) => (found.kind === 'channel' ? found.channel.label : null)));
  const nameAt = (found: Found, index: number): Shown | undefined => {
    switch (found.kind) {
      case 'contact':
        return typeof names === 'string' ? undefined : names[index];
      case 'channel':
        return labels[index];
      case 'account':
        return people.get(found.account)?.name;
    }
  };
  return new Map(
    known.map((found, index) => [found.id, { id: found.id, kind: found.kind, name: erasedOr(found, nameAt(found, index) ?? ABSENT) }]),
  );
};

/** Colleagues are named by the page, numbers by their label. */
const NOT_HERE: Wanted = { handle: null, mask: 'none' };

type Found =
  | { readonly id: string; readonly kind: 'contact'; readonly contact: ContactView }
  | { readonly id: string; readonly kind: 'account'; readonly account: AccountId }
  | { readonly id: string; readonly kind: 'channel'; readonly channel: ChannelView };

const erasedOr = (found: Found, name: Shown): Shown =>
  found.kind === 'contact' && found.contact.erased !== null
    ? { state: 'erased', certificate: found.contact.erased.certificate, at: found.contact.erased.at }
    : name;

const itemOf = (line: AuditLine, people: People, subjects: ReadonlyMap<string, Subject>): AuditItem => ({
  id: `${line.eventId}.${line.order.slice(-4)}`,
  position: String(Number(line.order.slice(0, line.order.indexOf('.')))),
  at: line.at,
  type: line.type,
  kind: line.kind,
  actor: actorShown(line.actor, people),
  rawActor: line.actor,
  subject: subjects.get(line.subject) ?? null,
  conversationId: parseId<'conversation'>(line.conversationId),
  facts: line.facts,
});
