import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { conversationOf, type Desk, inboxOf, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';

const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';

describe('a conversation over the whole product', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk(await runProduct());
  });
  afterAll(() => desk.running.close());

  it('shows what a customer wrote, in Arabic, and sends the answer until it is read', async () => {
    const { application, simulator } = desk.running;
    const customer = await simulator.newCustomer('نادية كامل');
    const { conversationId, message } = await desk.writes(customer, { text: 'مساء الخير 🙂 فين الطلب؟' });
    expect(said(message.text)).toBe('مساء الخير 🙂 فين الطلب؟');
    const { messageId } = await must(desk.reply(conversationId, 'في الطريق'));
    const read = await desk.untilMessage(conversationId, 'the reply is read', ({ id, state }) => id === messageId && state === 'read');
    expect(Object.keys(read.reached)).toEqual(expect.arrayContaining(['accepted', 'sent', 'delivered', 'read']));
    expect((await simulator.repliesTo(messageId)).map(({ text }) => text)).toEqual(['في الطريق']);
    const conversation = await conversationOf(application, desk.owner.viewer, conversationId);
    expect(messagesIn(conversation).map(({ direction }) => direction)).toEqual(['in', 'out']);
    expect(conversation.windowUntil).not.toBeNull();
  });

  it('takes in an image and a document and gives back the very bytes', async () => {
    const { application, simulator } = desk.running;
    const customer = await simulator.newCustomer('Omar Adel');
    const picture = await desk.writes(customer, { image: { base64: PNG, mimeType: 'image/png', caption: 'the box' } });
    const stored = await desk.untilMessage(picture.conversationId, 'the picture is stored', ({ media }) => media?.state === 'stored');
    expect(said(stored.text)).toBe('the box');
    const image = await must(application.media(desk.owner.viewer, stored.id));
    expect(Buffer.from(image.bytes).toString('base64')).toBe(PNG);
    expect(image.type).toBe('image/png');
    const bytes = Buffer.from('%PDF-1.7 an invoice');
    await desk.writes(customer, { document: { base64: bytes.toString('base64'), mimeType: 'application/pdf', filename: 'فاتورة 17.pdf' } });
    const document = await desk.untilMessage(
      picture.conversationId,
      'the document is stored',
      ({ kind, media }) => kind === 'document' && media?.state === 'stored',
    );
    const file = await must(application.media(desk.owner.viewer, document.id));
    expect(Buffer.from(file.bytes)).toEqual(bytes);
    expect(file.fileName).toBe('فاتورة 17.pdf');
  });

  it('sends an image with its caption and a document with its name', async () => {
    const { application, simulator } = desk.running;
    const customer = await simulator.newCustomer('Salma Farid');
    const { conversationId } = await desk.writes(customer, { text: 'send it please' });
    const send = async (type: string, fileName: string, text: string) => {
      const upload = { bytes: Buffer.from(PNG, 'base64'), type, fileName };
      const { messageId } = await must(
        application.reply(desk.owner.viewer, { conversationId, commandId: newId<'command'>(), text, upload }),
      );
      await desk.untilMessage(
        conversationId,
        'it is delivered',
        ({ id, state }) => id === messageId && (state === 'delivered' || state === 'read'),
      );
      return (await simulator.repliesTo(messageId)).map(({ type: kind, text: caption, filename }) => ({ kind, caption, filename }));
    };
    expect(await send('image/png', 'box.png', 'your box')).toEqual([{ kind: 'image', caption: 'your box', filename: null }]);
    expect(await send('application/pdf', 'offer.pdf', 'the offer')).toEqual([
      { kind: 'document', caption: 'the offer', filename: 'offer.pdf' },
    ]);
  });

  it('keeps what it cannot show', async () => {
    const customer = await desk.running.simulator.newCustomer('Hany Zaki');
    const { message } = await desk.writes(customer, { raw: { type: 'order', body: { order: { catalog_id: '1', product_items: [] } } } });
    expect(message.kind).toBe('unsupported');
  });

  it('quotes across both directions', async () => {
    const { application, simulator } = desk.running;
    const customer = await simulator.newCustomer('Laila Nabil');
    const { conversationId, message } = await desk.writes(customer, { text: 'two or three?' });
    const { messageId } = await must(
      application.reply(desk.owner.viewer, {
        conversationId,
        commandId: newId<'command'>(),
        text: 'three',
        upload: null,
        replyTo: message.id,
      }),
    );
    const reply = await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    expect(reply.quote).toMatchObject({ id: message.id, text: { text: 'two or three?' } });
    const [sent] = await simulator.repliesTo(messageId);
    expect(sent?.replyTo).not.toBeNull();
    const { message: answer } = await desk.writes(customer, { text: 'thank you', replyTo: sent?.wamid ?? '' });
    expect(answer.quote).toMatchObject({ id: messageId, direction: 'out', text: { text: 'three' } });
  });

  it('sends a reply once, however often its form is posted', async () => {
    const { simulator } = desk.running;
    const customer = await simulator.newCustomer('Tarek Amin');
    const { conversationId } = await desk.writes(customer, { text: 'hello?' });
    const commandId = newId<'command'>();
    const answers = await Promise.all([1, 2, 3].map(() => desk.reply(conversationId, 'hello!', commandId)));
    answers.push(await desk.reply(conversationId, 'hello!', commandId));
    const ids = new Set(answers.map((answer) => (answer.ok ? answer.messageId : answer.code)));
    expect(ids.size).toBe(1);
    const [messageId = ''] = ids;
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    expect(await simulator.repliesTo(messageId)).toHaveLength(1);
    const shown = messagesIn(await conversationOf(desk.running.application, desk.owner.viewer, conversationId));
    expect(shown.filter(({ direction }) => direction === 'out')).toHaveLength(1);
  });

  it('opens a resolved conversation again when the customer writes', async () => {
    const { application, simulator } = desk.running;
    const { viewer } = desk.owner;
    const customer = await simulator.newCustomer('Rania Said');
    const { conversationId } = await desk.writes(customer, { text: 'first' });
    await must(application.assign(viewer, conversationId, viewer.accountId));
    await must(application.addNote(viewer, { conversationId, commandId: newId<'command'>(), text: 'promised a call' }));
    await must(application.resolve(viewer, conversationId));
    expect((await inboxOf(application, viewer, 'resolved')).map((item) => item.conversationId)).toContain(conversationId);
    await desk.writes(customer, { text: 'second' });
    const conversation = await conversationOf(application, viewer, conversationId);
    expect(conversation).toMatchObject({ status: 'open', assignee: { accountId: viewer.accountId }, unread: 2 });
    expect(conversation.entries.flatMap((entry) => (entry.entry === 'chip' ? [entry.chip] : []))).toEqual([
      'started',
      'assigned',
      'resolved',
      'reopened',
    ]);
    expect(conversation.entries.flatMap((entry) => (entry.entry === 'note' ? [said(entry.text)] : []))).toEqual(['promised a call']);
    await must(application.markRead(viewer, conversationId));
    expect((await conversationOf(application, viewer, conversationId)).unread).toBe(0);
  });
});
