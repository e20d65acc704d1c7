import { afterEach, beforeEach, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { type ChannelId, streamName } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { messageAggregate } from '#infra/app/aggregates.ts';
import type { Channels } from '#infra/app/channels.ts';
import { machineContext, now } from '#infra/app/context.ts';
import { createFoldCache } from '#infra/app/fold.ts';
import { createCommandHandler } from '#infra/app/handle-command.ts';
import { createMediaWorker } from '#infra/app/media-worker.ts';
import { newId } from '#infra/app/new-id.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { silentLog } from '#infra/log.ts';
import { startProjecting } from '#tests/support/projecting.ts';
import { unshared } from '#infra/app/worker.ts';
import { createWhatsAppClient } from '#infra/whatsapp/client.ts';
import { outboxProjection } from '#projections/outbox/project.ts';
import { eventually } from '#tests/support/eventually.ts';
import { folder, openVault } from '#tests/infra/vaultstore/support.ts';

let home: ReturnType<typeof folder>;
beforeEach(() => {
  home = folder();
});
afterEach(() => {
  home.remove();
});

/** The broken number's API is not reached; the other one's answers. */
const clientOf = (broken: boolean) =>
  createWhatsAppClient({
    baseUrl: 'http://whatsapp.test',
    graphVersion: 'v26.0',
    timeoutMs: 1_000,
    fetch: async (address) => {
      if (broken) throw new TypeError('fetch failed', { cause: Object.assign(new Error('no'), { code: 'ECONNREFUSED' }) });
      if ((address instanceof Request ? address.url : address.toString()).endsWith('/file'))
        return new Response('bytes', { headers: { 'content-type': 'text/plain' } });
      const file = {
        url: 'http://whatsapp.test/file',
        mime_type: 'text/plain',
        sha256: 'ab',
        file_size: 5,
        id: '1',
        messaging_product: 'whatsapp',
      };
      return Response.json(file);
    },
  });

it('fetches a file although a hundred older ones of another organisation cannot be had', async () => {
  const vault = await openVault(home.path);
  const store = openMemoryEventStore({ catalogueOf });
  const projector = await startProjecting(store, { projections: [outboxProjection] });
  const { views } = projector;
  const inFlight = createWorkInFlight();
  const handler = createCommandHandler({ store, vault, folds: createFoldCache(), inFlight });
  const [brokenChannel, soundChannel] = [newId<'channel'>(), newId<'channel'>()];
  const [troubled, other] = [newId<'tenant'>(), newId<'tenant'>()];
  const receive = async (tenant: typeof troubled, channelId: ChannelId) => {
    const ids = { messageId: newId<'message'>(), conversationId: newId<'conversation'>(), contactId: newId<'contact'>(), channelId };
    const media = { id: plain('1'), type: plain('text/plain'), digest: plain(''), fileName: null };
    const message = { wamid: plain(`wamid.${ids.messageId}`), body: null, replyTo: null, raw: null, media } as const;
    const command = { type: 'ReceiveMessage', ...ids, kind: 'document', sentAt: now(), ...message } as const;
    const facts = { windowOpenUntil: null, bodyLength: 0, conversationErased: false };
    await handler.handle(messageAggregate, ids.messageId, command, machineContext(tenant, 'webhook'), () => facts);
    return ids.messageId;
  };
  for (let n = 0; n < 100; n += 1) await receive(troubled, brokenChannel);
  const wanted = await receive(other, soundChannel);
  await projector.current();
  const channels: Channels = {
    view: async () => null,
    open: async (channelId) => ({
      tenant: channelId === brokenChannel ? troubled : other,
      channelId,
      state: 'live',
      phoneNumberId: '1',
      accessToken: 't',
      appSecret: 's',
      verifyToken: 'v',
      baseUrl: channelId === brokenChannel ? 'broken' : 'sound',
    }),
    client: ({ baseUrl }) => clientOf(baseUrl === 'broken'),
  };
  const worker = createMediaWorker({ views, vault, handler, channels, inFlight, lease: unshared, log: silentLog });
  worker.start();
  await eventually('the file is stored', async () => {
    const events = await store.readStream(streamName(other, 'message', wanted));
    return events.at(-1)?.type === 'MediaStored' ? true : null;
  });
  await worker.stop();
  await projector.stop();
  await vault.close();
});
