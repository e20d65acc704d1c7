import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConversationId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Killable, SOUND, soundness, startKillable } from '#tests/support/killable.ts';
import { said } from '#tests/support/organisation.ts';
import { newSeed, seeded } from '#tests/support/seeded.ts';
import type { SimulatedCustomer } from '#tests/support/simulator-client.ts';

const KILLS = 6;
const CUSTOMERS = 4;
const MESSAGES_PER_CUSTOMER = 12;
/** Beyond the longest wait of the simulated WhatsApp between two tries of a delivery. */
const SETTLE_MS = 120_000;
const TEST_MS = 300_000;
const seed = newSeed();

type Reply = { readonly key: string; readonly text: string; readonly conversationId: ConversationId };

describe(`kill -9 while people write (VITEST_SEED=${String(seed)} plays it again)`, () => {
  const random = seeded(seed);
  let product: Killable;
  beforeAll(async () => {
    product = await startKillable();
  }, TEST_MS);
  afterAll(() => product.close());

  /** A post without an answer is repeated with the same key, as a browser would. */
  const post = ({ key, text, conversationId }: Reply) =>
    eventually(
      'the reply is taken',
      async () => {
        const answer = await product.api('POST', `/conversations/${conversationId}/messages`, { text }, key);
        if (answer !== null && answer.status < 500) expect(answer.status).toBe(200);
        return answer?.status === 200;
      },
      SETTLE_MS,
    );

  it(
    'loses nothing that was answered 200, applies nothing twice, sends nothing twice',
    async () => {
      const { simulator, phoneNumberId } = product;
      const customers = await Promise.all(Array.from({ length: CUSTOMERS }, (_, n) => simulator.newCustomer(`Customer ${String(n)}`)));
      const written: string[] = [];
      const replies: Reply[] = [];
      const day = { isOver: false };
      const customerWrites = async (customer: SimulatedCustomer) => {
        for (let n = 0; n < MESSAGES_PER_CUSTOMER; n += 1) {
          const text = `${customer.phone} writes ${String(n)}`;
          written.push(text);
          await simulator.write(customer, phoneNumberId, { text });
          await wait(random() * 600);
        }
      };
      const agentAnswers = async () => {
        for (; !day.isOver; await wait(200)) {
          for (const { conversationId } of await product.inbox()) {
            const reply = { key: newId(), text: `reply ${String(replies.length)}`, conversationId };
            replies.push(reply);
            await post(reply);
            await wait(random() * 200);
          }
        }
      };
      const killing = async () => {
        for (let n = 0; n < KILLS; n += 1) {
          const before = replies.length;
          await wait(100 + random() * 900);
          // On a slow machine a process would otherwise be killed before it has done anything.
          await eventually('it works', () => replies.length > before, SETTLE_MS);
          await product.kill();
          await product.restart();
        }
      };
      const agent = agentAnswers();
      await Promise.all([...customers.map(customerWrites), killing()]);
      day.isOver = true;
      await agent;

      const all = await eventually(
        'everything that was written is shown',
        async () => {
          const shown = await product.everything();
          const texts = new Set(shown.map(({ text }) => said(text)));
          return [...written, ...replies.map(({ text }) => text)].every((text) => texts.has(text)) ? shown : null;
        },
        SETTLE_MS,
      );
      const counts = Map.groupBy(all, ({ text }) => said(text));
      expect([...counts].filter(([, each]) => each.length !== 1).map(([text]) => text)).toEqual([]);
      expect(all).toHaveLength(written.length + replies.length);
      expect(await product.inbox()).toHaveLength(CUSTOMERS);

      const copiesOf = async () => {
        const { messages: sent } = await simulator.state();
        return (id: string) => sent.filter(({ callbackData }) => callbackData === id).length;
      };
      // Unknown is an end only where no status can come any more, because the request never left: a status may be under way for seconds.
      const outgoing = async () => (await product.everything()).filter(({ direction }) => direction === 'out');
      const withoutEnd = async () => {
        const copies = await copiesOf();
        return (await outgoing())
          .map(({ id, state }) => ({ id, state, copies: copies(id) }))
          .filter(({ state, copies }) => state !== 'read' && !(state === 'unknown' && copies === 0));
      };
      await expect.poll(withoutEnd, { timeout: SETTLE_MS, message: 'every reply has an end' }).toEqual([]);
      const copies = await copiesOf();
      for (const { id, state } of await outgoing())
        expect({ id, state, copies: copies(id) }).toEqual({
          id,
          state: copies(id) === 1 ? 'read' : 'unknown',
          copies: Math.min(copies(id), 1),
        });
      expect(replies.length).toBeGreaterThan(KILLS);
      expect(soundness(product.dataFolder)).toEqual(SOUND);
    },
    TEST_MS,
  );
});
