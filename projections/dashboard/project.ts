import { conversationEvents } from '#domain/conversation/events.ts';
import { type ConversationId, isOfCategory, type IsoTime } from '#domain/ids.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { eventOf, held } from '../document.ts';
import type { Projection, Share } from '../projection.ts';
import { writtenAt } from '../thread/order.ts';
import { onConversation, onMessage, stateNow } from './conversation.ts';
import { responsesOf, turnsIdsOf, withTurn } from './turns.ts';
import {
  type Contribution,
  CONTRIBUTION,
  type ConversationContribution,
  DASHBOARD_DAY,
  DASHBOARD_NOW,
  dayOf,
  hourOf,
  type MessageContribution,
  type TurnsContribution,
} from './view.ts';

/**
 * The figures of an organisation. Documents say what each part of the log counts for, and the runner keeps their sums by day.
 *
 * The streams of a conversation and of its messages come in any order once one of them was parked and repaired, and the sums must come out
 * the same. So no document depends on the order between streams:
 * - a message counts by itself, from its first event; later events of it (ticks, its erasure) change no number and are not heard at all;
 * - a conversation takes its state from its own stream alone, guarded and so in order. Of its messages it keeps the latest time of each
 *   side: a maximum;
 * - who answered whom is computed from the set of times at which each side wrote (turns.ts).
 * What a message gives is the same however often it comes, so its streams, without bound in number, need no guard.
 */
export const dashboardProjection: Projection = {
  name: 'dashboard',
  version: 1,
  readsFrom: 1,
  collections: [
    { name: CONTRIBUTION, indexes: [] },
    { name: DASHBOARD_DAY, indexes: [['tenant', 'day']] },
    { name: DASHBOARD_NOW, indexes: [] },
  ],
  route: (event) => idsOf(event).map((id) => ({ collection: CONTRIBUTION, id })),
  evolve: (document, event, target) => {
    const conversation = eventOf('conversation', conversationEvents, event);
    if (conversation !== null) return onConversation(held<ConversationContribution>(document), conversation);
    const written = writtenOf(event);
    if (written === null) return document;
    if (target.id === written.messageId) return document ?? contributionOf(written);
    if (target.id === written.conversationId) return onMessage(held<ConversationContribution>(document), written);
    return withTurn(held<TurnsContribution>(document), { ...written, id: target.id });
  },
  guard: (event) => isOfCategory(event.stream, 'conversation'),
  untold: [CONTRIBUTION],
  rollups: [
    { collection: DASHBOARD_DAY, of: CONTRIBUTION, shares: (document) => daysOf(held<Contribution>(document)) },
    { collection: DASHBOARD_NOW, of: CONTRIBUTION, shares: (document) => nowOf(held<Contribution>(document)) },
  ],
};

/** A message as it counts. */
type Written = Pick<MessageContribution, 'tenant' | 'direction' | 'at' | 'by'> & {
  readonly messageId: string;
  readonly conversationId: ConversationId;
};

/** Null for everything but the first event of a message. */
const writtenOf = (event: RecordedEvent): Written | null => {
  const message = eventOf('message', messageEvents, event);
  if (message?.type !== 'MessageReceived' && message?.type !== 'MessageQueued') return null;
  const { messageId, conversationId } = message.data;
  const { tenant, meta } = message;
  if (message.type === 'MessageQueued') {
    const by = meta.actor.kind === 'account' ? meta.actor.id : null;
    return { tenant, messageId, conversationId, direction: 'out', at: message.data.queuedAt, by };
  }
  return { tenant, messageId, conversationId, direction: 'in', at: heardAt(message.data), by: null };
};

/** As in the thread; but a clock that runs ahead does not count, or a message would stand on a day that has not come. */
const heardAt = ({ sentAt, receivedAt }: { readonly sentAt: IsoTime; readonly receivedAt: IsoTime }): IsoTime =>
  receivedAt < sentAt ? receivedAt : writtenAt(sentAt, receivedAt);

const idsOf = (event: RecordedEvent): readonly string[] => {
  const conversation = eventOf('conversation', conversationEvents, event);
  switch (conversation?.type) {
    case 'ConversationStarted':
    case 'ConversationAssigned':
    case 'ConversationResolved':
    case 'ConversationReopened':
    case 'ConversationErased':
      return [conversation.data.conversationId];
    case 'CustomerWrote':
    case 'ConversationRead':
    case 'NoteAdded':
      return [];
    case undefined: {
      const written = writtenOf(event);
      return written === null ? [] : [written.messageId, written.conversationId, ...turnsIdsOf(written.conversationId, written.at)];
    }
  }
};

const contributionOf = ({ tenant, direction, at, by }: Written): MessageContribution => ({ kind: 'message', tenant, direction, at, by });

const daysOf = (document: Contribution | null): readonly Share[] => {
  switch (document?.kind) {
    case 'message': {
      const { tenant, direction, at, by } = document;
      const counts = { [direction]: 1, [`${direction}.${hourOf(at)}`]: 1, ...(by === null ? {} : { [`replies.${by}`]: 1 }) };
      return [dayShare(tenant, dayOf(at), counts)];
    }
    case 'conversation':
      return Object.entries(document.days).map(([day, counts]) => dayShare(document.tenant, day, counts));
    case 'turns':
      return [...responsesOf(document)].map(([day, counts]) => dayShare(document.tenant, day, counts));
    case undefined:
      return [];
  }
};

const dayShare = (tenant: Contribution['tenant'], day: string, counts: Share['counts']): Share => ({
  id: `${tenant}.${day}`,
  base: { tenant, day },
  counts,
});

const nowOf = (document: Contribution | null): readonly Share[] =>
  document?.kind === 'conversation' ? [{ id: document.tenant, base: { tenant: document.tenant }, counts: stateNow(document) }] : [];
