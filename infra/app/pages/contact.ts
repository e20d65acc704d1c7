import type { ConversationId } from '#domain/ids.ts';
import type { RevealPurpose } from '#domain/reveal/events.ts';
import type { Application } from '#projections/application.ts';
import type { ContactCard } from '#projections/pages.ts';
import type { Shown, Viewer } from '#projections/shown.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { forbidden, may, notFound } from '../access.ts';
import type { App } from '../app.ts';
import type { Wanted } from '../reveal.ts';
import { nameOf } from './inbox.ts';

const PAGE_CONTACTS = 50;

/** A contact of the viewer's own organisation; anybody else's is not found. */
export const ownContact = async (app: App, viewer: Viewer, contactId: string): Promise<ContactView | null> => {
  const contact = await app.views.get<ContactView>(CONTACT, contactId);
  return contact?.tenant === viewer.tenant ? contact : null;
};

export const contactPage =
  (app: App): Application['contact'] =>
  async (viewer, contactId) => {
    const purpose = cardPurpose(viewer);
    if (purpose === null) return forbidden;
    const contact = await ownContact(app, viewer, contactId);
    if (contact === null) return notFound;
    const [card] = await cardsOf(app, viewer, [contact], purpose);
    return card === undefined ? forbidden : { ok: true, contact: card };
  };

/** The identifiers themselves, for a purpose that the viewer stated. */
export const revealContact =
  (app: App): Application['revealContact'] =>
  async (viewer, contactId, purpose) => {
    const contact = await ownContact(app, viewer, contactId);
    if (contact === null) return notFound;
    const [card] = await cardsOf(app, viewer, [contact], purpose, 'full');
    return card === undefined ? forbidden : { ok: true, contact: card };
  };

/** People who can be erased, newest first. */
export const contactsPage =
  (app: App): Application['contacts'] =>
  async (viewer, { after }) => {
    if (!may(viewer, 'privacy.read')) return forbidden;
    const page = await app.views.find<ContactView>(CONTACT, {
      where: { tenant: viewer.tenant },
      sort: { field: 'startedAt', direction: 'descending' },
      limit: PAGE_CONTACTS,
      ...(after === undefined ? {} : { after }),
    });
    return { ok: true, contacts: await cardsOf(app, viewer, page.items, 'handle-request'), next: page.next };
  };

const cardPurpose = (viewer: Viewer): RevealPurpose | null => {
  if (may(viewer, 'conversations.read')) return 'answer-customer';
  return may(viewer, 'privacy.read') ? 'handle-request' : null;
};

/** Cards in the order of `contacts`; none when the reveal was denied. */
export const cardsOf = async (
  app: App,
  viewer: Viewer,
  contacts: readonly ContactView[],
  purpose: RevealPurpose,
  level: 'full' | 'masked' = 'masked',
): Promise<readonly ContactCard[]> => {
  const mask = (kind: 'name' | 'phone' | 'identifier'): Wanted['mask'] => (level === 'full' ? 'none' : kind);
  const wanted = contacts.flatMap((contact): readonly Wanted[] => [
    { handle: nameOf(contact).handle, mask: mask('name') },
    { handle: contact.phone, mask: mask('phone') },
    { handle: contact.bsuid, mask: mask('identifier') },
    { handle: contact.username, mask: mask('identifier') },
  ]);
  const shown = await app.reveal.show(viewer, purpose, wanted);
  if (shown === 'denied') return [];
  const rows = await app.views.getMany<InboxRow>(
    INBOX,
    contacts.flatMap((contact) => contact.conversations),
  );
  return contacts.map((contact, index) => cardOf(contact, shown.slice(index * 4, index * 4 + 4), rows));
};

const cardOf = (
  contact: ContactView,
  [name, phone, bsuid, username]: readonly Shown[],
  rows: ReadonlyMap<string, InboxRow>,
): ContactCard => {
  const { erased } = contact;
  const shown = (value: Shown | undefined): Shown => {
    if (erased !== null) return { state: 'erased', certificate: erased.certificate, at: erased.at };
    return value ?? { state: 'absent' };
  };
  return {
    contactId: contact.contactId,
    name: shown(name),
    phone: shown(phone),
    bsuid: shown(bsuid),
    username: shown(username),
    startedAt: contact.startedAt,
    conversations: contact.conversations.flatMap((conversationId: ConversationId) => {
      const row = rows.get(conversationId);
      return row === undefined ? [] : [{ conversationId, status: row.status, lastAt: row.lastAt }];
    }),
    erased,
  };
};
