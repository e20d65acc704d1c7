import type { ViewQuery, ViewValue } from '#domain/ports.ts';
import type { Application } from '#projections/application.ts';
import type { InboxFilter, InboxItem, InboxPage } from '#projections/pages.ts';
import type { Done, Person, Shown, Viewer } from '#projections/shown.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { forbidden, may } from '../access.ts';
import type { App } from '../app.ts';
import type { Wanted } from '../mask.ts';
import { unavailable } from '../reveal.ts';
import { colleaguesById } from './people.ts';

const PAGE_ROWS = 50;
/** A page never asks for more rows than this. */
const MAX_ROWS = 100;
/** Counting stops here: "1,000+" says enough. */
const COUNT_CAP = 1_000;

const ABSENT: Shown = { state: 'absent' };

/** What a filter lists; erased conversations stay in the list they were in. */
const listOf = ({ tenant, accountId }: Viewer, filter: InboxFilter): Readonly<Record<string, ViewValue>> => {
  switch (filter) {
    case 'mine':
      return { tenant, list: 'open', assignee: accountId };
    case 'unassigned':
      return { tenant, list: 'open', assignee: 'nobody' };
    case 'open':
    case 'resolved':
      return { tenant, list: filter };
  }
};

/** What a filter counts: work, so nothing that is erased. */
const workOf = ({ tenant, accountId }: Viewer, filter: InboxFilter): Readonly<Record<string, ViewValue>> => {
  switch (filter) {
    case 'mine':
      return { tenant, status: 'open', assignee: accountId };
    case 'unassigned':
      return { tenant, status: 'open', assignee: 'nobody' };
    case 'open':
    case 'resolved':
      return { tenant, status: filter };
  }
};

/** The conversation list: rows from the view, names masked, previews opened, in one batch. */
export const inboxPage =
  (app: App): Application['inbox'] =>
  async (viewer, { filter, after, limit }): Promise<Done<InboxPage>> => {
    if (!may(viewer, 'conversations.read')) return forbidden;
    const query: ViewQuery = {
      where: listOf(viewer, filter),
      sort: { field: 'lastAt', direction: 'descending' },
      limit: Math.min(limit ?? PAGE_ROWS, MAX_ROWS),
      ...(after === undefined ? {} : { after }),
    };
    const [page, counts] = await Promise.all([app.views.find<InboxRow>(INBOX, query), countsOf(app, viewer)]);
    return { ok: true, items: await inboxItems(app, viewer, page.items), next: page.next, counts };
  };

const countsOf = async (app: App, viewer: Viewer): Promise<InboxPage['counts']> => {
  const count = (filter: InboxFilter): Promise<number> => app.views.count(INBOX, workOf(viewer, filter), COUNT_CAP);
  const [mine, unassigned, open, resolved] = await Promise.all([count('mine'), count('unassigned'), count('open'), count('resolved')]);
  return { mine, unassigned, open, resolved };
};

/** Rows as a list shows them, opened in one batch. */
export const inboxItems = async (app: App, viewer: Viewer, rows: readonly InboxRow[]): Promise<readonly InboxItem[]> => {
  const [contacts, channels, people] = await Promise.all([
    app.views.getMany<ContactView>(
      CONTACT,
      rows.map((row) => row.contactId),
    ),
    app.views.getMany<ChannelView>(CHANNEL, [...new Set(rows.map((row) => row.channelId))]),
    colleaguesById(
      app,
      viewer,
      rows.flatMap((row) => (row.assignee === 'nobody' ? [] : [row.assignee])),
    ),
  ]);
  const wanted: readonly Wanted[] = rows.flatMap((row) => [
    nameOf(contacts.get(row.contactId)),
    { handle: row.preview?.body ?? null, mask: 'none' } as const,
  ]);
  const answer = await app.reveal.show(viewer, 'answer-customer', wanted);
  // The list stands, so that the work can be seen, without the values.
  const shown = answer === 'limited' ? unavailable(wanted, 'limit') : answer;
  const channelIds = [...channels.keys()];
  const labels = await app.reveal.labels(channelIds.map((id) => channels.get(id)?.label ?? null));
  return rows.map((row, index) =>
    itemOf(row, {
      name: shown === 'denied' ? ABSENT : (shown[index * 2] ?? ABSENT),
      preview: shown === 'denied' ? ABSENT : (shown[index * 2 + 1] ?? ABSENT),
      label: labels[channelIds.indexOf(row.channelId)] ?? ABSENT,
      assignee: row.assignee === 'nobody' ? null : (people.get(row.assignee) ?? null),
    }),
  );
};

/** The profile name, else the user name: both masked in lists. */
export const nameOf = (contact: ContactView | undefined): Wanted => ({
  handle: contact?.profileName ?? contact?.username ?? null,
  mask: 'name',
});

type Opened = { readonly name: Shown; readonly preview: Shown; readonly label: Shown; readonly assignee: Person | null };

const itemOf = (row: InboxRow, { name, preview, label, assignee }: Opened): InboxItem => ({
  conversationId: row.conversationId,
  contactId: row.contactId,
  channel: { id: row.channelId, label },
  status: row.status,
  name: row.erased === null ? name : { state: 'erased', certificate: row.erased.certificate, at: row.erased.at },
  assignee,
  lastAt: row.lastAt,
  preview: row.preview === null ? null : { from: row.preview.from, kind: row.preview.kind, text: preview, state: row.preview.state },
  unread: row.unread.length,
  windowUntil: row.windowUntil,
  erased: row.erased,
});
