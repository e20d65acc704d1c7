import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { type MessageId, streamName } from '#domain/ids.ts';
import type { MessageCommand } from '#domain/message/commands.ts';
import type { EventStore } from '#domain/ports.ts';
import { contactAggregate, messageAggregate } from '#infra/app/aggregates.ts';
import type { Channels } from '#infra/app/channels.ts';
import { machineContext, timeAt } from '#infra/app/context.ts';
import { fault } from '#infra/app/fault.ts';
import { createFoldCache } from '#infra/app/fold.ts';
import { createCommandHandler } from '#infra/app/handle-command.ts';
import { newId } from '#infra/app/new-id.ts';
import { createOutbox } from '#infra/app/outbox.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { silentLog } from '#infra/log.ts';
import { startProjecting } from '#tests/support/projecting.ts';
import { unshared, type WorkLease } from '#infra/app/worker.ts';
import { createWhatsAppClient } from '#infra/whatsapp/client.ts';
import { plain } from '#domain/personal.ts';
import { contactProjection } from '#projections/contact/project.ts';
import { outboxProjection } from '#projections/outbox/project.ts';
import type { Projection } from '#projections/projection.ts';
import { eventually } from '#tests/support/eventually.ts';
import { folder, openVault } from '#tests/infra/vaultstore/support.ts';
import type { Vault } from '#vault/vault.ts';

const ids = {
  messageId: newId<'message'>(),
  conversationId: newId<'conversation'>(),
  contactId: newId<'contact'>(),
  channelId: newId<'channel'>(),
};
const tenant = newId<'tenant'>();

let home: ReturnType<typeof folder>;
let close: () => Promise<void>;
beforeEach(() => {
  home = folder();
});
afterEach(async () => {
  await close();
  home.remove();
});

type Trouble = {
  readonly vault?: (vault: Vault) => Vault;
  readonly channels?: (channels: Channels) => Channels;
  readonly contactKnown?: boolean;
  readonly lease?: WorkLease;
  /** Replies that were sent, but whose rows stay as they were queued: the outbox projection had to park their streams. */
  readonly parked?: number;
  /** What others do to the reply while its first request is on the way, and WhatsApp's answer to it. */
  readonly meanwhile?: (tell: Tell) => Promise<Response>;
};
type Tell = (command: MessageCommand) => Promise<unknown>;

/** Whether the lease is still held: as `answers` say, then no more. */
const leaseAnswering = (answers: boolean[], onAsked = (): void => undefined): WorkLease => ({
  whileHeld: (signal, work) =>
    work({
      token: 1n,
      signal,
      stillHeld: () => {
        onAsked();
        return answers.shift() ?? false;
      },
    }),
});

/** One reply waits; the outbox runs on real rules, with trouble where the test wants it. */
const run = async ({
  vault: around = (vault) => vault,
  channels: reach = (channels) => channels,
  contactKnown = true,
  lease = unshared,
  parked = 0,
  meanwhile,
}: Trouble) => {
  const vault = await openVault(home.path);
  const store = openMemoryEventStore({ catalogueOf });
  const stuck = new Set<MessageId>();
  const outboxOrPark: Projection = {
    ...outboxProjection,
    evolve: (document, event, target) => {
      if (event.type === 'SendAttempted' && [...stuck].some((id) => event.stream.endsWith(id))) throw new TypeError('a rule that fails');
      return outboxProjection.evolve(document, event, target);
    },
  };
  const projections = contactKnown ? [outboxOrPark, contactProjection] : [outboxOrPark];
  const projector = await startProjecting(store, { projections });
  const { views } = projector;
  const inFlight = createWorkInFlight();
  const handler = createCommandHandler({ store, vault, folds: createFoldCache(), inFlight });
  let requests = 0;
  const client = createWhatsAppClient({
    baseUrl: 'http://whatsapp.test',
    graphVersion: 'v26.0',
    timeoutMs: 1_000,
    fetch: async () => {
      requests += 1;
      if (requests === 1 && meanwhile !== undefined)
        return meanwhile((command) => handler.handle(messageAggregate, messageId, command, machineContext(tenant, 'cli'), () => facts));
      return Response.json({ messaging_product: 'whatsapp', contacts: [], messages: [{ id: 'wamid.1' }] });
    },
  });
  const { channelId, contactId, messageId } = ids;
  const secrets = { phoneNumberId: '1', accessToken: 't', appSecret: 's', verifyToken: 'v', baseUrl: 'http://whatsapp.test' };
  const channels = reach({
    view: async () => null,
    open: async () => ({ tenant, channelId, state: 'live', ...secrets }),
    client: () => client,
  });
  const profile = { profileName: null, phone: plain('+201001234567'), bsuid: null, username: null };
  const unchanged = { profileName: false, phone: false, bsuid: false, username: false };
  await handler.handle(
    contactAggregate,
    contactId,
    { type: 'RecordContact', contactId, channelId, profile },
    machineContext(tenant, 'webhook'),
    () => ({ unchanged }),
  );
  const facts = { windowOpenUntil: timeAt(Date.now() + 60_000), bodyLength: 5, conversationErased: false };
  for (let n = 0; n < parked; n += 1) {
    const other = newId<'message'>();
    stuck.add(other);
    const tell = (command: MessageCommand) => handler.handle(messageAggregate, other, command, machineContext(tenant, 'cli'), () => facts);
    await tell({ type: 'QueueMessage', ...ids, messageId: other, kind: 'text', body: plain('sent long ago'), replyTo: null, media: null });
    await tell({ type: 'AttemptSend' });
    await tell({ type: 'AcceptSend', wamid: plain(`wamid.${other}`) });
  }
  const queue = { type: 'QueueMessage', ...ids, kind: 'text', body: plain('hello'), replyTo: null, media: null } as const;
  await handler.handle(messageAggregate, messageId, queue, machineContext(tenant, 'cli'), () => facts);
  await projector.current();
  const outbox = createOutbox({ views, vault: around(vault), handler, channels, inFlight, lease, log: silentLog });
  outbox.start();
  close = async () => {
    await outbox.stop();
    await projector.stop();
    await vault.close();
  };
  return { store, requests: () => requests };
};

