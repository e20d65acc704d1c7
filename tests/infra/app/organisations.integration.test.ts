import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Desk, hire, inboxOf, type Member, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, statusValue, textValue } from '#tests/support/simulator-client.ts';
import { addNeighbour, type Neighbour } from '#tests/support/two-organisations.ts';

const CANARY = 'words of the first organisation';

describe('two organisations in one product', () => {
  let desk: Desk;
  let agent: Member;
  let other: Neighbour;
  let ids: Awaited<ReturnType<typeof fill>>;

  /** Something of every kind in the first organisation. */
  const fill = async () => {
    const { application: app, simulator } = desk.running;
    const { conversationId, message } = await desk.writes(await simulator.newCustomer('Nadia'), {
      document: { base64: 'aGVsbG8=', mimeType: 'text/plain', filename: 'a.txt', caption: CANARY },
    });
    await desk.untilMessage(conversationId, 'the file is stored', ({ media }) => media?.state === 'stored');
    const { contactId } = (await must(app.conversation(desk.owner.viewer, conversationId, {}))).conversation.contact;
    const { messageId: replyId } = await must(desk.reply(conversationId, 'answer'));
    await desk.untilMessage(conversationId, 'it is sent', ({ id, state }) => id === replyId && state === 'read');
    const gone = await desk.writes(await simulator.newCustomer('Gone'), { text: 'bye' });
    const goneContact = (await must(app.conversation(desk.owner.viewer, gone.conversationId, {}))).conversation.contact.contactId;
    const { erasureId } = await eraseCustomer(app, desk.owner.viewer, goneContact);
    await must(app.createToken(desk.owner.viewer, 1));
    const [token] = await app.tokens(desk.owner.viewer);
    return { conversationId, contactId, messageId: message.id, replyId, erasureId, goneContact, tokenId: token?.tokenId ?? '' };
  };

  beforeAll(async () => {
    desk = await openDesk(await runProduct());
    agent = await hire(desk.running.application, desk.owner.viewer, 'agent');
    ids = await fill();
    other = await addNeighbour(desk.running);
  });
  afterAll(() => desk.running.close());

  it('answers 404 to every id of the other organisation', async () => {
    const { application: app } = desk.running;
    const { viewer } = other.owner;
    const commandId = newId<'command'>();
    const { conversationId, contactId, messageId, replyId, erasureId, goneContact, tokenId } = ids;
    const answers = await Promise.all(
      Object.entries({
        conversation: app.conversation(viewer, conversationId, {}),
        contact: app.contact(viewer, contactId),
        reveal: app.revealContact(viewer, contactId, 'identify-customer'),
        media: app.media(viewer, messageId),
        reply: app.reply(viewer, { conversationId, commandId, text: 'x', upload: null }),
        retry: app.retry(viewer, replyId),
        addNote: app.addNote(viewer, { conversationId, commandId, text: 'x' }),
        assign: app.assign(viewer, conversationId, null),
        resolve: app.resolve(viewer, conversationId),
        reopen: app.reopen(viewer, conversationId),
        previewErasure: app.previewErasure(viewer, contactId),
        erase: app.erase(viewer, { contactId, commandId, reason: 'consent-withdrawn', confirmation: 'EC-2026-0001' }),
        previewErased: app.previewErasure(viewer, goneContact),
        erasure: app.erasure(viewer, erasureId),
        certificate: app.certificate(viewer, erasureId),
        changeRole: app.changeRole(viewer, agent.viewer.accountId, 'admin'),
        removePerson: app.removePerson(viewer, agent.viewer.accountId),
        revokeSession: app.revokeSession(viewer, desk.owner.viewer.sessionId),
        revokeToken: app.revokeToken(viewer, tokenId),
      }).map(async ([name, asked]) => {
        const answer = await asked;
        return [name, answer.ok ? 200 : answer.status] as const;
      }),
    );
    expect(Object.fromEntries(answers)).toEqual(Object.fromEntries(answers.map(([name]) => [name, 404])));
    expect(await app.markRead(viewer, conversationId)).toEqual({ ok: true });
    expect((await must(app.conversation(desk.owner.viewer, conversationId, {}))).conversation.unread).toBeGreaterThan(0);
  });

  it('answers 404 to every id of the other organisation over HTTP', async () => {
    const { url } = desk.running;
    const { conversationId, contactId, messageId, replyId, erasureId, tokenId } = ids;
    const account = agent.viewer.accountId;
    const requests: readonly (readonly [string, string, object?])[] = [
      ['GET', `/conversations/${conversationId}`],
      ['GET', `/conversations/${conversationId}/messages`],
      ['POST', `/conversations/${conversationId}/messages`, { text: 'x' }],
      ['POST', `/conversations/${conversationId}/notes`, { text: 'x' }],
      ['POST', `/conversations/${conversationId}/assign`, { assignee: null }],
      ['POST', `/conversations/${conversationId}/resolve`],
      ['POST', `/conversations/${conversationId}/reopen`],
      ['POST', `/messages/${replyId}/retry`],
      ['GET', `/media/${messageId}`],
      ['GET', `/contacts/${contactId}`],
      ['POST', `/contacts/${contactId}/reveal`, { purpose: 'identify-customer' }],
      ['GET', `/contacts/${contactId}/erasure`],
      ['POST', `/contacts/${contactId}/erasure`, { reason: 'consent-withdrawn', confirmation: 'EC-2026-0001' }],
      ['GET', `/erasures/${erasureId}`],
      ['GET', `/erasures/${erasureId}/certificate`],
      ['PATCH', `/people/${account}`, { role: 'admin' }],
      ['DELETE', `/people/${account}`],
      ['DELETE', `/sessions/${desk.owner.viewer.sessionId}`],
      ['DELETE', `/tokens/${tokenId}`],
    ];
    for (const [method, path, body] of requests) {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: { authorization: `Bearer ${other.owner.token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      expect({ path, status: response.status, code: ((await response.json()) as { code: string }).code }).toEqual({
        path,
        status: 404,
        code: 'not-found',
      });
    }
  });

  it('lists nothing of the other organisation', async () => {
    const { application: app } = desk.running;
    const { viewer } = other.owner;
    expect(await inboxOf(app, viewer)).toEqual([]);
    expect((await must(app.contacts(viewer, {}))).contacts).toEqual([]);
    expect((await must(app.erasures(viewer))).erasures).toEqual([]);
    expect((await must(app.people(viewer))).people.map(({ accountId }) => accountId)).toEqual([viewer.accountId]);
    expect((await must(app.channels(viewer))).channels.map(({ channelId }) => channelId)).toEqual([other.line.channelId]);
    const { items } = await must(app.audit(viewer, { limit: 200 }));
    expect(JSON.stringify(items)).not.toContain(desk.owner.viewer.tenant);
    for (const id of Object.values(ids)) expect(JSON.stringify(items)).not.toContain(id);
    for (const filter of [{ subject: ids.contactId }, { actor: desk.owner.viewer.accountId }])
      expect((await must(app.audit(viewer, filter))).items).toEqual([]);
  });

  it('knows one customer of both as two people', async () => {
    const { application: app, simulator } = desk.running;
    const person = { phone: '201177700001', bsuid: 'EG.770001', name: 'Both' };
    for (const line of [desk.line, other.line]) {
      await deliver(
        line.webhookUrl,
        line.appSecret,
        deliveryOf(line.phoneNumberId, textValue(person, 'wamid.the-same-name', `to ${line.channelId}`)),
      );
    }
    const contacts = await Promise.all(
      [desk.owner.viewer, other.owner.viewer].map((viewer) =>
        eventually(
          'the message is shown',
          async () => (await inboxOf(app, viewer)).find(({ preview }) => preview !== null && said(preview.text).startsWith('to ')) ?? null,
        ),
      ),
    );
    expect(contacts[0]?.contactId).not.toBe(contacts[1]?.contactId);
    expect(contacts.map((item) => item.preview !== null && said(item.preview.text))).toEqual([
      `to ${desk.line.channelId}`,
      `to ${other.line.channelId}`,
    ]);
    expect(simulator.baseUrl).not.toBe('');
  });

  it('takes nothing for the other organisation through its own webhook', async () => {
    const { application: app } = desk.running;
    const writer = { phone: '201177700002', bsuid: 'EG.770002', name: 'Trespasser' };
    const before = await must(app.conversation(desk.owner.viewer, ids.conversationId, {}));
    const through = (value: object) => deliver(other.line.webhookUrl, other.line.appSecret, deliveryOf(desk.line.phoneNumberId, value));
    expect((await through(textValue(writer, 'wamid.trespass', 'through the wrong door'))).status).toBe(200);
    const own = deliveryOf(other.line.phoneNumberId, statusValue('wamid.trespass', 'failed', ids.replyId));
    expect((await deliver(other.line.webhookUrl, other.line.appSecret, own)).status).toBe(200);
    expect((await deliver(desk.line.webhookUrl, other.line.appSecret, own)).status).toBe(401);
    await deliver(
      other.line.webhookUrl,
      other.line.appSecret,
      deliveryOf(other.line.phoneNumberId, textValue(writer, 'wamid.own', 'through the right door')),
    );
    await eventually('the right one is shown', async () =>
      (await inboxOf(app, other.owner.viewer)).some(({ preview }) => preview !== null && said(preview.text) === 'through the right door'),
    );
    for (const viewer of [desk.owner.viewer, other.owner.viewer]) {
      expect((await inboxOf(app, viewer)).some(({ preview }) => preview !== null && said(preview.text) === 'through the wrong door')).toBe(
        false,
      );
    }
    expect((await must(app.conversation(desk.owner.viewer, ids.conversationId, {}))).conversation.entries).toEqual(
      before.conversation.entries,
    );
  });

  it('tells an open page only of its own organisation', async () => {
    const { url, simulator } = desk.running;
    const ended = new AbortController();
    const stream = await fetch(`${url}/api/v1/stream`, { headers: { authorization: `Bearer ${other.owner.token}` }, signal: ended.signal });
    let heard = '';
    const reading = (async () => {
      for await (const chunk of stream.body ?? []) heard += Buffer.from(chunk).toString('utf8');
    })().catch(() => undefined);
    await desk.writes(await simulator.newCustomer('Heard by the first only'), { text: 'hello' });
    const writer = { phone: '201177700003', bsuid: 'EG.770003', name: 'Second' };
    await deliver(
      other.line.webhookUrl,
      other.line.appSecret,
      deliveryOf(other.line.phoneNumberId, textValue(writer, 'wamid.heard', 'hello')),
    );
    await eventually('the stream tells of the second', () => heard.includes('inbox'));
    ended.abort();
    await reading;
    const named = [...heard.matchAll(/"id":"([0-9a-f]{32})/g)].map(([, id]) => id ?? '');
    const own = await inboxOf(desk.running.application, desk.owner.viewer);
    expect(named.filter((id) => own.some(({ conversationId, contactId }) => id === conversationId || id === contactId))).toEqual([]);
    expect(named.length).toBeGreaterThan(0);
  });
});
