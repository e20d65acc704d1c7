import { randomBytes } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { type Canary, type Find, phoneForms, searchBytes, searchFolder, searchText } from '#tests/support/canaries.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { conversationOf, must } from '#tests/support/organisation.ts';
import { newDataFolder, type RunningProduct, runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf } from '#tests/support/simulator-client.ts';
import { eventually } from '#tests/support/eventually.ts';

/** Eight random bytes behind a word: found nowhere by chance, and long enough for every form. */
const canary = (name: string): Canary => ({ name, value: `Canary${name.replace(/\W/gu, '')}${randomBytes(8).toString('hex')}` });
const digits = (start: string): string => `${start}${String(randomBytes(6).readUIntBE(0, 6)).padStart(15, '7').slice(-8)}`;

const planted = {
  organisation: canary('organisation'),
  ownerName: canary('owner name'),
  ownerEmail: canary('owner e-mail'),
  password: canary('password'),
  wrongPassword: canary('wrong password'),
  agentName: canary('agent name'),
  agentEmail: canary('agent e-mail'),
  device: canary('device'),
  customerName: canary('customer name'),
  username: canary('user name'),
  bsuid: canary('bsuid'),
  body: canary('body'),
  arabic: {
    name: 'Arabic body',
    value: `كناري${randomBytes(4)
      .readUInt32BE()
      .toString()
      .split('')
      .map((digit) => '٠١٢٣٤٥٦٧٨٩'[Number(digit)])
      .join('')}سري`,
  },
  caption: canary('caption'),
  fileName: canary('file name'),
  fileContent: canary('file content'),
  unsupported: canary('unsupported body'),
  reply: canary('reply'),
  replyFile: canary('reply file'),
  replyContent: canary('reply content'),
  note: canary('note'),
  label: canary('channel label'),
  accessToken: canary('access token'),
  appSecret: canary('app secret'),
  wamid: canary('wamid'),
  address: { name: 'address', value: `203.0.113.${String(100 + ((randomBytes(1)[0] ?? 0) % 100))}` },
} as const;
const phone = digits('2010');
const ofCustomer = [
  'customerName',
  'username',
  'bsuid',
  'body',
  'arabic',
  'caption',
  'fileName',
  'fileContent',
  'unsupported',
  'reply',
  'replyFile',
  'replyContent',
  'note',
  'wamid',
] as const;

