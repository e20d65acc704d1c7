import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { OutgoingMessage } from '#infra/whatsapp/outgoing.ts';
import { openStage, type Stage } from './product.ts';

const NOUR = '201000000101';
const textTo = (value: string, body = 'أهلًا'): OutgoingMessage => ({ to: { kind: 'phone', value }, content: { kind: 'text', body } });

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.close());

const nourWrites = (content: object = { text: 'صباح الخير' }) => stage.control('POST', 'customers/nour/messages', content);
const messages = () => stage.items.flatMap((item) => (item.kind === 'message' ? [item.message] : []));

describe('connecting', () => {
  it('verifies the webhook by the challenge and says how it went', async () => {
    expect(stage.number.handshake).toMatchObject({ ok: true });
    const wrong = await stage.control('PUT', 'numbers/106540352242922', { verifyToken: 'another' });
    expect(wrong).toMatchObject({ handshake: { ok: false, reason: 'refused', status: 403 } });
  });

  it('opens the number with its token and refuses any other token', async () => {
    expect(await stage.client.phoneNumber(stage.at)).toMatchObject({ kind: 'found', id: '106540352242922', verifiedName: 'Marsa Group' });
    const wrong = await stage.client.phoneNumber({ ...stage.at, accessToken: 'stolen' });
    expect(wrong).toMatchObject({ kind: 'refused', code: 190, class: 'token', wayOut: 'reconnect-channel', retryable: false });
  });

  it('does not tell a foreign number from one that is not there', async () => {
    const absent = await stage.client.phoneNumber({ ...stage.at, phoneNumberId: '999' });
    expect(absent).toMatchObject({ kind: 'refused', code: 100, subcode: 33 });
  });
});

describe('receiving', () => {
  it('brings a text signed, in both writings of Arabic', async () => {
    await nourWrites({ text: 'صباح الخير' });
    await nourWrites({ text: 'صباح النور' });
    await stage.until(() => messages().length === 2);
    expect(
      messages()
        .map((message) => message.text)
        .toSorted(),
    ).toEqual(['صباح الخير', 'صباح النور']);
    expect(stage.bodies.map((body) => body.includes(String.raw`\u0635`)).toSorted()).toEqual([false, true]);
    const wamid = messages()[0]?.wamid ?? '';
    expect(Buffer.from(wamid.slice('wamid.'.length), 'base64').toString('latin1')).toContain(NOUR);
  });

  it('keeps back the phone of a person who hides it, and takes answers by user id', async () => {
    await stage.control('POST', 'customers/sand-dune/messages', { text: 'هلا' });
    await stage.until(() => messages().length === 1);
    const from = messages()[0]?.from;
    expect(from).toEqual({ bsuid: expect.stringMatching(/^AE\.\d{16}$/), username: 'sand.dune', profileName: 'sand.dune' });
    expect(stage.bodies.join('')).not.toContain('971500000105');
    const sent = await stage.client.sendMessage(stage.at, {
      to: { kind: 'bsuid', value: from?.bsuid ?? '' },
      content: { kind: 'text', body: 'أهلًا' },
    });
    expect(sent.kind).toBe('accepted');
  });

  it('comes again until it is answered with 200', async () => {
    stage.answers.push(503, 500);
    await nourWrites();
    await stage.until(() => messages().length === 1);
    expect(stage.answers).toEqual([]);
  });

  it('sends duplicates, batches and bad signatures when told to', async () => {
    await stage.control('PUT', 'chaos', { duplicate: true });
    await nourWrites();
    await stage.until(() => messages().length === 2);
    expect(messages()[0]?.wamid).toBe(messages()[1]?.wamid);

    await stage.control('PUT', 'chaos', { duplicate: false, batch: 10 });
    for (const text of ['1', '2', '3']) await nourWrites({ text });
    await stage.until(() => messages().length === 5);
    expect(stage.bodies).toHaveLength(3);

    await stage.control('PUT', 'chaos', { batch: 1, badSignature: true });
    await nourWrites();
    await stage.until(() => stage.refusals.length > 0);
    expect(messages()).toHaveLength(5);
  });

  it('holds everything through an outage and brings it afterwards', async () => {
    await stage.control('PUT', 'chaos', { outage: true });
    for (const text of ['1', '2', '3']) await nourWrites({ text });
    await new Promise((resolve) => setTimeout(resolve, 150));
    expect(messages()).toHaveLength(0);
    await stage.control('PUT', 'chaos', { outage: false });
    await stage.until(() => messages().length === 3);
  });

  it('plays any other type as it is given', async () => {
    await nourWrites({ raw: { type: 'location', body: { location: { latitude: 29.96, longitude: 31.25 } } } });
    await nourWrites({ raw: { type: 'hologram' } });
    await stage.until(() => messages().length === 2);
    expect(
      messages()
        .map((message) => message.type)
        .toSorted(),
    ).toEqual(['location', 'unsupported']);
  });

  it('tells of a new number with a new user id, from the old one', async () => {
    await nourWrites();
    await stage.control('PUT', 'customers/nour', { phone: '+20 10 0000 0199' });
    await stage.until(() => messages().length === 2);
    const system = messages().find((message) => message.type === 'system');
    expect(system?.from.phone).toBe(NOUR);
    expect(JSON.parse(system?.raw ?? '{}')).toMatchObject({ system: { type: 'user_changed_number', wa_id: '201000000199' } });
  });
});

describe('scripted customers', () => {
  it('write in both languages, with photos and papers, and answer what they have read', async () => {
    expect(await stage.control('POST', 'script/start', { customers: 12, pace: 200 })).toEqual({ started: 12 });
    await stage.until(
      () =>
        new Set(messages().map((message) => message.from.profileName)).size === 12 &&
        messages().some((message) => message.type === 'image'),
    );
    expect(messages().some((message) => message.type === 'document')).toBe(true);
    await stage.client.sendMessage(stage.at, textTo(NOUR, 'نسأل السائق الآن'));
    await stage.until(() => messages().some((message) => message.text?.startsWith('تمام، مستنية ردكم') === true));
  });
});

describe('the control side', () => {
  it('refuses pages of other origins', async () => {
    const response = await fetch(`${stage.url}/control/state`, { headers: { origin: 'https://evil.example' } });
    expect(response.status).toBe(403);
  });

  it('keeps secrets out of the state', async () => {
    expect(JSON.stringify(await stage.control('GET', 'state'))).not.toContain(stage.number.appSecret);
  });

  it('connects a number again without making another', async () => {
    await stage.control('PUT', 'numbers/106540352242922', { verifiedName: 'Marsa' });
    expect(await stage.control('GET', 'state')).toMatchObject({ numbers: [{ verifiedName: 'Marsa', phoneNumberId: '106540352242922' }] });
  });

  it('starts over with people and numbers, and no conversations', async () => {
    await nourWrites();
    await stage.control('POST', 'reset');
    const state = await stage.control('GET', 'state');
    expect(state).toMatchObject({ messages: [], webhooks: [] });
    expect(state).toHaveProperty('customers.length', 12);
  });
});
