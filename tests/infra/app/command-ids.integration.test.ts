import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId, ConversationId, MessageId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { untilErased } from '#tests/support/erasing.ts';
import { conversationOf, type Desk, hire, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';

type Customer = { readonly conversationId: ConversationId; readonly contactId: ContactId; readonly messageId: MessageId };

describe('the id that a caller sends with a command', () => {
  let desk: Desk;
  let nadia: Customer;
  let omar: Customer;

  const begin = async (name: string): Promise<Customer> => {
    const { conversationId, message } = await desk.writes(await desk.running.simulator.newCustomer(name), { text: `hello from ${name}` });
    const { contactId } = (await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).contact;
    return { conversationId, contactId, messageId: message.id };
  };
  const notesOf = async (conversationId: ConversationId): Promise<readonly string[]> =>
    (await conversationOf(desk.running.application, desk.owner.viewer, conversationId)).entries.flatMap((entry) =>
      entry.entry === 'note' ? [said(entry.text)] : [],
    );

  beforeAll(async () => {
    desk = await openDesk(await runProduct());
    nadia = await begin('Nadia');
    omar = await begin('Omar');
  });
  afterAll(() => desk.running.close());

  it('repeats a command of the same person on the same conversation, and swallows no other', async () => {
    const { application: app } = desk.running;
    const colleague = await hire(app, desk.owner.viewer, 'agent');
    const commandId = newId<'command'>();
    const first = await must(desk.reply(nadia.conversationId, 'to Nadia', commandId));
    expect(await must(desk.reply(nadia.conversationId, 'to Nadia', commandId))).toMatchObject({ messageId: first.messageId });
    await must(desk.reply(omar.conversationId, 'to Omar', commandId));
    await must(app.reply(colleague.viewer, { conversationId: nadia.conversationId, commandId, text: 'from a colleague', upload: null }));
    const textsOf = async (conversationId: ConversationId) =>
      messagesIn(await conversationOf(app, desk.owner.viewer, conversationId)).flatMap(({ direction, text }) =>
        direction === 'out' ? [said(text)] : [],
      );
    expect(await textsOf(nadia.conversationId)).toEqual(['to Nadia', 'from a colleague']);
    expect(await textsOf(omar.conversationId)).toEqual(['to Omar']);
  });

  it('keeps two notes of two conversations apart', async () => {
    const { application: app } = desk.running;
    const commandId = newId<'command'>();
    for (const { conversationId } of [nadia, omar])
      await must(app.addNote(desk.owner.viewer, { conversationId, commandId, text: `note on ${conversationId}` }));
    expect(await notesOf(nadia.conversationId)).toEqual([`note on ${nadia.conversationId}`]);
    expect(await notesOf(omar.conversationId)).toEqual([`note on ${omar.conversationId}`]);
  });

  it('quotes no message of another conversation', async () => {
    const { application: app } = desk.running;
    const commandId = newId<'command'>();
    const quoting = { conversationId: omar.conversationId, commandId, text: 'quoting', upload: null, replyTo: nadia.messageId };
    const { messageId } = await must(app.reply(desk.owner.viewer, quoting));
    const sent = await desk.untilMessage(omar.conversationId, 'it is sent', ({ id, state }) => id === messageId && state === 'read');
    expect(sent.quote).toBeNull();
    const own = await must(
      app.reply(desk.owner.viewer, { ...quoting, commandId: newId<'command'>(), text: 'quoting Omar', replyTo: omar.messageId }),
    );
    await desk.untilMessage(
      omar.conversationId,
      'the quote shows, and it is sent',
      ({ id, quote, state }) => id === own.messageId && quote?.id === omar.messageId && state === 'read',
    );
    const [foreign, quoted] = await Promise.all([messageId, own.messageId].map((id) => desk.running.simulator.repliesTo(id)));
    expect(foreign).toMatchObject([{ replyTo: null }]);
    expect(quoted).toMatchObject([{ replyTo: expect.stringMatching(/^wamid\./u) }]);
  });

  it('erases two people although both orders came with the same id', async () => {
    const { application: app } = desk.running;
    const commandId = newId<'command'>();
    for (const { contactId } of [nadia, omar]) {
      const { preview } = await must(app.previewErasure(desk.owner.viewer, contactId));
      const order = { contactId, commandId, reason: 'objection', confirmation: preview.confirmation } as const;
      const { erasureId } = await must(app.erase(desk.owner.viewer, order));
      await untilErased(app, desk.owner.viewer, erasureId);
    }
  });
});
