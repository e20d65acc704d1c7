import { expect, it, onTestFinished } from 'vitest';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { conversationOf, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { eventually } from '#tests/support/eventually.ts';
import { runProduct } from '#tests/support/running-product.ts';

/** The next event of a stream, as a program of a later release would have written it: everything the same, one version higher. */
const writeAsNewer = (folder: string, stream: string): void => {
  const log = new DatabaseSync(join(folder, 'events.db'), { timeout: 5_000 });
  try {
    log
      .prepare(
        `INSERT INTO events (position, stream, revision, id, type, version, body)
         SELECT (SELECT max(position) + 1 FROM events), e.stream, e.revision + 1, randomblob(16), e.type, 9, e.body
         FROM events e JOIN streams s ON s.key = e.stream WHERE s.name = ? ORDER BY e.revision DESC LIMIT 1`,
      )
      .run(stream);
  } finally {
    log.close();
  }
};

it('an event of a newer program stops its stream, loudly and alone', async () => {
  const running = await runProduct();
  onTestFinished(() => running.close());
  const desk = await openDesk(running);
  const { viewer } = desk.owner;
  const [stopped, going] = [
    await desk.writes(await running.simulator.newCustomer('Nour'), { text: 'first' }),
    await desk.writes(await running.simulator.newCustomer('Omar'), { text: 'second' }),
  ];
  writeAsNewer(running.dataFolder, `${viewer.tenant}.conversation-${stopped.conversationId}`);

  const { token } = await must(running.application.createToken(viewer, 1));
  const resolve = (conversationId: string) =>
    fetch(`${running.url}/api/v1/conversations/${conversationId}/resolve`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
    });
  const answer = await resolve(stopped.conversationId);
  expect([answer.status, answer.headers.get('retry-after'), await answer.json()]).toEqual([
    503,
    '5',
    expect.objectContaining({
      code: 'newer-program',
      title: 'A newer release of the server wrote this; the running one does not guess what it means.',
    }),
  ]);

  expect((await resolve(going.conversationId)).status).toBe(200);
  await must(desk.reply(going.conversationId, 'answered all the same'));
  await desk.untilMessage(going.conversationId, 'the reply', (message) => said(message.text) === 'answered all the same');
  const parked = await eventually('the projector parks the stream', async () => {
    const found = (await running.product.projections.parked(100)).filter(({ code }) => code === 'EVENT_VERSION_UNKNOWN');
    return found.length > 0 ? found : null;
  });
  expect(new Set(parked.map(({ stream }) => stream))).toEqual(new Set([`${viewer.tenant}.conversation-${stopped.conversationId}`]));
  // What was known before the stranger came goes on being shown.
  expect(messagesIn(await conversationOf(running.application, viewer, stopped.conversationId)).map(({ text }) => said(text))).toContain(
    'first',
  );
}, 60_000);