describe('values that identify people', () => {
  const dataFolder = newDataFolder();
  const canaries: Canary[] = [...Object.values(planted), ...phoneForms('phone', phone)];
  const heard: { readonly place: string; readonly text: string }[] = [];
  let running: RunningProduct;
  let owner: Awaited<ReturnType<typeof signUp>>;
  let contactId: ContactId;
  let sessionToken = '';

  const signUp = async () => {
    const input = {
      organisation: planted.organisation.value,
      name: planted.ownerName.value,
      email: `${planted.ownerEmail.value}@x.example`,
      password: planted.password.value,
    };
    return must(running.application.setUp({ ...input, address: planted.address.value, device: planted.device.value }));
  };

  /** Everything the product does with personal values, once, in all its ways. */
  const work = async () => {
    const { application: app, simulator, url } = running;
    owner = await signUp();
    sessionToken = owner.token;
    canaries.push({ name: 'session token', value: owner.token });
    await app.signIn({
      email: `${planted.ownerEmail.value}@x.example`,
      password: planted.wrongPassword.value,
      address: planted.address.value,
      device: null,
    });
    await must(
      app.addPerson(owner.viewer, {
        name: planted.agentName.value,
        email: `${planted.agentEmail.value}@x.example`,
        role: 'agent',
        password: planted.password.value,
      }),
    );
    const number = await simulator.newNumber({ accessToken: planted.accessToken.value, appSecret: planted.appSecret.value });
    canaries.push({ name: 'phone number id', value: number.phoneNumberId });
    const { channelId } = await must(
      app.connectChannel(owner.viewer, {
        label: planted.label.value,
        phoneNumberId: number.phoneNumberId,
        accessToken: planted.accessToken.value,
        appSecret: planted.appSecret.value,
        baseUrl: simulator.baseUrl,
      }),
    );
    const channel = (await must(app.channels(owner.viewer))).channels[0];
    canaries.push({ name: 'verify token', value: channel?.verifyToken.state === 'value' ? channel.verifyToken.text : '' });
    const webhookUrl = `${url}/webhooks/whatsapp/${channelId}`;
    await simulator.changeNumber(number.phoneNumberId, {
      webhookUrl,
      verifyToken: channel?.verifyToken.state === 'value' ? channel.verifyToken.text : '',
    });

    const customer = await simulator.newCustomer(planted.customerName.value, phone);
    await simulator.write(customer, number.phoneNumberId, { text: `${planted.body.value} ${planted.arabic.value}` });
    await simulator.write(customer, number.phoneNumberId, {
      document: {
        base64: Buffer.from(`a file with ${planted.fileContent.value} in it`).toString('base64'),
        mimeType: 'application/pdf',
        filename: `${planted.fileName.value}.pdf`,
        caption: planted.caption.value,
      },
    });
    const post = (item: object) =>
      deliver(
        webhookUrl,
        planted.appSecret.value,
        deliveryOf(number.phoneNumberId, {
          contacts: [
            { profile: { name: planted.customerName.value, username: planted.username.value }, wa_id: phone, user_id: planted.bsuid.value },
          ],
          messages: [{ from: phone, from_user_id: planted.bsuid.value, timestamp: String(Math.floor(Date.now() / 1_000)), ...item }],
        }),
      );
    await post({ id: `wamid.${planted.wamid.value}`, type: 'order', order: { text: planted.unsupported.value } });
    // What is refused must leave no trace either.
    heard.push({ place: 'wrong signature', text: await (await deliver(webhookUrl, 'wrong', { body: planted.body.value })).text() });
    heard.push({
      place: 'broken JSON',
      text: await (await deliver(webhookUrl, planted.appSecret.value, `{"${planted.body.value}": ${planted.bsuid.value}`)).text(),
    });
    heard.push({
      place: 'malformed delivery',
      text: await (await deliver(webhookUrl, planted.appSecret.value, { object: planted.body.value, entry: planted.bsuid.value })).text(),
    });
    await deliver(
      webhookUrl,
      planted.appSecret.value,
      deliveryOf(number.phoneNumberId, { messages: [{ from: phone, id: { odd: planted.body.value }, type: planted.bsuid.value }] }),
    );

    const item = await eventually('one conversation with three messages', async () => {
      const page = await must(app.inbox(owner.viewer, { filter: 'open' }));
      const only = page.items[0];
      if (only === undefined) return null;
      const { entries } = await conversationOf(app, owner.viewer, only.conversationId);
      const stored = entries.filter((entry) => entry.entry === 'message' && (entry.media === null || entry.media.state === 'stored'));
      return stored.length === 3 ? only : null;
    });
    contactId = item.contactId;
    const { conversationId } = item;
    await must(app.addNote(owner.viewer, { conversationId, commandId: newId(), text: planted.note.value }));
    const upload = { bytes: Buffer.from(planted.replyContent.value), type: 'application/pdf', fileName: `${planted.replyFile.value}.pdf` };
    await must(app.reply(owner.viewer, { conversationId, commandId: newId(), text: planted.reply.value, upload }));
    await must(app.revealContact(owner.viewer, contactId, 'identify-customer'));
    await eventually(
      'the reply is read',
      async () =>
        (await conversationOf(app, owner.viewer, conversationId)).entries.some(
          (entry) => entry.entry === 'message' && entry.direction === 'out' && entry.state === 'read',
        ),
      30_000,
    );
    await simulator.chaos({ failSends: 131047 });
    await must(app.reply(owner.viewer, { conversationId, commandId: newId(), text: `${planted.reply.value} again`, upload: null }));
    await eventually('the second reply failed', async () =>
      (await conversationOf(app, owner.viewer, conversationId)).entries.some(
        (entry) => entry.entry === 'message' && entry.state === 'failed',
      ),
    );
    await simulator.calm();
  };

  /** Asks every door that says something without a person's right to see it. */
  const listen = async () => {
    const { url } = running;
    const bearer = { authorization: `Bearer ${sessionToken}` };
    const json = { ...bearer, 'content-type': 'application/json' };
    const ask = async (place: string, path: string, init: RequestInit = {}) => {
      const response = await fetch(`${url}${path}`, init);
      heard.push({ place, text: `${JSON.stringify([...response.headers])} ${await response.text()}` });
    };
    await ask('metrics', '/metrics');
    await ask('health', '/health/ready');
    await ask('live', '/health/live');
    await ask('open api', '/api/openapi.json');
    await ask('unknown route', `/api/v1/${planted.body.value}`, { headers: bearer });
    await ask('bad id', `/api/v1/conversations/${planted.body.value}`, { headers: bearer });
    await ask('bad body', '/api/v1/people', {
      method: 'POST',
      headers: json,
      body: JSON.stringify({ [planted.body.value]: planted.reply.value, role: planted.note.value }),
    });
    await ask('broken body', '/api/v1/people', { method: 'POST', headers: json, body: `{"name": "${planted.body.value}` });
    await ask('bad query', `/api/v1/conversations?filter=${planted.body.value}`, { headers: bearer });
    await ask('bad cursor', `/api/v1/conversations?after=${planted.body.value}`, { headers: bearer });
    await ask('wrong sign-in', '/api/v1/session', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: `${planted.ownerEmail.value}@x.example`, password: planted.wrongPassword.value }),
    });
    await ask('wrong token', '/api/v1/session', { headers: { authorization: `Bearer ${planted.accessToken.value}` } });
    await ask('audit facts', '/api/v1/audit?limit=100', { headers: bearer });
  };

  const stream = { text: '', end: new AbortController() };
  beforeAll(async () => {
    running = await runProduct({ dataFolder, logLevel: 'debug' });
    await work();
    const response = await fetch(`${running.url}/api/v1/stream`, {
      headers: { authorization: `Bearer ${sessionToken}` },
      signal: stream.end.signal,
    });
    void (async () => {
      for await (const chunk of response.body ?? []) stream.text += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await listen();
  });
  afterAll(async () => {
    stream.end.abort();
    await running.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });

  /** The trail's answer names people to who may see them; every other door must be silent. */
  const said = (): readonly Find[] =>
    heard.filter(({ place }) => place !== 'audit facts').flatMap(({ place, text }) => searchText(canaries, place, text));
  const report = (): string => JSON.stringify(process.report.getReport());
  /** Files that this run left beside the data folder. */
  const tempFinds = (): readonly Find[] =>
    readdirSync(tmpdir(), { withFileTypes: true })
      .filter(
        (entry) =>
          entry.isFile() &&
          statSync(join(tmpdir(), entry.name)).mtimeMs > startedAt &&
          statSync(join(tmpdir(), entry.name)).size < 16 * 1024 * 1024,
      )
      .flatMap((entry) => searchBytes(canaries, `temp ${entry.name.length.toString()}`, readFileSync(join(tmpdir(), entry.name))));
  const startedAt = Date.now();

  it('stand in no file, log line, answer, frame or report', () => {
    const { finds, files, bytes } = searchFolder(canaries, dataFolder);
    expect(finds).toEqual([]);
    expect(files).toBeGreaterThanOrEqual(6);
    expect(bytes).toBeGreaterThan(100_000);
    expect(searchText(canaries, 'log', running.lines.join('\n'))).toEqual([]);
    expect(running.lines.length).toBeGreaterThan(0);
    expect(said()).toEqual([]);
    expect(tempFinds()).toEqual([]);
    // The report holds the process's own memory of names only as far as code has them: no header, no environment.
    expect(searchText(canaries, 'report', report())).toEqual([]);
  });

  it('would be found by this search in every form', () => {
    const folder = join(dataFolder, 'planted');
    mkdirSync(folder);
    const value = planted.body.value;
    const arabic = planted.arabic.value;
    const forms: Readonly<Record<string, Buffer>> = {
      plain: Buffer.from(`xx${value}xx`),
      hex: Buffer.from(Buffer.from(value).toString('hex')),
      utf16: Buffer.from(`é${value}`, 'utf16le'),
      arabic: Buffer.from(`…${arabic}`),
      phone: Buffer.from(`+${phone}`),
      spaced: Buffer.from(`+${phone.slice(0, 2)} ${phone.slice(2, 5)} ${phone.slice(5)}`),
      base64a: Buffer.from(Buffer.from(`${value}z`).toString('base64')),
      base64b: Buffer.from(Buffer.from(`a${value}z`).toString('base64')),
      base64c: Buffer.from(Buffer.from(`ab${value}zz`).toString('base64url')),
    };
    for (const [name, bytes] of Object.entries(forms))
      writeFileSync(join(folder, name), Buffer.concat([randomBytes(5_000), bytes, randomBytes(5_000)]));
    const found = new Set(searchFolder(canaries, folder).finds.map(({ place }) => place));
    rmSync(folder, { recursive: true });
    expect([...found].sort()).toEqual(Object.keys(forms).sort());
  });

  it("stay found nowhere after the erasure, open nowhere, and the organisation's own values stay", async () => {
    const { application: app } = running;
    const before = await must(app.audit(owner.viewer, { limit: 200 }));
    expect(JSON.stringify(before.items)).toContain(planted.ownerName.value);
    const { erasure } = await eraseCustomer(app, owner.viewer, contactId);
    expect(erasure.verified).toMatchObject({ opened: 0, hits: 0 });
    expect(erasure.verified?.tried).toBeGreaterThan(15);
    const { finds } = searchFolder(canaries, dataFolder);
    expect(finds).toEqual([]);
    expect(searchText(canaries, 'log', running.lines.join('\n'))).toEqual([]);
    expect(searchText(canaries, 'frames', stream.text)).toEqual([]);
    expect(stream.text).toContain('event: changed');
    const own = canaries.filter(
      ({ name }) => name.startsWith('phone,') || name === 'phone' || ofCustomer.some((key) => planted[key].name === name),
    );
    const item = (await must(app.contact(owner.viewer, contactId))).contact;
    const shown = JSON.stringify([
      item,
      ...(await Promise.all(item.conversations.map(({ conversationId }) => conversationOf(app, owner.viewer, conversationId)))),
      await app.inbox(owner.viewer, { filter: 'open' }),
      await app.audit(owner.viewer, { limit: 200 }),
      await app.erasures(owner.viewer),
    ]);
    expect(searchText(own, 'pages', shown)).toEqual([]);
    expect(shown).toContain('"erased"');
    expect(
      (await must(app.people(owner.viewer))).people.some(({ name }) => name.state === 'value' && name.text === planted.agentName.value),
    ).toBe(true);
  });
});
