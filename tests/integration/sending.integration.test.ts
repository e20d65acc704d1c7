import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { streamName } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { eventually } from '#tests/support/eventually.ts';
import { connectLine, conversationOf, type Desk, inboxOf, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, statusValue } from '#tests/support/simulator-client.ts';

describe('a reply that meets trouble', () => {
  let desk: Desk;
  beforeAll(async () => {
    desk = await openDesk(await runProduct());
  });
  afterEach(() => desk.running.simulator.calm());
  afterAll(() => desk.running.close());

  const begin = async (name: string) => desk.writes(await desk.running.simulator.newCustomer(name), { text: 'hello' });

  it('shows why it failed, and goes out when a person tries again', async () => {
    const { application, simulator } = desk.running;
    const { conversationId } = await begin('Refused');
    await simulator.chaos({ failSends: 131026 });
    const { messageId } = await must(desk.reply(conversationId, 'are you there?'));
    const failed = await desk.untilMessage(conversationId, 'it failed', ({ id, state }) => id === messageId && state === 'failed');
    expect(failed.failure).toMatchObject({ providerCode: 131026, mayRetry: true });
    expect(said(failed.failure?.details ?? { state: 'none' })).not.toBe('[absent]');
    await simulator.calm();
    await must(application.retry(desk.owner.viewer, messageId));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    expect(await application.retry(desk.owner.viewer, messageId)).toMatchObject({ ok: false, status: 409 });
  });

  it('names for each step the one that caused it, and all of them as one piece of work', async () => {
    const { conversationId } = await begin('Causes');
    const { messageId } = await must(desk.reply(conversationId, 'one, two, three'));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    const log = openSqliteLogReader({ file: join(desk.running.dataFolder, 'events.db'), catalogueOf });
    const [queued, attempted, accepted] = await log.readStream(streamName(desk.owner.viewer.tenant, 'message', messageId));
    await log.close();
    expect([queued?.type, attempted?.type, accepted?.type]).toEqual(['MessageQueued', 'SendAttempted', 'SendAccepted']);
    expect([queued?.meta.causationId, attempted?.meta.causationId, accepted?.meta.causationId]).toEqual([null, queued?.id, attempted?.id]);
    expect(new Set([queued, attempted, accepted].map((event) => event?.meta.correlationId)).size).toBe(1);
  });

  it('tries again by itself when WhatsApp asks for patience', async () => {
    const { simulator } = desk.running;
    const { conversationId } = await begin('Patience');
    await simulator.chaos({ rate429: true });
    const { messageId } = await must(desk.reply(conversationId, 'a little later'));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read', 30_000);
    expect(await simulator.repliesTo(messageId)).toHaveLength(1);
  });

  it('calls an outcome unknown when the answer is lost, sends nothing again, and believes the status that comes later', async () => {
    const { simulator } = desk.running;
    const { conversationId } = await begin('Lost');
    await simulator.chaos({ loseAnswer: true, delayMs: 3_000 });
    const { messageId } = await must(desk.reply(conversationId, 'did it arrive?'));
    const unknown = await desk.untilMessage(
      conversationId,
      'its outcome is unknown',
      ({ id, state }) => id === messageId && state === 'unknown',
    );
    expect(unknown.failure).toMatchObject({ code: 'outcome-unknown', mayRetry: true });
    await desk.untilMessage(
      conversationId,
      'a status says that it arrived',
      ({ id, state }) => id === messageId && (state === 'sent' || state === 'delivered' || state === 'read'),
      20_000,
    );
    expect(await simulator.repliesTo(messageId)).toHaveLength(1);
    await simulator.calm();
  });

  it('finds the quoted reply whose answer was lost', async () => {
    const { simulator } = desk.running;
    const customer = await simulator.newCustomer('Quoter');
    const { conversationId } = await desk.writes(customer, { text: 'hello' });
    await simulator.chaos({ loseAnswer: true });
    const { messageId } = await must(desk.reply(conversationId, 'quote me'));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    await simulator.calm();
    const [sent] = await simulator.repliesTo(messageId);
    const { message } = await desk.writes(customer, { text: 'quoting', replyTo: sent?.wamid ?? '' });
    expect(message.quote).toMatchObject({ id: messageId, text: { text: 'quote me' } });
  });

  it('refuses a reply once the 24 hours are over', async () => {
    const { simulator } = desk.running;
    const at = Date.now() - 25 * 3_600_000;
    const wamid = `wamid.${newId()}`;
    await deliver(
      desk.line.webhookUrl,
      desk.line.appSecret,
      deliveryOf(desk.line.phoneNumberId, {
        contacts: [{ profile: { name: 'Late' }, wa_id: '201155500001', user_id: 'EG.5' }],
        messages: [
          {
            from: '201155500001',
            from_user_id: 'EG.5',
            id: wamid,
            timestamp: String(Math.floor(at / 1_000)),
            type: 'text',
            text: { body: 'yesterday' },
          },
        ],
      }),
    );
    const conversationId = await conversationWith(desk, 'yesterday');
    expect(await desk.reply(conversationId, 'too late')).toEqual({ ok: false, status: 422, code: 'window-closed' });
    expect((await simulator.state()).messages.filter(({ text }) => text === 'too late')).toEqual([]);
  });

  it('refuses what WhatsApp would not take, and says what is wrong', async () => {
    const { application } = desk.running;
    const { conversationId } = await begin('Rules');
    const reply = (text: string, upload: { bytes: Uint8Array; type: string; fileName: string } | null = null) =>
      application.reply(desk.owner.viewer, { conversationId, commandId: newId<'command'>(), text, upload });
    expect(await reply('   ')).toMatchObject({ status: 422, code: 'message-empty' });
    expect(await reply('x'.repeat(4_097))).toMatchObject({ status: 422, code: 'message-too-long' });
    expect(await reply('', { bytes: new Uint8Array(), type: 'image/png', fileName: 'a.png' })).toMatchObject({
      status: 422,
      code: 'media-missing',
    });
    expect(await reply('', { bytes: new Uint8Array(5 * 1024 * 1024 + 1), type: 'image/png', fileName: 'a.png' })).toMatchObject({
      status: 422,
      code: 'media-too-large',
    });
    expect(await reply('x'.repeat(1_025), { bytes: new Uint8Array(8), type: 'image/png', fileName: 'a.png' })).toMatchObject({
      status: 422,
      code: 'caption-too-long',
    });
  });

  it('stops a number whose token WhatsApp refuses, and starts it again with new credentials', async () => {
    const { application, simulator } = desk.running;
    const { conversationId } = await begin('Token');
    const number = await simulator.number(desk.line.phoneNumberId);
    await simulator.changeNumber(desk.line.phoneNumberId, { accessToken: 'EAAanother' });
    const { messageId } = await must(desk.reply(conversationId, 'no longer allowed'));
    await desk.untilMessage(conversationId, 'it failed', ({ id, state }) => id === messageId && state === 'failed');
    const channel = async () =>
      (await must(application.channels(desk.owner.viewer))).channels.find(({ channelId }) => channelId === desk.line.channelId);
    await eventually('the number is stopped', async () => (await channel())?.state === 'stopped');
    expect((await channel())?.stopped).toEqual({ reason: 'token', providerCode: 190 });
    const { messageId: second } = await must(desk.reply(conversationId, 'not even tried'));
    await desk.untilMessage(conversationId, 'it failed', ({ id, state }) => id === second && state === 'failed');
    expect([...(await simulator.repliesTo(messageId)), ...(await simulator.repliesTo(second))]).toEqual([]);
    const again = {
      label: 'Again',
      phoneNumberId: desk.line.phoneNumberId,
      accessToken: 'EAAanother',
      appSecret: number.appSecret,
      baseUrl: simulator.baseUrl,
    };
    await must(application.connectChannel(desk.owner.viewer, again));
    expect((await channel())?.state).not.toBe('stopped');
    await must(application.retry(desk.owner.viewer, messageId));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
  });

  it('sends from the number that the customer wrote to', async () => {
    const { application, simulator } = desk.running;
    const other = await connectLine(desk.running, desk.owner.viewer);
    const customer = await simulator.newCustomer('Two numbers');
    const first = await desk.writes(customer, { text: 'to the first' });
    await simulator.write(customer, other.phoneNumberId, { text: 'to the second' });
    const second = await conversationWith(desk, 'to the second');
    expect(second).not.toBe(first.conversationId);
    const { messageId } = await must(desk.reply(second, 'from the second'));
    await desk.untilMessage(second, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    expect((await simulator.repliesTo(messageId))[0]?.phoneNumberId).toBe(other.phoneNumberId);
    const { contact } = await conversationOf(application, desk.owner.viewer, second);
    expect(contact.conversations).toHaveLength(2);
  });

  it('ignores statuses of a reply that was never attempted', async () => {
    const { conversationId, message } = await begin('Not ours');
    const answer = await deliver(
      desk.line.webhookUrl,
      desk.line.appSecret,
      deliveryOf(desk.line.phoneNumberId, statusValue('wamid.x', 'read', message.id)),
    );
    expect(answer.status).toBe(200);
    expect((await desk.untilMessage(conversationId, 'it stands', ({ id }) => id === message.id)).state).toBeNull();
  });
});

const conversationWith = (desk: Desk, text: string) =>
  eventually('the conversation is in the inbox', async () => {
    const items = await inboxOf(desk.running.application, desk.owner.viewer);
    return items.find(({ preview }) => preview !== null && said(preview.text) === text)?.conversationId ?? null;
  });
