import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from '#tests/support/eventually.ts';
import { conversationOf, type Desk, inboxOf, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, textValue } from '#tests/support/simulator-client.ts';

const OMAR = { phone: '201001234568', bsuid: 'EG.1a2b3c4d5e6f7a8c', name: 'Omar' };

let desk: Desk;
beforeAll(async () => {
  desk = await openDesk(await runProduct());
});
afterAll(() => desk.running.close());

it('a log that cannot be written is 503 with Retry-After for deliveries and commands; sent again, each is there once', async () => {
  const { running, owner, line } = desk;
  const { conversationId } = await desk.writes(await running.simulator.newCustomer('Nadia'), { text: 'hello' });
  const { token } = await must(running.application.createToken(owner.viewer, 1));
  const delivery = deliveryOf(line.phoneNumberId, textValue(OMAR, `wamid.${newId()}`, 'from Omar'));
  const post = () => deliver(line.webhookUrl, line.appSecret, delivery);
  const key = newId();
  const command = () =>
    fetch(`${running.url}/api/v1/conversations/${conversationId}/notes`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': key },
      body: JSON.stringify({ text: 'call back' }),
    });

  // Another process that holds the write lock, longer than a writer waits.
  const other = new DatabaseSync(join(running.dataFolder, 'events.db'));
  other.exec('BEGIN IMMEDIATE');
  const refused = await Promise.all([post(), command()]);
  expect(refused.map(({ status, headers }) => [status, headers.get('retry-after')])).toEqual([
    [503, '5'],
    [503, '5'],
  ]);
  expect(await Promise.all(refused.map((answer) => answer.json()))).toMatchObject([{ code: 'not-durable' }, { code: 'not-available' }]);
  expect((await fetch(`${running.url}/health/live`)).status).toBe(200);
  other.exec('ROLLBACK');
  other.close();

  for (let time = 0; time < 2; time += 1) {
    expect((await post()).status).toBe(200);
    expect((await command()).status).toBeLessThan(300);
  }
  const found = await eventually('both are shown', async () => {
    const items = await inboxOf(running.application, owner.viewer);
    const all = await Promise.all(items.map((item) => conversationOf(running.application, owner.viewer, item.conversationId)));
    const texts = all.flatMap((one) => messagesIn(one).map(({ text }) => said(text))).filter((text) => text === 'from Omar');
    const notes = all.flatMap(({ entries }) => entries.filter(({ entry }) => entry === 'note'));
    return texts.length > 0 && notes.length > 0 ? { texts, notes } : null;
  });
  expect([found.texts.length, found.notes.length]).toEqual([1, 1]);
});
