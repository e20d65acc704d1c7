import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createServer } from 'node:net';
import { createWhatsAppClient } from '#infra/whatsapp/client.ts';
import type { OutgoingMessage } from '#infra/whatsapp/outgoing.ts';
import { openStage, type Stage } from './product.ts';

const NOUR = '201000000101';
const HOUR_MS = 3_600_000;
const textTo = (value: string, body = 'أهلًا'): OutgoingMessage => ({ to: { kind: 'phone', value }, content: { kind: 'text', body } });

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const nourWrites = (content: object = { text: 'صباح الخير' }) => stage.control('POST', 'customers/nour/messages', content);
const statuses = () => stage.items.flatMap((item) => (item.kind === 'status' ? [item.status] : []));
const messages = () => stage.items.flatMap((item) => (item.kind === 'message' ? [item.message] : []));

describe('sending', () => {
  it('goes from sent to delivered to read, with one price and our own data', async () => {
    await nourWrites();
    const sent = await stage.client.sendMessage(stage.at, { ...textTo(NOUR), callbackData: 'c0ffee' });
    expect(sent).toEqual({ kind: 'accepted', wamid: expect.stringMatching(/^wamid\./) });
    await stage.until(() => statuses().length === 3);
    expect(statuses().map((each) => each.status)).toEqual(['sent', 'delivered', 'read']);
    expect(statuses().every((each) => each.callbackData === 'c0ffee' && sent.kind === 'accepted' && each.wamid === sent.wamid)).toBe(true);
    expect(statuses().flatMap((each) => each.pricing ?? [])).toEqual([
      { billable: false, model: 'PMP', type: 'free_customer_service', category: 'service' },
    ]);
  });

  it('waits with read until the customer reads, when she does not read at once', async () => {
    await nourWrites();
    await stage.control('PUT', 'customers/nour', { autoRead: false });
    await stage.client.sendMessage(stage.at, textTo(NOUR));
    await stage.until(() => statuses().length === 2);
    expect(await stage.control('POST', 'customers/nour/read', {})).toEqual({ read: 1 });
    await stage.until(() => statuses().at(-1)?.status === 'read');
  });

  it('closes the window 24 hours after the last message and opens it with the next', async () => {
    expect(await stage.client.sendMessage(stage.at, textTo(NOUR))).toMatchObject({
      kind: 'refused',
      code: 131047,
      class: 'window-closed',
      wayOut: 'send-template',
      retryable: false,
    });
    await nourWrites();
    expect((await stage.client.sendMessage(stage.at, textTo(NOUR))).kind).toBe('accepted');
    await stage.control('POST', 'clock', { advanceMs: 24 * HOUR_MS });
    expect(await stage.client.sendMessage(stage.at, textTo(NOUR))).toMatchObject({ code: 131047 });
    await nourWrites();
    expect((await stage.client.sendMessage(stage.at, textTo(NOUR))).kind).toBe('accepted');
  });

  it('reports an undeliverable message after sent, and may deliver it after all', async () => {
    await nourWrites();
    await stage.control('PUT', 'chaos', { failSends: 131026, deliveredAfterFailed: true });
    expect((await stage.client.sendMessage(stage.at, textTo(NOUR))).kind).toBe('accepted');
    await stage.until(() => statuses().some((each) => each.status === 'delivered'));
    expect(
      statuses()
        .slice(0, 3)
        .map((each) => [each.status, each.errorCode]),
    ).toEqual([
      ['sent', undefined],
      ['failed', 131026],
      ['delivered', undefined],
    ]);
  });

  it('turns the order round when told to: read before delivered', async () => {
    await nourWrites();
    await stage.until(() => messages().length === 1);
    await stage.control('PUT', 'chaos', { reorder: true, batch: 10 });
    await stage.client.sendMessage(stage.at, textTo(NOUR));
    await stage.until(() => statuses().length === 3);
    expect(statuses().map((each) => each.status)).toEqual(['read', 'delivered', 'sent']);
  });

  it.each([
    [190, 'token', false],
    [131016, 'transient', true],
    [368, 'policy', false],
    [131042, 'payment', false],
  ])('refuses with %i as %s', async (code, cls, retryable) => {
    await nourWrites();
    await stage.control('PUT', 'chaos', { failSends: code });
    expect(await stage.client.sendMessage(stage.at, textTo(NOUR))).toMatchObject({ kind: 'refused', code, class: cls, retryable });
  });

  it('refuses once for speed, then takes the same message', async () => {
    await nourWrites();
    await stage.control('PUT', 'chaos', { rate429: true });
    const message = { ...textTo(NOUR), callbackData: 'once' };
    expect(await stage.client.sendMessage(stage.at, message)).toMatchObject({ code: 130429, class: 'rate', retryable: true });
    expect((await stage.client.sendMessage(stage.at, message)).kind).toBe('accepted');
  });

  it('refuses a text that is too long, by its parameter', async () => {
    await nourWrites();
    expect(await stage.client.sendMessage(stage.at, textTo(NOUR, 'x'.repeat(4_097)))).toMatchObject({
      kind: 'refused',
      code: 100,
      class: 'parameter',
      details: expect.stringContaining('text.body'),
    });
  });

  it('marks a message read up to the one named', async () => {
    await nourWrites();
    await stage.until(() => messages().length === 1);
    expect(await stage.client.markRead(stage.at, messages()[0]?.wamid ?? '')).toEqual({ kind: 'marked' });
    expect(await stage.control('GET', 'state')).toMatchObject({ messages: [{ author: 'customer', state: 'read' }] });
    expect(await stage.client.markRead(stage.at, 'wamid.none')).toMatchObject({ kind: 'refused', code: 131009 });
  });
});

describe('when the outcome is not known', () => {
  it('says unknown when the answer is lost, and the message did go out: its status names our data', async () => {
    await nourWrites();
    await stage.control('PUT', 'chaos', { loseAnswer: true });
    expect(await stage.client.sendMessage(stage.at, { ...textTo(NOUR), callbackData: 'lost-1' })).toEqual({
      kind: 'unknown',
      reason: 'connection-lost',
    });
    await stage.until(() => statuses().some((each) => each.status === 'sent' && each.callbackData === 'lost-1'));
  });

  it('says unreachable when nobody listens, so that repeating is safe', async () => {
    const free = createServer();
    await new Promise<void>((resolve) => free.listen(0, '127.0.0.1', resolve));
    const address = free.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    await new Promise((resolve) => free.close(resolve));
    const client = createWhatsAppClient({ baseUrl: `http://127.0.0.1:${port}`, graphVersion: 'v26.0', timeoutMs: 1_000 });
    expect(await client.sendMessage(stage.at, textTo(NOUR))).toEqual({ kind: 'unreachable', reason: 'refused' });
  });

  it('says unknown when the server takes the request and stays silent', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const address = silent.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const client = createWhatsAppClient({ baseUrl: `http://127.0.0.1:${port}`, graphVersion: 'v26.0', timeoutMs: 200 });
    expect(await client.sendMessage(stage.at, textTo(NOUR))).toEqual({ kind: 'unknown', reason: 'timeout' });
    silent.close();
  });

  it('stops when told, and tells before from during', async () => {
    const stopped = AbortSignal.abort();
    expect(await stage.client.sendMessage(stage.at, textTo(NOUR), { signal: stopped })).toEqual({ kind: 'unreachable', reason: 'aborted' });
  });
});
