import type { ConversationId } from '#domain/ids.ts';
import type { Application } from '#projections/application.ts';
import type { Viewer } from '#projections/shown.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { forbidden, may, overLimit } from '../access.ts';
import type { App } from '../app.ts';
import { countriesOf, MAX_TERM_LENGTH, parseTerm } from '../search-term.ts';
import { inboxItems } from './inbox.ts';

/** Numbers of one organisation whose countries complete a national number. */
const MAX_CHANNELS = 100;
/** Conversations that one page of results shows; a person has one per number. */
const MAX_ROWS = 100;

/**
 * Conversations of the people whom a term meets, those who wrote last first. That somebody searched, by what and with how many found is
 * recorded before the answer leaves; the term itself goes no further than the vault's index.
 */
export const searchPage =
  (app: App): Application['search'] =>
  async (viewer, term) => {
    if (!may(viewer, 'conversations.read')) return forbidden;
    if (term.trim() === '' || term.length > MAX_TERM_LENGTH) return { ok: false, status: 422, code: 'search-term' };
    const { by, terms } = parseTerm(term, await countries(app, viewer));
    const { subjects, more } = await app.vault.search(viewer.tenant, terms);
    const contacts = await app.views.getMany<ContactView>(CONTACT, subjects);
    const people = [...contacts.values()].filter((contact) => contact.tenant === viewer.tenant && contact.erased === null);
    if (!(await app.reveal.searched(viewer, by, people.length))) return overLimit('search');
    const rows = await rowsOf(
      app,
      viewer,
      people.flatMap((contact) => contact.conversations),
    );
    return { ok: true, items: await inboxItems(app, viewer, rows.slice(0, MAX_ROWS)), by, more: more || rows.length > MAX_ROWS };
  };

const countries = async (app: App, { tenant }: Viewer) => {
  const page = await app.views.find<ChannelView>(CHANNEL, {
    where: { tenant },
    sort: { field: 'connectedAt', direction: 'ascending' },
    limit: MAX_CHANNELS,
  });
  const numbers = await app.reveal.labels(page.items.map(({ displayNumber }) => displayNumber));
  return countriesOf(numbers.flatMap((shown) => (shown.state === 'value' ? [shown.text] : [])));
};

const rowsOf = async (app: App, viewer: Viewer, ids: readonly ConversationId[]): Promise<readonly InboxRow[]> => {
  const rows = [...(await app.views.getMany<InboxRow>(INBOX, ids)).values()];
  return rows.filter((row) => row.tenant === viewer.tenant && row.erased === null).sort((a, b) => (a.lastAt < b.lastAt ? 1 : -1));
};
