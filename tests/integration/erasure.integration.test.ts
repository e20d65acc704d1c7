import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ConversationId, subjectOf } from '#domain/ids.ts';
import { now } from '#infra/app/context.ts';
import { newId } from '#infra/app/new-id.ts';
import { loadConfig } from '#infra/config.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import { eraseCustomer, orderErasure, untilErased } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { conversationOf, type Desk, hire, inboxOf, type Member, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { environmentOf, runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, statusValue, textValue } from '#tests/support/simulator-client.ts';
import { verifyCertificate } from '#vault/verify-certificate.ts';

describe('erasing a customer', () => {
  let desk: Desk;
  let dpo: Member;
  beforeAll(async () => {
    desk = await openDesk(await runProduct());
    dpo = await hire(desk.running.application, desk.owner.viewer, 'dpo');
  });
  afterAll(() => desk.running.close());

  const post = (value: object) => deliver(desk.line.webhookUrl, desk.line.appSecret, deliveryOf(desk.line.phoneNumberId, value));
  const contactOf = async (conversationId: ConversationId) =>
    (await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).contact.contactId;

  it('goes from the preview to a certificate that verifies offline and fails after any change', async () => {
    const { application: app, simulator, product } = desk.running;
    const customer = await simulator.newCustomer('Nadia');
    const { conversationId } = await desk.writes(customer, { text: 'forget me' });
    await must(desk.reply(conversationId, 'we will'));
    const contactId = await contactOf(conversationId);
    const { preview } = await must(app.previewErasure(dpo.viewer, contactId));
    expect(preview).toMatchObject({ conversations: 1, confirmation: expect.stringMatching(/^EC-\d{4}-\d{4,}$/u) as unknown });
    expect(preview.counts.profile).toBeGreaterThan(0);
    expect(preview.counts.message).toBeGreaterThan(1);
    const input = { contactId, commandId: newId<'command'>(), reason: 'consent-withdrawn' } as const;
    expect(await app.erase(dpo.viewer, { ...input, confirmation: 'EC-2020-0001' })).toMatchObject({
      status: 422,
      code: 'confirmation-mismatch',
    });
    const { erasureId, salt } = await must(app.erase(dpo.viewer, { ...input, confirmation: preview.confirmation }));
    expect(await app.erase(dpo.viewer, { ...input, commandId: newId<'command'>(), confirmation: preview.confirmation })).toMatchObject({
      ok: false,
      status: expect.toSatisfy((status) => status === 409 || status === 422) as unknown,
    });
    const erasure = await untilErased(app, dpo.viewer, erasureId);
    expect(erasure).toMatchObject({ certificate: preview.confirmation, verified: { opened: 0, hits: 0 } });
    const { bytes } = await must(app.certificate(dpo.viewer, erasureId));
    const vkey = await product.operator.vkey(dpo.viewer.tenant);
    expect(erasure.vkey).toBe(vkey);
    expect(verifyCertificate(bytes, vkey, { salt, subjectId: contactId }).kind).toBe('genuine');
    for (let at = 0; at < bytes.length; at += 37) {
      const changed = Uint8Array.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ 1;
      expect(verifyCertificate(changed, vkey).kind).toBe('refused');
    }
    expect(await app.previewErasure(dpo.viewer, contactId)).toMatchObject({ status: 409, code: 'contact-erased' });
    expect(await desk.reply(conversationId, 'still there?')).toMatchObject({ ok: false, status: 409 });
    expect(await app.addNote(desk.owner.viewer, { conversationId, commandId: newId<'command'>(), text: 'a note' })).toMatchObject({
      ok: false,
      status: 409,
    });
    expect((await must(app.certificate(dpo.viewer, erasureId))).bytes).toEqual(bytes);
  });

  it('refuses a person under a legal hold before anything is begun, and goes on once the hold is released', async () => {
    const { application: app, simulator, dataFolder } = desk.running;
    const { conversationId } = await desk.writes(await simulator.newCustomer('Held'), { text: 'for the court' });
    const contactId = await contactOf(conversationId);
    const { confirmation } = (await must(app.previewErasure(dpo.viewer, contactId))).preview;
    const { rootKey } = loadConfig(environmentOf(dataFolder, 'http://127.0.0.1:1', {}));
    const vault = await createVault({ dataDir: dataFolder, rootKey, clock: { now } });
    try {
      const [matter, { tenant }] = [newId<'matter'>(), dpo.viewer];
      const hold = { matter, approver: dpo.viewer.accountId, expiresAt: now(), subjects: [subjectOf(contactId)] };
      expect(await vault.putHold(tenant, hold)).toEqual({ kind: 'held' });
      const held = { ok: false, status: 409, code: 'person-held' };
      expect(await app.previewErasure(dpo.viewer, contactId)).toEqual(held);
      const input = { contactId, commandId: newId<'command'>(), reason: 'objection', confirmation } as const;
      expect(await app.erase(dpo.viewer, input)).toEqual(held);
      expect(messagesIn(await conversationOf(app, desk.owner.viewer, conversationId)).map(({ text }) => said(text))).toEqual([
        'for the court',
      ]);
      await vault.releaseHold(tenant, matter, now());
      await eraseCustomer(app, dpo.viewer, contactId);
    } finally {
      await vault.close();
    }
  });

  it('gives everyone at once their own number', async () => {
    const { application: app, simulator } = desk.running;
    const contacts = [];
    for (const name of ['One', 'Two', 'Three'])
      contacts.push(await contactOf((await desk.writes(await simulator.newCustomer(name), { text: name })).conversationId));
    const erasures = await Promise.all(
      contacts.map((contactId) =>
        eventually('it is erased', async () => {
          const { preview } = await must(app.previewErasure(dpo.viewer, contactId));
          const answer = await app.erase(dpo.viewer, {
            contactId,
            commandId: newId(),
            reason: 'objection',
            confirmation: preview.confirmation,
          });
          // Somebody else took the number first: the officer sees the next one.
          return answer.ok ? untilErased(app, dpo.viewer, answer.erasureId) : null;
        }),
      ),
    );
    expect(new Set(erasures.map(({ certificate }) => certificate)).size).toBe(3);
  });

  it('lets one of two officers who press at the same moment erase, and tells the other that it is under way', async () => {
    const { application: app, simulator } = desk.running;
    const other = await hire(app, desk.owner.viewer, 'dpo');
    const { conversationId } = await desk.writes(await simulator.newCustomer('Both'), { text: 'whose button?' });
    const contactId = await contactOf(conversationId);
    const { preview } = await must(app.previewErasure(dpo.viewer, contactId));
    const order = { contactId, reason: 'objection', confirmation: preview.confirmation } as const;
    const answers = await Promise.all(
      [dpo, other, dpo, other].map(({ viewer }) => app.erase(viewer, { ...order, commandId: newId<'command'>() })),
    );
    const taken = answers.filter((answer) => answer.ok);
    expect(taken).toHaveLength(1);
    for (const answer of answers) if (!answer.ok) expect([409, 422]).toContain(answer.status);
    const erasure = await untilErased(app, dpo.viewer, taken[0]?.erasureId ?? newId<'erasure'>());
    expect(erasure.certificate).toBe(preview.confirmation);
    const { erasures } = await must(app.erasures(other.viewer));
    expect(erasures.filter((each) => each.contactId === contactId)).toHaveLength(1);
    expect(await app.erase(other.viewer, { ...order, commandId: newId<'command'>() })).toMatchObject({ ok: false, status: 409 });
  });

  it('makes a new person of whoever writes again, and shows nothing of before', async () => {
    const { application: app, simulator } = desk.running;
    const customer = await simulator.newCustomer('Returning');
    const { conversationId } = await desk.writes(customer, { text: 'before' });
    const contactId = await contactOf(conversationId);
    await eraseCustomer(app, dpo.viewer, contactId);
    const again = await desk.writes(customer, { text: 'after' });
    expect(again.conversationId).not.toBe(conversationId);
    const card = (await conversationOf(app, desk.owner.viewer, again.conversationId)).contact;
    expect([card.contactId === contactId, card.erased, card.conversations.length]).toEqual([false, null, 1]);
    const old = await conversationOf(app, desk.owner.viewer, conversationId);
    expect(old.contact).toMatchObject({ name: { state: 'erased' }, phone: { state: 'erased' } });
    expect(messagesIn(old).map(({ text, erased }) => [text.state, erased !== null])).toEqual([['erased', true]]);
  });

  it('lets a status of an erased reply make nothing', async () => {
    const { application: app, simulator } = desk.running;
    const customer = await simulator.newCustomer('Status');
    const { conversationId } = await desk.writes(customer, { text: 'hello' });
    const { messageId } = await must(desk.reply(conversationId, 'hello'));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    const [sent] = await simulator.repliesTo(messageId);
    await eraseCustomer(app, dpo.viewer, await contactOf(conversationId));
    expect((await post(statusValue(sent?.wamid ?? '', 'played', messageId))).status).toBe(200);
    expect((await post(statusValue(sent?.wamid ?? '', 'failed', ''))).status).toBe(200);
    expect(await app.retry(desk.owner.viewer, messageId)).toMatchObject({ ok: false, status: 409 });
    expect(
      messagesIn(await conversationOf(app, desk.owner.viewer, conversationId)).every(
        ({ text }) => text.state === 'erased' || text.state === 'absent',
      ),
    ).toBe(true);
  });

  it.each([1, 2, 3])("holds in a storm of the same person's messages (%i)", async (round) => {
    const { application: app } = desk.running;
    const writer = { phone: `20119990000${String(round)}`, bsuid: `EG.99000${String(round)}`, name: `Storm ${String(round)}` };
    const acknowledged: { readonly text: string; readonly value: object; readonly beganAt: number; readonly endedAt: number }[] = [];
    const send = async (n: number) => {
      const text = `storm ${String(round)} ${String(n)}`;
      const value = textValue(writer, `wamid.storm.${String(round)}.${String(n)}`, text);
      const beganAt = performance.now();
      while ((await post(value)).status !== 200);
      acknowledged.push({ text, value, beganAt, endedAt: performance.now() });
    };
    for (let n = 0; n < 10; n += 1) await send(n);
    const first = await eventually('the storm has begun', async () => {
      const item = (await inboxOf(app, desk.owner.viewer)).find(
        ({ preview }) => preview !== null && said(preview.text).startsWith(`storm ${String(round)} `),
      );
      return item ?? null;
    });
    const storm = { isOver: false, next: 10 };
    const lanes = Array.from({ length: 8 }, async () => {
      while (!storm.isOver) await send((storm.next += 1));
    });
    const { erasureId } = await orderErasure(app, dpo.viewer, first.contactId);
    const erasure = await untilErased(app, dpo.viewer, erasureId);
    const erasedAt = performance.now();
    for (let n = 0; n < 5; n += 1) await send(1_000 + n);
    storm.isOver = true;
    await Promise.all(lanes);
    expect(erasure.verified).toMatchObject({ opened: 0, hits: 0 });

    const everyMessage = async () => {
      const items = (await inboxOf(app, desk.owner.viewer)).filter(({ erased }) => erased === null);
      const open = await Promise.all(items.map(({ conversationId }) => allMessages(conversationId)));
      return items
        .flatMap((item, index) => (open[index] ?? []).map((message) => ({ item, text: said(message.text) })))
        .filter(({ text }) => text.startsWith(`storm ${String(round)} `));
    };
    const allMessages = async (conversationId: ConversationId) => {
      const found = [];
      for (let before: string | null | undefined; before !== null;) {
        const { conversation } = await must(
          app.conversation(desk.owner.viewer, conversationId, { limit: 200, ...(before === undefined ? {} : { before }) }),
        );
        found.push(...messagesIn(conversation));
        before = conversation.earlier;
      }
      return found;
    };
    const late = acknowledged.filter(({ beganAt }) => beganAt > erasedAt).map(({ text }) => text);
    const shown = await eventually('what came later belongs to a new person', async () => {
      const now = await everyMessage();
      return late.every((text) => now.some((one) => one.text === text)) ? now : null;
    });
    expect(new Set(shown.map(({ item }) => item.contactId)).size).toBe(1);
    expect(shown[0]?.item.contactId).not.toBe(first.contactId);
    expect(new Set(shown.map(({ text }) => text)).size).toBe(shown.length);
    const old = await allMessages(first.conversationId);
    expect(old.filter(({ text, erased }) => erased === null || text.state === 'value')).toEqual([]);
    // Every message that was acknowledged has one place: it is gone with the old person, or readable with the new one.
    const everyText = new Set(acknowledged.map(({ text }) => text));
    expect(shown.filter(({ text }) => !everyText.has(text))).toEqual([]);
    expect(old.length + shown.length).toBe(acknowledged.length);
    // No row is left of a conversation that began while its person went.
    const zombies = (await inboxOf(app, desk.owner.viewer)).filter(
      ({ contactId, erased }) => contactId === first.contactId && erased === null,
    );
    expect(zombies).toEqual([]);

    // A storm of redeliveries after the erasure: nothing comes back, nothing comes twice.
    for (let from = 0; from < acknowledged.length; from += 16) {
      const again = await Promise.all(acknowledged.slice(from, from + 16).map(({ value }) => post(value)));
      expect(again.every(({ status }) => status === 200)).toBe(true);
    }
    await send(2_000);
    const after = await eventually('the very last is shown', async () => {
      const now = await everyMessage();
      return now.some(({ text }) => text === `storm ${String(round)} 2000`) ? now : null;
    });
    expect(after.length).toBe(shown.length + 1);
    expect((await allMessages(first.conversationId)).length).toBe(old.length);
  });
});
