import { contactEvents } from '#domain/contact/events.ts';
import { conversationEvents } from '#domain/conversation/events.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { eventOf, handlesOf, held } from '../document.ts';
import type { Projection } from '../projection.ts';
import { CONTACT, type ContactView } from './view.ts';

type ContactEvent = TypedEvent<typeof contactEvents>;
type Started = Extract<TypedEvent<typeof conversationEvents>, { type: 'ConversationStarted' }>;

/** Customers: their sealed identifiers and their conversations. */
export const contactProjection: Projection = {
  name: 'contact',
  version: 1,
  readsFrom: 1,
  collections: [{ name: CONTACT, indexes: [['tenant', 'startedAt']] }],
  route: (event) => {
    const conversation = eventOf('conversation', conversationEvents, event);
    const concerned = conversation?.type === 'ConversationStarted' ? conversation : eventOf('contact', contactEvents, event);
    return concerned === null ? [] : [{ collection: CONTACT, id: concerned.data.contactId }];
  },
  evolve: (document, event) => {
    const view = held<ContactView>(document);
    const contact = eventOf('contact', contactEvents, event);
    if (contact !== null) return onContact(view, contact);
    const conversation = eventOf('conversation', conversationEvents, event);
    return conversation?.type === 'ConversationStarted' ? withConversation(view, conversation) : view;
  },
};

const onContact = (view: ContactView | null, event: ContactEvent): ContactView | null => {
  const handle = handlesOf(contactEvents, event);
  switch (event.type) {
    case 'ContactStarted': {
      const { contactId, channelId, startedAt } = event.data;
      return {
        tenant: event.tenant,
        contactId,
        channelId,
        profileName: handle('profileName'),
        phone: handle('phone'),
        bsuid: handle('bsuid'),
        username: handle('username'),
        conversations: view?.conversations ?? [],
        startedAt,
        erased: null,
      };
    }
    case 'ContactProfileChanged':
      return (
        view && {
          ...view,
          profileName: handle('profileName') ?? view.profileName,
          phone: handle('phone') ?? view.phone,
          bsuid: handle('bsuid') ?? view.bsuid,
          username: handle('username') ?? view.username,
        }
      );
    case 'ContactErased': {
      const { erasureId, certificate, erasedAt } = event.data;
      return view && { ...view, ...nobody, erased: { erasureId, certificate, at: erasedAt } };
    }
  }
};

const nobody = { profileName: null, phone: null, bsuid: null, username: null } as const;

/** The conversation may be told before the contact when the contact's stream was parked and repaired. */
const withConversation = (view: ContactView | null, { tenant, data }: Started): ContactView => {
  const { contactId, channelId, conversationId, startedAt } = data;
  const known = view ?? { tenant, contactId, channelId, ...nobody, conversations: [], startedAt, erased: null };
  if (known.conversations.includes(conversationId)) return known;
  return { ...known, conversations: [...known.conversations, conversationId] };
};
