import { z } from 'zod';
import { searchKinds } from '#domain/reveal/events.ts';
import { id, time } from './ids.ts';
import { actor, cursor, erasedMark, listOf, person, shown } from './shown.ts';

const status = z.enum(['open', 'resolved', 'erased']);
const kind = z.enum(['text', 'image', 'document', 'unsupported']);
const states = ['queued', 'sending', 'accepted', 'sent', 'delivered', 'read', 'played', 'failed', 'unknown'] as const;
const state = z.enum(states).nullable().describe('What became of a reply; it never goes back');
const channelState = z.enum(['waiting', 'live', 'stopped']);

export const inboxFilters = ['mine', 'unassigned', 'open', 'resolved'] as const;

const inboxItem = z.object({
  conversationId: id,
  contactId: id,
  channel: z.object({ id, label: shown }),
  status,
  name: shown,
  assignee: person.nullable(),
  lastAt: time,
  preview: z.object({ from: z.enum(['customer', 'us', 'note']), kind, text: shown, state }).nullable(),
  unread: z.number().int().min(0).max(10).describe('10 means more than 9'),
  windowUntil: time.nullable().describe('Until then a free-form reply is allowed'),
  erased: erasedMark,
});

const count = z.number().int().min(0);
export const inboxPage = z.object({
  items: listOf(inboxItem),
  next: cursor,
  counts: z.object({ mine: count, unassigned: count, open: count, resolved: count }).describe('Counted no further than 1,000'),
});

export const searchPage = z.object({
  items: listOf(inboxItem).describe('Conversations of the people found, who wrote last first'),
  by: z.enum(searchKinds).describe('What the term was taken for'),
  more: z.boolean().describe('More people were found than are listed: a longer term tells them apart'),
});

const media = z.object({
  state: z.enum(['none', 'fetching', 'stored', 'failed']),
  url: z.string().nullable(),
  type: shown,
  fileName: shown,
  sizeBytes: z.number().int().nullable(),
  failure: z.string().nullable(),
});
const failure = z.object({ code: z.string(), providerCode: z.number().int().nullable(), details: shown, mayRetry: z.boolean() });

const threadItem = z
  .discriminatedUnion('entry', [
    z.object({
      entry: z.literal('message'),
      id,
      at: time,
      direction: z.enum(['in', 'out']),
      author: person.nullable(),
      kind,
      text: shown,
      quote: z.object({ id, text: shown, direction: z.enum(['in', 'out']) }).nullable(),
      media: media.nullable(),
      state,
      reached: z.partialRecord(z.enum(states), time),
      failure: failure.nullable(),
      erased: z.string().nullable(),
    }),
    z.object({ entry: z.literal('note'), id, at: time, author: person.nullable(), text: shown, erased: z.string().nullable() }),
    z.object({
      entry: z.literal('chip'),
      id: z.string(),
      at: time,
      chip: z.enum(['started', 'assigned', 'unassigned', 'resolved', 'reopened', 'erased']),
      actor,
      assignee: person.nullable(),
      certificate: z.string().nullable(),
    }),
  ])
  .meta({ id: 'ThreadItem' });

export const contactCard = z
  .object({
    contactId: id,
    name: shown,
    phone: shown,
    bsuid: shown,
    username: shown,
    startedAt: time,
    conversations: listOf(z.object({ conversationId: id, status, lastAt: time })),
    erased: z.object({ erasureId: id, certificate: z.string(), at: time }).nullable(),
  })
  .meta({ id: 'Contact' });

export const conversation = z.object({
  conversationId: id,
  contact: contactCard,
  channel: z.object({ id, label: shown, state: channelState }),
  status,
  assignee: person.nullable(),
  windowUntil: time.nullable(),
  unread: count,
  entries: listOf(threadItem).describe('Oldest first; the newest page unless `before` names another'),
  earlier: cursor,
  position: z.string().describe('Position in the log that the view has seen'),
});

export const messagesPage = z.object({ entries: listOf(threadItem), earlier: cursor });
