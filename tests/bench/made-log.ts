import { createHash } from 'node:crypto';
import { catalogueOf } from '#domain/catalogue.ts';
import { parseDigest, streamName, type StreamName, type TenantId } from '#domain/ids.ts';
import type { Actor, NewEvent } from '#domain/message.ts';
import { timeAt } from '#infra/app/context.ts';
import { eventIdOf, newId } from '#infra/app/new-id.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';

/**
 * A log as an organisation's life makes it, written straight into the store: for each conversation a contact, four messages of the customer and
 * two replies with their ticks, and a resolution: 19 events. Values are references that nothing stands behind, so that no vault is needed.
 */
export const EVENTS_OF_CONVERSATION = 19;
const AT_ONCE = 40;
const DAY_MS = 24 * 60 * 60 * 1000;

type Made = { readonly type: string; readonly data: object; readonly personal?: readonly string[] };

export const makeLog = async (file: string, conversations: number): Promise<{ readonly tenant: TenantId; readonly events: number }> => {
  const store = openSqliteEventStore({ file, catalogueOf });
  const tenant = newId<'tenant'>();
  const account = newId<'account'>();
  const channelId = newId<'channel'>();
  const from = Date.now() - 60 * DAY_MS;
  for (let first = 0; first < conversations; first += AT_ONCE) {
    const group = Array.from({ length: Math.min(AT_ONCE, conversations - first) }, (_, index) => first + index);
    // Side by side within a group, so that streams are interleaved and share commits; the order inside a conversation stays.
    await Promise.all(
      group.map(async (n) => {
        for (const [stream, made] of conversationOf(tenant, channelId, account, from + (n / conversations) * 59 * DAY_MS))
          await store.append(stream, 'any', made);
      }),
    );
  }
  const events = Number(await store.head());
  await store.close();
  return { tenant, events };
};

type Appended = readonly [StreamName, readonly NewEvent[]];

const conversationOf = (
  tenant: TenantId,
  channelId: ReturnType<typeof newId<'channel'>>,
  account: ReturnType<typeof newId<'account'>>,
  startMs: number,
): readonly Appended[] => {
  const [contactId, conversationId] = [newId<'contact'>(), newId<'conversation'>()];
  const ids = { conversationId, contactId };
  const customer: Actor = { kind: 'customer', id: contactId };
  const agent: Actor = { kind: 'account', id: account, role: 'agent' };
  const outbox: Actor = { kind: 'machine', part: 'outbox' };
  const at = (minutes: number) => timeAt(startMs + minutes * 60_000);
  const appended: Appended[] = [];
  const add = (category: 'contact' | 'conversation' | 'message', id: string, actor: Actor, minutes: number, ...made: readonly Made[]) => {
    const stream = streamName(tenant, category, id);
    appended.push([stream, eventsOf(stream, actor, at(minutes), made)]);
  };
  add('contact', contactId, customer, 0, {
    type: 'ContactStarted',
    data: { contactId, channelId, startedAt: at(0) },
    personal: ['profileName', 'phone', 'bsuid'],
  });
  const wrote = (minutes: number, ...before: readonly Made[]) => {
    const messageId = newId<'message'>();
    add('conversation', conversationId, customer, minutes, ...before, {
      type: 'CustomerWrote',
      data: { ...ids, messageId, sentAt: at(minutes), windowUntil: at(minutes + 24 * 60) },
    });
    const received = { messageId, ...ids, channelId, kind: 'text', sentAt: at(minutes), receivedAt: at(minutes), hasMedia: false };
    add('message', messageId, customer, minutes, { type: 'MessageReceived', data: received, personal: ['wamid', 'body'] });
  };
  const replied = (minutes: number) => {
    const messageId = newId<'message'>();
    const own = { messageId, ...ids, channelId };
    const queued = { ...own, kind: 'text', queuedAt: at(minutes), sizeBytes: null };
    add('message', messageId, agent, minutes, { type: 'MessageQueued', data: queued, personal: ['body'] });
    add(
      'message',
      messageId,
      outbox,
      minutes,
      { type: 'SendAttempted', data: { ...own, attempt: 1, attemptedAt: at(minutes) } },
      { type: 'SendAccepted', data: { ...own, attempt: 1, acceptedAt: at(minutes) }, personal: ['wamid'] },
    );
    const status = { ...own, status: 'delivered', occurredAt: at(minutes + 1), receivedAt: at(minutes + 1), providerCode: null };
    add('message', messageId, { kind: 'machine', part: 'webhook' }, minutes + 1, { type: 'StatusReported', data: status });
  };
  wrote(1, { type: 'ConversationStarted', data: { ...ids, channelId, startedAt: at(0) } });
  wrote(2);
  replied(5);
  wrote(9);
  replied(12);
  wrote(20);
  add('conversation', conversationId, agent, 30, { type: 'ConversationResolved', data: { ...ids, resolvedAt: at(30) } });
  return appended;
};

const digest = parseDigest(createHash('sha256').update('nothing').digest('hex'));

const eventsOf = (stream: StreamName, actor: Actor, recordedAt: ReturnType<typeof timeAt>, made: readonly Made[]): readonly NewEvent[] => {
  const commandId = newId<'command'>();
  const meta = { commandId, correlationId: newId<'correlation'>(), causationId: null, recordedAt, actor };
  if (digest === null) throw new Error('expected a digest');
  const sealed = { digest };
  return made.map(({ type, data, personal = [] }, index) => ({
    id: eventIdOf(commandId, stream, index),
    type,
    version: 1,
    data: { ...data },
    personal: Object.fromEntries(personal.map((field) => [field, { ref: newId<'payload'>(), ...sealed }])),
    meta,
  }));
};
