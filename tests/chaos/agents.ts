import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { InboxPage } from '#projections/pages.ts';
import { callApi } from './call-api.ts';
import { type Journal, noteAnswer } from './journal.ts';
import type { Agent } from './load-protocol.ts';
import { inTurn, type Random } from './random.ts';
import type { Setting } from './record.ts';
import { type Stage, untilAnswered, type Works } from './stage.ts';
import { watchThread } from './watch.ts';

type Parts = {
  readonly urls: readonly string[];
  readonly agents: readonly Agent[];
  readonly run: string;
  readonly random: Random;
  readonly stage: Stage;
  readonly works: Works;
  readonly journal: Journal;
};
type Me = { readonly agent: Agent; readonly index: number; readonly conversations: readonly string[] };

/** Longest wait of an agent for an answer, and the wait of one who gives up at once: the answer is lost, the command may be done. */
const ANSWER_MS = 8_000;
const IMPATIENT_MS = 60;
const IMPATIENT = 0.08;
/** Share of commands that are sent once more, with the same key, after their answer. */
const AGAIN = 0.05;
const LOOKS_EVERY = 8;
const PAUSE_MS = 500;

/** Agents who answer, note, assign, resolve and read until the stage is over. */
export const agentsWork = async (parts: Parts): Promise<void> => {
  await Promise.all(parts.agents.map((agent, index) => agentWorks(parts, { agent, index, conversations: [] })));
};

const agentWorks = async (parts: Parts, me: Me): Promise<void> => {
  const { random, stage } = parts;
  let conversations: readonly string[] = [];
  for (let turn = 0; !stage.isOver(); turn += 1) {
    if (turn % LOOKS_EVERY === 0 || conversations.length === 0) conversations = (await inboxOf(parts, me)) ?? conversations;
    if (conversations.length > 0) await act(parts, { ...me, conversations }, random.pick(conversations));
    await wait(random.next() * PAUSE_MS);
  }
};

const inboxOf = async ({ urls, random }: Parts, { agent }: Me): Promise<readonly string[] | null> => {
  const answer = await callApi(random.pick(urls), agent.token, { method: 'GET', path: '/conversations?limit=100', timeoutMs: ANSWER_MS });
  if (answer?.status !== 200) return null;
  return (answer.body as InboxPage).items.map(({ conversationId }) => conversationId);
};

const act = async (parts: Parts, me: Me, conversationId: string): Promise<void> => {
  const { random, journal } = parts;
  const kind = random.next();
  if (kind < 0.45) return say(parts, me, conversationId, 'reply');
  if (kind < 0.6) return say(parts, me, conversationId, 'note');
  if (kind < 0.75) {
    const watched = await watchThread(
      { ...parts, url: random.pick(parts.urls), token: me.agent.token, timeoutMs: ANSWER_MS },
      conversationId,
    );
    for (const what of watched) journal.sightings.push({ kind: 'backwards', what });
    return;
  }
  // Without keys the order decides, so a conversation's states are set by one agent alone.
  const own = me.conversations.filter((id) => keeperOf(id, parts.agents.length) === me.index);
  if (own.length > 0) await set(parts, me, random.pick(own));
};

const keeperOf = (conversationId: string, agents: number): number => Number.parseInt(conversationId.slice(-4), 16) % agents;

const say = async (parts: Parts, { agent }: Me, conversationId: string, kind: 'reply' | 'note'): Promise<void> => {
  const { urls, random, stage, works, journal, run } = parts;
  const text = `${run} ${kind} ${String(journal.keyed.length + 1)}`;
  const command = { key: randomUUID(), kind, conversationId, text, acknowledged: false, messageIds: [] as string[] };
  journal.keyed.push(command);
  const path = `/conversations/${conversationId}/${kind === 'reply' ? 'messages' : 'notes'}`;
  const next = inTurn(urls, random);
  const ask = async (attempt: number): Promise<true | null> => {
    const timeoutMs = random.chance(IMPATIENT) ? random.between(1, IMPATIENT_MS) : ANSWER_MS;
    const call = { method: 'POST', path, body: { text }, key: command.key, timeoutMs };
    const answer = await callApi(next(attempt), agent.token, call);
    noteAnswer(journal, answer?.status ?? null);
    if (answer === null || answer.status >= 500) return null;
    if (answer.status !== 200) {
      journal.sightings.push({ kind: 'refused', what: `a ${kind} was answered ${String(answer.status)} ${codeOf(answer.body)}` });
      return true;
    }
    command.acknowledged = true;
    const id = kind === 'reply' ? (answer.body as { readonly messageId: string }).messageId : null;
    if (id !== null && !command.messageIds.includes(id)) command.messageIds.push(id);
    return true;
  };
  const isAnswered = await untilAnswered(stage, (attempt) => {
    if (attempt > 0) journal.repeatedCommands += 1;
    return ask(attempt);
  });
  if (isAnswered === null) journal.sightings.push({ kind: 'gave-up', what: `a ${kind} was never answered` });
  else if (random.chance(AGAIN)) {
    journal.repeatedCommands += 1;
    works.begin(ask(0).then(() => undefined));
  }
};

const codeOf = (body: unknown): string =>
  typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : 'without a code';

const VERBS = ['assign', 'assign', 'resolve', 'reopen', 'read'] as const;

const set = async ({ urls, random, stage, journal, agents }: Parts, { agent }: Me, conversationId: string): Promise<void> => {
  const verb = random.pick(VERBS);
  const assignee = verb === 'assign' ? random.pick([null, ...agents.map(({ accountId }) => accountId)]) : null;
  const next = inTurn(urls, random);
  const isAnswered = await untilAnswered(stage, async (attempt) => {
    if (attempt > 0) journal.repeatedCommands += 1;
    const body = verb === 'assign' ? { assignee } : undefined;
    const at = Date.now();
    const call = { method: 'POST', path: `/conversations/${conversationId}/${verb}`, timeoutMs: ANSWER_MS, ...(body && { body }) };
    const answer = await callApi(next(attempt), agent.token, call);
    noteAnswer(journal, answer?.status ?? null);
    journal.settings.push({ conversationId, verb, assignee, acknowledged: answer?.status === 200, at } satisfies Setting);
    if (answer === null || answer.status >= 500) return null;
    if (answer.status !== 200)
      journal.sightings.push({ kind: 'refused', what: `"${verb}" was answered ${String(answer.status)} ${codeOf(answer.body)}` });
    return true;
  });
  if (isAnswered === null) journal.sightings.push({ kind: 'gave-up', what: `"${verb}" was never answered` });
};
