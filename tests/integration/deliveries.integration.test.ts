import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from '#tests/support/eventually.ts';
import { conversationOf, type Desk, inboxOf, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, statusValue, textValue, type Writer } from '#tests/support/simulator-client.ts';

let people = 0;
const newWriter = (): Writer => ({
  phone: `2011${String(10_000_000 + (people += 1))}`,
  bsuid: `EG.7${newId().replace(/\D/g, '')}`,
  name: `Writer ${String(people)}`,
});
const newWamid = (): string => `wamid.${newId()}`;

describe('deliveries of the webhook', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk(await runProduct());
  });
  afterAll(() => desk.running.close());

  const post = (...values: readonly object[]) =>
    deliver(desk.line.webhookUrl, desk.line.appSecret, deliveryOf(desk.line.phoneNumberId, ...values));
  /** Everything in the open conversations, by text. */
  const shown = async () => {
    const items = await inboxOf(desk.running.application, desk.owner.viewer);
    const conversations = await Promise.all(
      items.map((item) => conversationOf(desk.running.application, desk.owner.viewer, item.conversationId)),
    );
    return conversations.flatMap((conversation) =>
      messagesIn(conversation).map((message) => ({ conversation, message, text: said(message.text) })),
    );
  };
  const found = (texts: readonly string[]) =>
    eventually('every text is shown', async () => {
      const all = (await shown()).filter(({ text }) => texts.includes(text));
      const [first, ...others] = all;
      return first !== undefined && texts.every((text) => all.some((one) => one.text === text)) ? ([first, ...others] as const) : null;
    });

  it('makes one contact of two first messages of one person at the same moment', async () => {
    for (let round = 0; round < 5; round += 1) {
      const writer = newWriter();
      const texts = Array.from({ length: 8 }, (_, n) => `at once ${writer.phone} ${String(n)}`);
      const answers = await Promise.all(texts.map((text) => post(textValue(writer, newWamid(), text))));
      expect(answers.map(({ status }) => status)).toEqual(texts.map(() => 200));
      const all = await found(texts);
      expect(all).toHaveLength(8);
      expect(new Set(all.map(({ conversation }) => conversation.contact.contactId)).size).toBe(1);
      expect(new Set(all.map(({ conversation }) => conversation.conversationId)).size).toBe(1);
      const [{ conversation }] = all;
      const counted = async () =>
        (await conversationOf(desk.running.application, desk.owner.viewer, conversation.conversationId)).unread === 8;
      await eventually('eight are unread', counted);
    }
  });

  it('knows a person by phone or by BSUID alone', async () => {
    const writer = newWriter();
    await post(textValue(writer, newWamid(), `both ${writer.phone}`));
    const only = (hidden: object) => ({ ...textValue(writer, newWamid(), ''), ...hidden });
    await post(
      only({
        messages: [
          {
            from: writer.phone,
            id: newWamid(),
            timestamp: String(Math.floor(Date.now() / 1_000)),
            type: 'text',
            text: { body: `by phone ${writer.phone}` },
          },
        ],
        contacts: [{ profile: { name: writer.name }, wa_id: writer.phone }],
      }),
    );
    await post(
      only({
        messages: [
          {
            from_user_id: writer.bsuid,
            id: newWamid(),
            timestamp: String(Math.floor(Date.now() / 1_000)),
            type: 'text',
            text: { body: `by id ${writer.phone}` },
          },
        ],
        contacts: [{ profile: { name: writer.name }, user_id: writer.bsuid }],
      }),
    );
    const all = await found([`both ${writer.phone}`, `by phone ${writer.phone}`, `by id ${writer.phone}`]);
    expect(new Set(all.map(({ conversation }) => conversation.contact.contactId)).size).toBe(1);
  });

  it('makes nothing of a redelivery, not even an event', async () => {
    const writer = newWriter();
    const text = `once ${writer.phone}`;
    const value = textValue(writer, newWamid(), text);
    await post(value);
    const [{ conversation }] = await found([text]);
    const lines = async () => {
      const trail = await must(desk.running.application.audit(desk.owner.viewer, { subject: conversation.contact.contactId, limit: 200 }));
      return trail.items.filter(({ kind }) => kind !== 'reveal').map(({ type }) => type);
    };
    await eventually('the trail is complete', async () => (await lines()).length === 4);
    const again = await Promise.all([post(value), post(value, value), post(value)]);
    expect(again.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect((await found([text])).map((one) => one.text)).toEqual([text]);
    const after = `after ${writer.phone}`;
    await post(textValue(writer, newWamid(), after));
    await found([after]);
    await eventually('the trail has the next message', async () => (await lines()).length >= 6);
    expect((await lines()).toReversed()).toEqual([
      'ContactStarted',
      'ConversationStarted',
      'CustomerWrote',
      'MessageReceived',
      'CustomerWrote',
      'MessageReceived',
    ]);
  });

  it('takes in the neighbours of an item that cannot be read', async () => {
    const [first, second] = [newWriter(), newWriter()];
    const broken = {
      contacts: [],
      messages: [{ from: first.phone, id: 7, type: 'text' }, 'not even an object'],
      statuses: [{ nonsense: true }],
    };
    const answer = await post(
      textValue(first, newWamid(), `before ${first.phone}`),
      broken,
      { unheard: 'of' },
      textValue(second, newWamid(), `after ${second.phone}`),
    );
    expect(answer.status).toBe(200);
    expect(await found([`before ${first.phone}`, `after ${second.phone}`])).toHaveLength(2);
  });

  it('keeps a long batch of many people, each in order', async () => {
    const writers = Array.from({ length: 12 }, newWriter);
    const texts = writers.flatMap((writer) => [0, 1, 2, 3, 4].map((n) => ({ writer, text: `batch ${writer.phone} ${String(n)}` })));
    const answer = await post(
      ...texts.map(({ writer, text }, index) => textValue(writer, newWamid(), text, Date.now() - 60_000 + index * 1_000)),
    );
    expect(answer.status).toBe(200);
    const all = await found(texts.map(({ text }) => text));
    expect(all).toHaveLength(60);
    for (const writer of writers) {
      const own = all.filter(({ text }) => text.includes(writer.phone)).map(({ text }) => text);
      expect(own).toEqual([0, 1, 2, 3, 4].map((n) => `batch ${writer.phone} ${String(n)}`));
    }
  });

  it('lets ticks only rise, in whatever order they come, and together', async () => {
    const { simulator } = desk.running;
    await simulator.chaos({ dropDelivered: true });
    const customer = await simulator.newCustomer('Ticks');
    const { conversationId } = await desk.writes(customer, { text: 'ticks?' });
    const { messageId } = await must(desk.reply(conversationId, 'ticks!'));
    await desk.untilMessage(conversationId, 'it is sent', ({ id, state }) => id === messageId && state === 'sent');
    const [sent] = await simulator.repliesTo(messageId);
    const wamid = sent?.wamid ?? '';
    const status = (name: string, ago = 0) => statusValue(wamid, name, messageId, Date.now() - ago);
    expect((await post(status('read'), status('delivered', 2_000), status('sent', 4_000))).status).toBe(200);
    const read = await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    expect(read.failure).toBeNull();
    await post(status('delivered'), status('failed'), status('sent'));
    await post(statusValue(wamid, 'read', 'not an id of ours'));
    await post(statusValue('wamid.of-nobody', 'read', newId()));
    const after = messagesIn(await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).find(
      ({ id }) => id === messageId,
    );
    expect(after?.state).toBe('read');
    await simulator.calm();
  });

  it('refuses a wrong signature, broken JSON with its place, an unknown channel, and keeps nothing of them', async () => {
    const writer = newWriter();
    const body = deliveryOf(desk.line.phoneNumberId, textValue(writer, newWamid(), `never ${writer.phone}`));
    const wrong = await deliver(desk.line.webhookUrl, 'another secret', body);
    expect([wrong.status, await wrong.json()]).toMatchObject([401, { code: 'wrong-signature' }]);
    const broken = await deliver(desk.line.webhookUrl, desk.line.appSecret, '{"object":\n "whatsapp_business_account",,');
    expect([broken.status, await broken.json()]).toMatchObject([
      400,
      { code: 'malformed-json', place: expect.stringContaining('line 2') as unknown },
    ]);
    const unknown = await deliver(desk.line.webhookUrl.replace(/[0-9a-f]{32}$/, newId()), desk.line.appSecret, body);
    expect(unknown.status).toBe(404);
    expect((await shown()).some(({ text }) => text.includes(`never ${writer.phone}`))).toBe(false);
  });

  it('drops what is for a number of nobody, and what is too old to tell', async () => {
    const writer = newWriter();
    const foreign = await deliver(
      desk.line.webhookUrl,
      desk.line.appSecret,
      deliveryOf('999999999999999', textValue(writer, newWamid(), `foreign ${writer.phone}`)),
    );
    expect(foreign.status).toBe(200);
    expect((await post(textValue(writer, newWamid(), `old ${writer.phone}`, Date.now() - 15 * 86_400_000))).status).toBe(200);
    await post(textValue(writer, newWamid(), `present ${writer.phone}`));
    expect((await found([`present ${writer.phone}`])).map(({ text }) => text)).toEqual([`present ${writer.phone}`]);
  });

  it('survives everything twice, late, turned round and in batches', async () => {
    const { simulator } = desk.running;
    await simulator.chaos({ duplicate: true, reorder: true, batch: 7 });
    const customers = await Promise.all([1, 2, 3].map((n) => simulator.newCustomer(`Storm ${String(n)}`)));
    const texts = customers.flatMap((customer) => [1, 2, 3, 4].map((n) => ({ customer, text: `storm ${customer.phone} ${String(n)}` })));
    for (const { customer, text } of texts) await simulator.write(customer, desk.line.phoneNumberId, { text });
    const all = await found(texts.map(({ text }) => text));
    expect(all).toHaveLength(12);
    const replies = await Promise.all(
      [...new Set(all.map(({ conversation }) => conversation.conversationId))].map(async (conversationId) => {
        const { messageId } = await must(desk.reply(conversationId, 'through the storm'));
        await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read', 30_000);
        return simulator.repliesTo(messageId);
      }),
    );
    expect(replies.map((sent) => sent.length)).toEqual([1, 1, 1]);
    await simulator.calm();
    expect(await found(texts.map(({ text }) => text))).toHaveLength(12);
  });
});
