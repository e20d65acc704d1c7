import { accountEvents } from './account/events.ts';
import { channelEvents } from './channel/events.ts';
import { contactEvents } from './contact/events.ts';
import { conversationEvents } from './conversation/events.ts';
import type { EventCatalogue } from './define-events.ts';
import { erasureEvents } from './erasure/events.ts';
import type { Category } from './ids.ts';
import { messageEvents } from './message/events.ts';
import { organisationEvents } from './organisation/events.ts';
import { revealEvents } from './reveal/events.ts';

/** Every event that may be stored, by the category of its stream. */
export const allCatalogues: Readonly<Record<Category, EventCatalogue>> = {
  organisation: organisationEvents,
  account: accountEvents,
  channel: channelEvents,
  contact: contactEvents,
  conversation: conversationEvents,
  message: messageEvents,
  reveal: revealEvents,
  erasure: erasureEvents,
};

const byCategory: ReadonlyMap<string, EventCatalogue> = new Map(Object.entries(allCatalogues));

/** The events of one category; undefined for a category that nobody declared. */
export const catalogueOf = (category: string): EventCatalogue | undefined => byCategory.get(category);
