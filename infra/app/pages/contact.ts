import type { ConversationId } from '#domain/ids.ts';
import type { RevealPurpose } from '#domain/reveal/events.ts';
import type { Application } from '#projections/application.ts';
import type { ContactCard } from '#projections/pages.ts';
import type { Done, Refused, Shown, Viewer } from '#projections/shown.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { forbidden, may, notFound, overLimit } from '../access.ts';
import type { App } from '../app.ts';
import type { Wanted } from '../mask.ts';
import type { Withheld } from '../reveal-record.ts';
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
    return oneCard(await cardsOf(app, viewer, [contact], purpose));
  };

/** The identifiers themselves, for a purpose that the viewer stated. */
export const revealContact =
  (app: App): Application['revealContact'] =>
  async (viewer, contactId, purpose) => {
    const contact = await ownContact(app, viewer, contactId);
    if (contact === null) return notFound;
    return oneCard(await cardsOf(app, viewer, [contact], purpose, 'full'));
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
    const cards = await cardsOf(app, viewer, page.items, 'handle-request');
    return typeof cards === 'string' ? withheld(cards) : { ok: true, contacts: cards, next: page.next };
  };

/** A reveal that was refused, as pages say it. */
export const withheld = (why: Withheld): Refused => (why === 'denied' ? forbidden : overLimit('reveal'));

const oneCard = (cards: readonly ContactCard[] | Withheld): Done<{ readonly contact: ContactCard }> => {
  if (typeof cards === 'string') return withheld(cards);
  const [contact] = cards;
  return contact === undefined ? notFound : { ok: true, contact };
};

const cardPurpose = (viewer: Viewer): RevealPurpose | null => {
  if (may(viewer, 'conversations.read')) return 'answer-customer';
  return may(viewer, 'privacy.read') ? 'handle-request' : null;
};

/** Cards in the order of `contacts`. */
export const cardsOf = async (
  app: App,
  viewer: Viewer,
  contacts: readonly ContactView[],
  purpose: RevealPurpose,
  level: 'full' | 'masked' = 'masked',
): Promise<readonly ContactCard[] | Withheld> => {
  const wanted = contacts.flatMap((contact) => cardValues(contact, level));
  const shown = await app.reveal.show(viewer, purpose, wanted);
  if (typeof shown === 'string') return shown;
  const rows = await conversationsOf(app, contacts);
  return contacts.map((contact, index) => cardOf(contact, shown.slice(index * CARD_VALUES, (index + 1) * CARD_VALUES), rows));
};

/** How many values a card shows. */
export const CARD_VALUES = 4;

/** The values of a card, for a page that opens them together with others. */
export const cardValues = (contact: ContactView, level: 'full' | 'masked'): readonly Wanted[] => {
  const mask = (kind: 'name' | 'phone' | 'identifier'): Wanted['mask'] => (level === 'full' ? 'none' : kind);
  return [
    { handle: nameOf(contact).handle, mask: mask('name') },
    { handle: contact.phone, mask: mask('phone') },
    { handle: contact.bsuid, mask: mask('identifier') },
    { handle: contact.username, mask: mask('identifier') },
  ];
};

export const conversationsOf = (app: Pick<App, 'views'>, contacts: readonly ContactView[]): Promise<ReadonlyMap<string, InboxRow>> =>
  app.views.getMany<InboxRow>(
    INBOX,
    contacts.flatMap((contact) => contact.conversations),
  );

export const cardOf = (
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
