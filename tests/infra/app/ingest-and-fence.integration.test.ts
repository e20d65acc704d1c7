import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { streamParts, type SubjectId } from '#domain/ids.ts';
import { createFoldCache } from '#infra/app/fold.ts';
import { createCommandHandler } from '#infra/app/handle-command.ts';
import { createIngest } from '#infra/app/ingest.ts';
import { newId } from '#infra/app/new-id.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { silentLog } from '#infra/log.ts';
import { createWhatsAppClient } from '#infra/whatsapp/client.ts';
import { folder, mark, openVault } from '#tests/infra/vaultstore/support.ts';
import { deliveryOf, textValue } from '#tests/support/simulator-client.ts';
import type { Vault } from '#vault/vault.ts';

const SECRET = 'app secret';
const NUMBER = '106540352242922';
const NADIA = { phone: '201001234567', bsuid: 'EG.1a2b3c4d5e6f7a8b', name: 'Nadia' };

let home: ReturnType<typeof folder>;
beforeEach(() => {
  home = folder();
});
afterEach(() => {
  home.remove();
});

it('keeps a message whose sender is fenced between claim and seal, under a new contact', async () => {
  const vault = await openVault(home.path);
  const tenant = newId<'tenant'>();
  const channelId = newId<'channel'>();
  const store = openMemoryEventStore({ catalogueOf });
  const inFlight = createWorkInFlight();
  const fenced: SubjectId[] = [];
  let fenceNext = false;
  /** An erasure's fence, at the moment when it hurts. */
  const fencing: Vault = {
    ...vault,
    seal: async (requests) => {
      const context = requests[0]?.context;
      if (fenceNext && context !== undefined && streamParts(context.stream).category === 'message') {
        fenceNext = false;
        fenced.push(context.subject);
        await vault.fence(tenant, context.subject, mark());
      }
      return vault.seal(requests);
    },
  };
  const secrets = { phoneNumberId: NUMBER, accessToken: 't', appSecret: SECRET, verifyToken: 'v', baseUrl: 'http://whatsapp.test' };
  const channels = {
    view: async () => null,
    open: async () => ({ tenant, channelId, state: 'live' as const, ...secrets }),
    client: () => createWhatsAppClient({ baseUrl: 'http://whatsapp.test', graphVersion: 'v26.0', timeoutMs: 1_000 }),
  };
  const handler = createCommandHandler({ store, vault: fencing, folds: createFoldCache(), inFlight });
  const ingest = createIngest({ store, vault: fencing, handler, channels, inFlight, log: silentLog });
  const deliver = (wamid: string, text: string) => {
    const body = Buffer.from(JSON.stringify(deliveryOf(NUMBER, textValue(NADIA, wamid, text))));
    return ingest(channelId, body, `sha256=${createHmac('sha256', SECRET).update(body).digest('hex')}`);
  };
  const received = async () => (await store.readAll(0n, 100)).filter(({ type }) => type === 'MessageReceived');

  expect(await deliver('wamid.1', 'before')).toEqual({ status: 200 });
  fenceNext = true;
  expect(await deliver('wamid.2', 'meanwhile')).toEqual({ status: 200 });
  const kept = await received();
  expect(kept).toHaveLength(2);
  const [first, second] = kept;
  expect(fenced).toEqual([first?.data['contactId']]);
  expect(second?.data['contactId']).not.toBe(first?.data['contactId']);
  // Neither comes back when WhatsApp repeats itself.
  for (const wamid of ['wamid.1', 'wamid.2']) expect(await deliver(wamid, 'again')).toEqual({ status: 200 });
  expect(await received()).toHaveLength(2);
  await vault.close();
});
