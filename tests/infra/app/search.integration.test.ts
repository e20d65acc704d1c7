import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { REVEAL_LIMITS } from '#domain/reveal/commands.ts';
import type { Viewer } from '#projections/shown.ts';
import { eraseCustomer } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { conversationOf, type Desk, hire, type Member, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, textValue } from '#tests/support/simulator-client.ts';

describe('the search of the inbox', () => {
  let desk: Desk;
  let agent: Member;
  beforeAll(async () => {
    desk = await openDesk(await runProduct({ logLevel: 'debug' }));
    agent = await hire(desk.running.application, desk.owner.viewer, 'agent', 'Hala Mansour');
  });
  afterAll(() => desk.running.close());

  const find = async (term: string, viewer: Viewer = agent.viewer) =>
    (await must(desk.running.application.search(viewer, term))).items.map(({ conversationId }) => conversationId);
  const found = (term: string, conversationId: string) =>
    eventually(`${conversationId} is found`, async () => (await find(term)).includes(conversationId as never));
  const begin = async (name: string, phone?: string) => {
    const customer = await desk.running.simulator.newCustomer(name, phone);
    return { customer, ...(await desk.writes(customer, { text: 'hello' })) };
  };

  it('finds a customer by words of the name, the number as it is dialled, with its country and in other digits', async () => {
    const { conversationId } = await begin('نادية الكامل Zzyzx', '201055512345');
    await found('ناديه كامل', conversationId);
    for (const term of ['zzyzx', 'كامل نادية', '+20 105 551 2345', '00201055512345', '0105 551 2345', '٠١٠٥٥٥١٢٣٤٥', '201055512345'])
      expect(await find(term), term).toEqual([conversationId]);
    for (const term of ['zzy', '12345', '0105 551 2346', 'nobody@example.com', 'EG.0000000000', 'كامل Omar', '...'])
      expect(await find(term), term).toEqual([]);
  });

  it('shows names masked, says what it looked for, and puts who wrote last first', async () => {
    const first = await begin('Samir Qwertz');
    const second = await begin('Salma Qwertz');
    await found('qwertz', second.conversationId);
    const page = await must(desk.running.application.search(agent.viewer, 'QWERTZ'));
    expect(page.items.map(({ name }) => said(name))).toEqual(['Salma Q•••••', 'Samir Q•••••']);
    expect([page.by, page.more]).toEqual(['name', false]);
    await desk.running.simulator.write(first.customer, desk.line.phoneNumberId, { text: 'again' });
    await eventually('the first stands first', async () => (await find('qwertz'))[0] === first.conversationId);
  });

  it('a changed name is found, the old one no more', async () => {
    const { phoneNumberId, webhookUrl, appSecret } = desk.line;
    const writesAs = async (name: string, wamid: string): Promise<void> => {
      const value = textValue({ phone: '201055577777', bsuid: 'EG.plugh0000000001', name }, wamid, 'hello');
      expect((await deliver(webhookUrl, appSecret, deliveryOf(phoneNumberId, value))).status).toBe(200);
    };
    await writesAs('Before Plugh', 'wamid.one');
    const [conversationId] = await eventually('the first name is found', async () => {
      const ids = await find('plugh');
      return ids.length === 1 && ids;
    });
    await writesAs('After Xyzzy', 'wamid.two');
    await eventually('the new name is found', async () => (await find('xyzzy')).includes(conversationId as never));
    expect(await find('plugh')).toEqual([]);
    expect(await find('EG.plugh0000000001')).toEqual([conversationId]);
  });

  it('an erased person is not found', async () => {
    const { application: app } = desk.running;
    const { conversationId } = await begin('Fnord Quuxington', '201055588888');
    await found('quuxington', conversationId);
    const { contact } = await conversationOf(app, desk.owner.viewer, conversationId);
    const { erasure } = await eraseCustomer(app, desk.owner.viewer, contact.contactId);
    expect(erasure.verified?.hits).toBe(0);
    // Phone, WhatsApp id, conversation, message; and of the index two words of the name, phone and WhatsApp id.
    expect(erasure.removed?.identityRows).toBeGreaterThanOrEqual(6);
    for (const term of ['fnord', 'quuxington', '+201055588888']) expect(await find(term), term).toEqual([]);
  });

  it('the term stands in no event, view, file or line of the log; that somebody searched does', async () => {
    const { application: app, dataFolder, lines } = desk.running;
    const term = 'Grault Garply-Waldo';
    await find(term);
    await find('grault@waldo.example');
    const items = await eventually('the trail tells of both', async () => {
      const page = await must(app.audit(desk.owner.viewer, { kind: 'reveal', actor: agent.viewer.accountId, limit: 200 }));
      const [last, before] = page.items.filter(({ type }) => type === 'PeopleSearched').map(({ facts }) => facts);
      const both = last?.['by'] === 'email' && last['found'] === 0 && before?.['by'] === 'name' && before['found'] === 0;
      return both ? page.items : null;
    });
    for (const word of ['grault', 'garply', 'waldo']) {
      for (const file of filesIn(dataFolder)) expect(readFileSync(file).toString('latin1').toLowerCase().includes(word), file).toBe(false);
      expect(lines.join('\n').toLowerCase()).not.toContain(word);
      expect(JSON.stringify(items).toLowerCase()).not.toContain(word);
    }
  });

  it('finds nobody of another organisation', async () => {
    const other = await runProduct();
    const elsewhere = await openDesk(other);
    expect((await must(other.application.search(elsewhere.owner.viewer, 'zzyzx'))).items).toEqual([]);
    await other.close();
  });

  it('is for who may read conversations, and asks for something to look for', async () => {
    const { application: app } = desk.running;
    const auditor = await hire(app, desk.owner.viewer, 'auditor');
    expect(await app.search(auditor.viewer, 'zzyzx')).toEqual({ ok: false, status: 403, code: 'forbidden' });
    for (const term of ['', '   ', 'x'.repeat(129)])
      expect(await app.search(agent.viewer, term)).toEqual({ ok: false, status: 422, code: 'search-term' });
  });

  it('ends for an account that searches without a pause, through all its sessions, and says so in the trail and the metrics', async () => {
    const { application: app, url } = desk.running;
    const busy = await hire(app, desk.owner.viewer, 'agent', 'Busy Bee', 'busy.bee@marsa.example');
    for (let n = 0; n < REVEAL_LIMITS.searches; n += 1) expect((await app.search(busy.viewer, `n${String(n)}`)).ok).toBe(true);
    const again = await must(app.signIn({ email: busy.email, password: 'correct horse battery', address: null, device: null }));
    for (const viewer of [busy.viewer, again.viewer])
      expect(await app.search(viewer, 'one more')).toEqual({ ok: false, status: 429, code: 'search-limit' });
    expect((await app.search(agent.viewer, 'zzyzx')).ok).toBe(true);
    const { items } = await must(app.audit(desk.owner.viewer, { kind: 'reveal', actor: busy.viewer.accountId, limit: 10 }));
    const signals = items.filter(({ type }) => type === 'RevealLimitReached');
    expect(signals.map(({ facts }) => [facts['limit'], facts['perHour']])).toEqual([['searches', REVEAL_LIMITS.searches]]);
    expect(await (await fetch(`${url}/metrics`)).text()).toContain('vconnect_reveals_refused_total{reason="searches"} 2');
  });
});

const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
