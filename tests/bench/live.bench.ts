// From the webhook's first byte to the frame that tells an open page: idle, and at 50 a second.
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '#tests/support/eventually.ts';
import { must, openDesk } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { deliver, deliveryOf, textValue } from '#tests/support/simulator-client.ts';
import { percentile, summary } from './webhook-load.ts';

const PEOPLE = 100;
const IDLE_MESSAGES = 60;
const PER_SECOND = 50;
const SECONDS = 10;
const GOALS_MS = { idle: 100, busy: 300 } as const;

const running = await runProduct({ logLevel: 'error' });
const desk = await openDesk(running);
const people = Array.from({ length: PEOPLE }, (_, n) => ({
  phone: `20105${String(n).padStart(7, '0')}`,
  bsuid: `EG.5${String(n)}`,
  name: `Person ${String(n)}`,
}));
let sent = 0;
const post = async (person: number): Promise<void> => {
  const writer = people[person];
  if (writer === undefined) return;
  const { status } = await deliver(
    desk.line.webhookUrl,
    desk.line.appSecret,
    deliveryOf(desk.line.phoneNumberId, textValue(writer, `wamid.live.${String((sent += 1))}`, `of ${String(person)}`)),
  );
  if (status !== 200) throw new Error(`expected 200, got ${String(status)}`);
};

for (let person = 0; person < PEOPLE; person += 1) await post(person);
const conversations = await eventually('everybody is in the inbox', async () => {
  const page = await must(running.application.inbox(desk.owner.viewer, { filter: 'open', limit: 100 }));
  return page.items.length === PEOPLE
    ? new Map(
        page.items.map((item) => [
          item.preview?.text.state === 'value' ? Number(item.preview.text.text.slice(3)) : -1,
          item.conversationId,
        ]),
      )
    : null;
});

/** Waiting sends by conversation: the first frame that names its row ends the wait. */
const waiting = new Map<string, ((at: number) => void)[]>();
const ended = new AbortController();
const stream = await fetch(`${running.url}/api/v1/stream`, {
  headers: { authorization: `Bearer ${desk.owner.token}` },
  signal: ended.signal,
});
const listening = (async () => {
  for await (const chunk of stream.body ?? []) {
    const at = performance.now();
    for (const [, id] of Buffer.from(chunk)
      .toString('utf8')
      .matchAll(/"name":"inbox","id":"([0-9a-f]{32})"/g)) {
      for (const seen of waiting.get(id ?? '') ?? []) seen(at);
      waiting.delete(id ?? '');
    }
  }
})().catch(() => undefined);

const measured = async (person: number): Promise<number> => {
  const started = performance.now();
  const id = conversations.get(person) ?? '';
  const seen = new Promise<number>((resolve) => waiting.set(id, [...(waiting.get(id) ?? []), resolve]));
  await post(person);
  return (await seen) - started;
};

const idle: number[] = [];
for (let n = 0; n < IDLE_MESSAGES; n += 1) {
  idle.push(await measured(n % PEOPLE));
  await wait(40);
}
const busy: Promise<number>[] = [];
const began = performance.now();
for (let n = 0; n < PER_SECOND * SECONDS; n += 1) {
  await wait(Math.max(0, began + (n * 1_000) / PER_SECOND - performance.now()));
  busy.push(measured(n % PEOPLE));
}
const told = await Promise.all(busy);
ended.abort();
await listening;
const verdict = (values: readonly number[], goalMs: number): string =>
  `goal p95 ≤ ${String(goalMs)} ms ${percentile(values, 95) <= goalMs ? 'met' : 'MISSED'}`;
process.stdout.write(
  [
    '\nWebhook to the frame of an open page',
    `  idle: ${summary(idle)}; ${verdict(idle, GOALS_MS.idle)}`,
    `  at ${String(PER_SECOND)}/s: ${summary(told)}; ${verdict(told, GOALS_MS.busy)}\n`,
  ].join('\n'),
);
await running.close();
