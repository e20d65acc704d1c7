import type { RecordedEvent } from '#domain/message.ts';

/** The figures of a log, counted one by one over the whole of it: slow, plain, and without any of the projection's code. */

type Data = Readonly<Record<string, string>>;
type Message = { readonly conversation: string; readonly direction: 'in' | 'out'; readonly ms: number; readonly by: string };
type DayByHand = {
  in: number;
  out: number;
  opened: number;
  readonly hours: Record<string, number>;
  readonly firstMs: number[];
  readonly resolutionMs: number[];
  readonly replies: Record<string, number>;
  readonly resolved: Record<string, number>;
};

const WEEK_MS = 7 * 24 * 3_600_000;
const dataOf = (event: RecordedEvent): Data => event.data as Data;
const msOf = (text: string | undefined): number => Date.parse(text ?? '');
const byOf = ({ meta: { actor } }: RecordedEvent): string => (actor.kind === 'account' ? actor.id : '');

/** When a customer's message stands: when we heard of it, at the end of the second in which it was sent at the latest. */
const messagesOf = (log: readonly RecordedEvent[]): readonly Message[] =>
  log.flatMap((event): readonly Message[] => {
    const data = dataOf(event);
    const conversation = data['conversationId'] ?? '';
    if (event.type === 'MessageReceived') {
      const ms = Math.min(msOf(data['receivedAt']), Math.floor(msOf(data['sentAt']) / 1000) * 1000 + 999);
      return [{ conversation, direction: 'in', ms, by: '' }];
    }
    return event.type === 'MessageQueued' ? [{ conversation, direction: 'out', ms: msOf(data['queuedAt']), by: byOf(event) }] : [];
  });

export const daysByHand = (log: readonly RecordedEvent[]): ReadonlyMap<string, DayByHand> => {
  const days = new Map<string, DayByHand>();
  const on = (ms: number): DayByHand => {
    const day = new Date(ms).toISOString().slice(0, 10);
    const known = days.get(day) ?? { in: 0, out: 0, opened: 0, hours: {}, firstMs: [], resolutionMs: [], replies: {}, resolved: {} };
    days.set(day, known);
    return known;
  };
  const add = (counts: Record<string, number>, name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1;
  };
  const messages = messagesOf(log);
  for (const { direction, ms, by } of messages) {
    on(ms)[direction] += 1;
    add(on(ms).hours, `${direction}.${new Date(ms).toISOString().slice(11, 13)}`);
    if (direction === 'out') add(on(ms).replies, by);
  }
  for (const [ms, waited] of responses(messages)) on(ms).firstMs.push(waited);
  const openedAt = new Map<string, number>();
  for (const event of log) {
    const data = dataOf(event);
    const id = data['conversationId'] ?? '';
    if (event.type === 'ConversationStarted' || event.type === 'ConversationReopened') {
      const ms = msOf(data['startedAt'] ?? data['reopenedAt']);
      openedAt.set(id, ms);
      on(ms).opened += 1;
    }
    if (event.type === 'ConversationResolved') {
      const ms = msOf(data['resolvedAt']);
      on(ms).resolutionMs.push(ms - (openedAt.get(id) ?? NaN));
      add(on(ms).resolved, byOf(event));
    }
  }
  return days;
};

/** For each moment at which we replied: did somebody wait for it, since when? */
const responses = (messages: readonly Message[]): readonly (readonly [number, number])[] => {
  const moments = new Set(
    messages.filter(({ direction }) => direction === 'out').map(({ conversation, ms }) => `${conversation} ${String(ms)}`),
  );
  return [...moments].flatMap((moment) => {
    const [conversation, at] = [moment.split(' ')[0], Number(moment.split(' ')[1])];
    const own = messages.filter((message) => message.conversation === conversation);
    const before = Math.max(-Infinity, ...own.filter(({ direction, ms }) => direction === 'out' && ms < at).map(({ ms }) => ms));
    const waiting = own.filter(({ direction, ms }) => direction === 'in' && ms > before && ms <= at && ms >= at - WEEK_MS);
    return waiting.length === 0 ? [] : [[at, at - Math.min(...waiting.map(({ ms }) => ms))] as const];
  });
};

/** What is open in the end: assignee (or `nobody`) → how many conversations, and how many of them wait for an answer. */
export const nowByHand = (log: readonly RecordedEvent[]): Readonly<Record<string, number>> => {
  const counts: Record<string, number> = {};
  const messages = messagesOf(log);
  for (const [conversation, events] of Map.groupBy(log, (event) => dataOf(event)['conversationId'] ?? '')) {
    const states = events.map(({ type }) => type).filter((type) => /^Conversation(Started|Reopened|Resolved|Erased)$/.test(type));
    if (states.at(-1) === 'ConversationResolved') counts['resolved'] = (counts['resolved'] ?? 0) + 1;
    if (states.at(-1) !== 'ConversationStarted' && states.at(-1) !== 'ConversationReopened') continue;
    const assigned = events.findLast(({ type }) => type === 'ConversationAssigned')?.data['assignee'];
    const who = typeof assigned === 'string' ? assigned : 'nobody';
    const latest = (wanted: 'in' | 'out'): number =>
      Math.max(-Infinity, ...messages.filter((m) => m.conversation === conversation && m.direction === wanted).map(({ ms }) => ms));
    counts[`open.${who}`] = (counts[`open.${who}`] ?? 0) + 1;
    if (latest('in') > latest('out')) counts[`waiting.${who}`] = (counts[`waiting.${who}`] ?? 0) + 1;
  }
  return counts;
};
