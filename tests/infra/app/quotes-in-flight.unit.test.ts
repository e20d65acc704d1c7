import { expect, it } from 'vitest';
import { streamName, subjectOf } from '#domain/ids.ts';
import { queued } from '#domain/message/delivery.ts';
import type { ViewWrite } from '#domain/ports.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { conversationCommands } from '#infra/app/conversations.ts';
import { quotedBy } from '#infra/app/pages/conversation.ts';
import { createWorkInFlight, type WorkInFlight } from '#infra/app/work-in-flight.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { inboxProjection } from '#projections/inbox/project.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import type { Projection } from '#projections/projection.ts';
import type { Viewer } from '#projections/shown.ts';
import { threadProjection } from '#projections/thread/project.ts';
import { type MessageEntry, THREAD } from '#projections/thread/view.ts';
import { makeLive, put } from '#tests/infra/views/samples.ts';
import { minute, sampleId, sampleSealed } from '#tests/support/sample.ts';
import type { Opened } from '#vault/vault.ts';

const tenant = sampleId<'tenant'>(1);
const conversationId = sampleId<'conversation'>(2);
const contactId = sampleId<'contact'>(3);
const channelId = sampleId<'channel'>(4);
const messageId = sampleId<'message'>(5);
const viewer: Viewer = { tenant, sessionId: sampleId<'session'>(6), accountId: sampleId<'account'>(7), role: 'agent' };

const wamid: SealedHandle = {
  ...sampleSealed(8),
  tenant,
  subject: subjectOf(contactId),
  class: 'message',
  period: '2026-03',
  stream: streamName(tenant, 'message', messageId),
  event: sampleId<'event'>(9),
  field: 'wamid',
  schema: 'MessageReceived.1',
};
const entry: MessageEntry = {
  entry: 'message',
  tenant,
  conversationId,
  contactId,
  order: '1',
  at: minute(1),
  messageId,
  direction: 'in',
  author: null,
  kind: 'text',
  body: null,
  replyTo: wamid,
  wamid,
  media: null,
  state: null,
  delivery: queued,
  reached: {},
  attempt: 0,
  failure: null,
  erased: null,
};
const row: InboxRow = {
  tenant,
  conversationId,
  contactId,
  channelId,
  list: 'open',
  status: 'open',
  assignee: 'nobody',
  lastAt: minute(1),
  preview: null,
  unread: [],
  windowUntil: minute(99),
  erased: null,
};

/** Views with one conversation of one message, and a vault that answers when the test says so. */
const bench = async () => {
  const opened = createMemoryViewGenerations([inboxProjection, threadProjection]);
  const filled: readonly (readonly [Projection, ViewWrite])[] = [
    [inboxProjection, put(INBOX, conversationId, row)],
    [threadProjection, put(THREAD, messageId, entry)],
  ];
  for (const [projection, document] of filled) await makeLive(opened.generations, projection, [document]);
  const [asked, answer] = [Promise.withResolvers<undefined>(), Promise.withResolvers<readonly Opened<string>[]>()];
  const vault = {
    open: () => {
      asked.resolve(undefined);
      return answer.promise;
    },
    find: () => Promise.resolve(null),
  };
  return { views: opened.views, vault, asked: asked.promise, answer: () => answer.resolve([{ kind: 'value', value: 'wamid.1' }]) };
};

const drained = ({ drained: all }: WorkInFlight) => all(tenant, 20);

it('an erasure waits for the quoted names that a page is opening', async () => {
  const { views, vault, asked, answer } = await bench();
  const inFlight = createWorkInFlight();
  const quotes = quotedBy({ views, vault, inFlight }, viewer, [entry]);
  await asked;
  expect(await drained(inFlight)).toBe(false);
  answer();
  await quotes;
  expect(await drained(inFlight)).toBe(true);
});

it('an erasure waits for the quoted name of a reply, from its opening until the reply is in the log', async () => {
  const { views, vault, asked, answer } = await bench();
  const inFlight = createWorkInFlight();
  const [handling, handled] = [Promise.withResolvers<undefined>(), Promise.withResolvers<undefined>()];
  const handler = {
    handle: async () => {
      handling.resolve(undefined);
      await handled.promise;
      return { kind: 'done' as const, changed: true, position: 1n, events: [] };
    },
    load: () => Promise.reject(new Error('unused')),
  };
  const commands = conversationCommands({ views, vault, inFlight, handler, shown: () => Promise.resolve() });
  const input = { conversationId, commandId: sampleId<'command'>(10), text: 'Yes', upload: null, replyTo: messageId };
  const reply = commands.reply(viewer, input);
  await asked;
  expect(await drained(inFlight)).toBe(false);
  answer();
  await handling.promise;
  expect(await drained(inFlight)).toBe(false);
  handled.resolve(undefined);
  expect(await reply).toMatchObject({ ok: true });
  expect(await drained(inFlight)).toBe(true);
});
