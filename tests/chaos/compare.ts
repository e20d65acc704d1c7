import type { Observed, ShownMessage } from './observed.ts';
import { type Arrival, type Keyed, type LoadRecord, rankOf, type Setting } from './record.ts';

/** `stuck`: waits for something that does not come. `wrong`: there once, but not as it must be. */
export type FindingKind = 'lost' | 'doubled' | 'stuck' | 'wrong';
export type Finding = { readonly kind: FindingKind; readonly what: string };

/** The oracle: everything acknowledged is there exactly once, nothing waits, nothing went backwards. Pure. */
export const compare = (record: LoadRecord, observed: Observed): readonly Finding[] => [
  ...customersTexts(record, observed),
  ...agentsTexts(record, observed),
  ...replies(record, observed),
  ...orderOfThreads(record, observed),
  ...assignees(record, observed),
  ...record.sightings.map(({ kind, what }) => found(kind === 'gave-up' ? 'stuck' : 'wrong', `${kind}: ${what}`)),
  ...observed.log.faults.map((what) => found('wrong', what)),
  ...observed.views.map((what) => found('wrong', what)),
  ...observed.processes.map((what) => found('stuck', what)),
];

const found = (kind: FindingKind, what: string): Finding => ({ kind, what });

/** How often each text stands there, against how often it must or may. Texts of a run are all different. */
const countTexts = (
  what: string,
  expected: ReadonlyMap<string, { readonly acknowledged: boolean }>,
  shown: readonly { readonly text: string | null }[],
): readonly Finding[] => {
  const counts = new Map<string, number>();
  for (const { text } of shown) if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  const unreadable = shown.filter(({ text }) => text === null).length;
  return [
    ...(unreadable > 0 ? [found('lost', `${String(unreadable)} × ${what} that cannot be read`)] : []),
    ...[...expected].flatMap(([text, { acknowledged }]) => {
      const count = counts.get(text) ?? 0;
      if (count > 1) return [found('doubled', `${what} "${text}" stands ${String(count)} times`)];
      return count === 0 && acknowledged ? [found('lost', `${what} "${text}"`)] : [];
    }),
    ...[...counts.keys()].filter((text) => !expected.has(text)).map((text) => found('wrong', `${what} "${text}" was never written`)),
  ];
};

const customersTexts = ({ written }: LoadRecord, { messages }: Observed): readonly Finding[] =>
  countTexts(
    'a customer’s message',
    new Map(written.map((each) => [each.text, each])),
    messages.filter(({ direction }) => direction === 'in'),
  );

const agentsTexts = ({ keyed }: LoadRecord, { messages, notes }: Observed): readonly Finding[] => {
  const of = (kind: Keyed['kind']) => new Map(keyed.filter((each) => each.kind === kind).map((each) => [each.text, each]));
  return [
    ...countTexts(
      'a reply',
      of('reply'),
      messages.filter(({ direction }) => direction === 'out'),
    ),
    ...countTexts('a note', of('note'), notes),
    ...keyed.filter(({ messageIds }) => messageIds.length > 1).map(({ text }) => found('doubled', `reply "${text}" was given two ids`)),
  ];
};

/** States in which a reply rests. `unknown` is one: nobody but a person may send it again. */
const AT_REST = ['read', 'unknown', 'failed'];

const replies = ({ arrivals, told }: LoadRecord, { messages }: Observed): readonly Finding[] => {
  const arrived = Map.groupBy(arrivals, ({ messageId }) => messageId);
  const out = messages.filter(({ direction }) => direction === 'out');
  const ids = new Set(out.map(({ id }) => id));
  const strangers = [...arrived.keys()].filter((id) => !ids.has(id));
  return [
    ...strangers.map((id) => found('lost', `reply ${id} reached the customer and is not shown`)),
    ...out.flatMap((reply) => oneReply(reply, arrived.get(reply.id) ?? [], told)),
  ];
};

const oneReply = ({ id, text, state }: ShownMessage, arrived: readonly Arrival[], told: LoadRecord['told']): readonly Finding[] => {
  const name = `reply ${id} (${state ?? 'no state'})`;
  if (arrived.length > 1) return [found('doubled', `${name} reached the customer ${String(arrived.length)} times`)];
  const [arrival] = arrived;
  if (arrival === undefined) return rankOf(state) >= 0 ? [found('wrong', `${name} never reached the customer`)] : atRest(name, state);
  const highest = Math.max(-1, ...told.filter(({ messageId }) => messageId === id).map(({ status }) => rankOf(status)));
  return [
    ...(arrival.text === text ? [] : [found('wrong', `${name} reached the customer with another text`)]),
    ...(rankOf(state) < highest ? [found('wrong', `${name} was told to be further`)] : atRest(name, state)),
  ];
};

/** Replies that something should still happen to. */
export const restless = (messages: readonly ShownMessage[]): readonly ShownMessage[] =>
  messages.filter(({ direction, state }) => direction === 'out' && !AT_REST.includes(state ?? ''));

const atRest = (name: string, state: string | null): readonly Finding[] =>
  AT_REST.includes(state ?? '') ? [] : [found('stuck', `${name} does not come to rest`)];

/** Each thread shows its customer's messages in the order of the seconds in which they were written. */
const orderOfThreads = ({ written }: LoadRecord, { messages }: Observed): readonly Finding[] => {
  const byText = new Map(written.map((each) => [each.text, each]));
  const incoming = messages.filter(({ direction }) => direction === 'in');
  return [...Map.groupBy(incoming, ({ conversationId }) => conversationId)].flatMap(([conversationId, thread]) => {
    const own = thread.flatMap(({ text }) => byText.get(text ?? '') ?? []);
    const people = new Set(own.map(({ phone }) => phone));
    const isSorted = own.every(({ second }, index) => index === 0 || (own[index - 1]?.second ?? 0) <= second);
    return [
      ...(people.size > 1 ? [found('wrong', `conversation ${conversationId} mixes ${String(people.size)} people`)] : []),
      ...(isSorted ? [] : [found('wrong', `conversation ${conversationId} is out of order`)]),
    ];
  });
};

/** A command whose answer was lost can still be carried out this much later: the longest freeze and the longest wait for an answer. */
const LATE_MS = 30_000;

/** The last assignment that was answered stands, unless one without an answer, of the time around it or later, came after it. */
const assignees = ({ settings }: LoadRecord, { conversations }: Observed): readonly Finding[] => {
  const byConversation = Map.groupBy(
    settings.filter(({ verb }) => verb === 'assign'),
    ({ conversationId }) => conversationId,
  );
  return conversations.flatMap(({ conversationId, assignee }) => {
    const allowed = allowedAssignees(byConversation.get(conversationId) ?? []);
    return allowed.includes(assignee) ? [] : [found('wrong', `conversation ${conversationId} belongs to somebody else than assigned`)];
  });
};

const allowedAssignees = (settings: readonly Setting[]): readonly (string | null)[] => {
  const last = settings.findLast(({ acknowledged }) => acknowledged);
  const unanswered = settings.filter(({ acknowledged, at }) => !acknowledged && at > (last?.at ?? 0) - LATE_MS);
  return [last?.assignee ?? null, ...unanswered.map(({ assignee }) => assignee)];
};
