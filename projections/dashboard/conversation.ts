import type { conversationEvents } from '#domain/conversation/events.ts';
import type { AccountId, IsoTime, TenantId } from '#domain/ids.ts';
import type { TypedEvent } from '#domain/upcast.ts';
import { bucketOf } from './histogram.ts';
import { type ConversationContribution, dayOf, NOBODY } from './view.ts';

type Event = TypedEvent<typeof conversationEvents>;

/** One of its own events; they come in order and each once, for the runner guards them. */
export const onConversation = (known: ConversationContribution | null, event: Event): ConversationContribution | null => {
  if (event.type === 'ConversationStarted') {
    const { startedAt } = event.data;
    return opened(known ?? unknown(event.tenant), startedAt);
  }
  if (known === null) return known;
  switch (event.type) {
    case 'ConversationAssigned':
      return { ...known, assignee: event.data.assignee };
    case 'ConversationResolved':
      return resolved(known, event.data.resolvedAt, event.meta.actor.kind === 'account' ? event.meta.actor.id : null);
    case 'ConversationReopened':
      return opened(known, event.data.reopenedAt);
    case 'ConversationErased':
      // What happened stays counted. It is no longer work: nobody can answer or resolve it.
      return { ...known, status: 'erased' };
    case 'CustomerWrote':
    case 'ConversationRead':
    case 'NoteAdded':
      return known;
  }
};

/** A message of it, told by the message's own stream: the later time wins, so neither order nor repetition matters. */
export const onMessage = (
  known: ConversationContribution | null,
  { tenant, direction, at }: { readonly tenant: TenantId; readonly direction: 'in' | 'out'; readonly at: IsoTime },
): ConversationContribution => {
  const conversation = known ?? unknown(tenant);
  const field = direction === 'in' ? 'lastIn' : 'lastOut';
  const last = conversation[field];
  return last !== null && last >= at ? conversation : { ...conversation, [field]: at };
};

const unknown = (tenant: TenantId): ConversationContribution => ({
  kind: 'conversation',
  tenant,
  status: null,
  assignee: null,
  openedAt: null,
  lastIn: null,
  lastOut: null,
  days: {},
});

const opened = (conversation: ConversationContribution, at: IsoTime): ConversationContribution =>
  counted({ ...conversation, status: 'open', openedAt: at }, at, ['opened']);

const resolved = (conversation: ConversationContribution, at: IsoTime, by: AccountId | null): ConversationContribution => {
  const bucket = bucketOf(Date.parse(at) - Date.parse(conversation.openedAt ?? at));
  const names = [`resolution.${String(bucket)}`, ...(by === null ? [] : [`resolved.${by}`])];
  return counted({ ...conversation, status: 'resolved' }, at, names);
};

const counted = (conversation: ConversationContribution, at: IsoTime, names: readonly string[]): ConversationContribution => {
  const day = dayOf(at);
  const counts = conversation.days[day] ?? {};
  const more = Object.fromEntries(names.map((name) => [name, (counts[name] ?? 0) + 1]));
  return { ...conversation, days: { ...conversation.days, [day]: { ...counts, ...more } } };
};

/** What it counts for now. */
export const stateNow = ({ status, assignee, lastIn, lastOut }: ConversationContribution): Readonly<Record<string, number>> => {
  if (status === 'resolved') return { resolved: 1 };
  if (status !== 'open') return {};
  const who = assignee ?? NOBODY;
  const waits = lastIn !== null && (lastOut === null || lastIn > lastOut);
  return waits ? { [`open.${who}`]: 1, [`waiting.${who}`]: 1 } : { [`open.${who}`]: 1 };
};