const untilLast = (store: EventStore, type: string) =>
  eventually(`the message's last event is ${type}`, async () => {
    const events = await store.readStream(streamName(tenant, 'message', ids.messageId));
    return events.at(-1)?.type === type ? events : null;
  });

it('tries again when something of ours did not answer before the request left', async () => {
  let asked = 0;
  const { store, requests } = await run({
    channels: (channels) => ({
      ...channels,
      open: async (id) => {
        asked += 1;
        if (asked === 1) throw fault('APP_BROKEN', 'expected it to break once');
        return channels.open(id);
      },
    }),
  });
  const events = await untilLast(store, 'SendAccepted');
  expect(events.map(({ type }) => type)).toEqual(['MessageQueued', 'SendAttempted', 'SendFailed', 'SendAttempted', 'SendAccepted']);
  expect(events[2]?.data).toMatchObject({ failure: 'transient', willRetry: true });
  expect(requests()).toBe(1);
});

it('calls the outcome unknown, and sends nothing again, when the answer could not be recorded', async () => {
  const { store, requests } = await run({
    vault: (vault) => ({ ...vault, claim: async () => Promise.reject(fault('APP_BROKEN', 'expected it to break')) }),
  });
  const events = await untilLast(store, 'SendOutcomeUnknown');
  expect(events.map(({ type }) => type)).toEqual(['MessageQueued', 'SendAttempted', 'SendOutcomeUnknown']);
  expect(requests()).toBe(1);
});

it('says "erased" of nobody whose contact the views do not show at the moment', async () => {
  const { store, requests } = await run({ contactKnown: false });
  const events = await untilLast(store, 'SendFailed');
  expect(events.at(-1)?.data).toMatchObject({ failure: 'transient', willRetry: true });
  expect(requests()).toBe(0);
});

it('sends nothing when it wakes late, after another process took the work over', async () => {
  const { store, requests } = await run({
    // Frozen between the attempt and the request.
    lease: leaseAnswering([true]),
  });
  const events = await untilLast(store, 'SendOutcomeUnknown');
  expect(events.map(({ type }) => type)).toEqual(['MessageQueued', 'SendAttempted', 'SendOutcomeUnknown']);
  expect(requests()).toBe(0);
});

it('begins no attempt when it wakes late before one', async () => {
  let asked = 0;
  const { store, requests } = await run({
    lease: leaseAnswering([], () => {
      asked += 1;
    }),
  });
  await expect.poll(() => asked, { timeout: 10_000 }).toBeGreaterThan(1);
  expect((await store.readAll(0n, 100)).map(({ type }) => type).filter((type) => type.startsWith('Send'))).toEqual([]);
  expect(requests()).toBe(0);
});

it('sends what is due behind a whole page of replies that are refused', async () => {
  const { store, requests } = await run({ parked: 70 });
  await untilLast(store, 'SendAccepted');
  expect(requests()).toBe(1);
});

it('ends no attempt by the late answer to the one before', async () => {
  const { store } = await run({
    // Frozen after the request: another process called the outcome unknown, and a person asked for another attempt.
    meanwhile: async (tell) => {
      await tell({ type: 'ReportOutcomeUnknown', attempt: 1, reason: 'crashed' });
      await tell({ type: 'RetrySend' });
      await tell({ type: 'AttemptSend' });
      return Response.json({ error: { code: 131047, message: 'late' } }, { status: 400 });
    },
  });
  const told = (await untilLast(store, 'SendOutcomeUnknown')).map(({ type, data }) => [type, data['attempt'] ?? null]);
  expect(told.slice(1)).toEqual([
    ['SendAttempted', 1],
    ['SendOutcomeUnknown', 1],
    ['SendRetryRequested', null],
    ['SendAttempted', 2],
    ['SendOutcomeUnknown', 2],
  ]);
});
