import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from '#tests/support/eventually.ts';
import { SOUND, soundness } from '#tests/support/killable.ts';
import { said } from '#tests/support/organisation.ts';
import { openRoleFolder, type RoleFolder, type RoleProcess } from '#tests/support/role-processes.ts';
import { deliver, deliveryOf, textValue, type Writer } from '#tests/support/simulator-client.ts';

/** What is promised of every takeover. */
const TAKEOVER_MS = 5_000;
const SETTLE_MS = 30_000;
const TEST_MS = 180_000;
const MESSAGES = 24;

describe('several processes on one data folder', () => {
  let folder: RoleFolder;
  let customer: Writer = { phone: '201000000077', bsuid: 'EG.77', name: 'Nadia' };
  beforeEach(async () => {
    folder = await openRoleFolder();
  }, TEST_MS);
  afterEach(() => folder.close(), TEST_MS);

  const writesTo = (url: string, text: string) => {
    const { channelId, appSecret, phoneNumberId } = folder.line;
    const body = deliveryOf(phoneNumberId, textValue(customer, `wamid.${text}`, text));
    return deliver(`${url}/webhooks/whatsapp/${channelId}`, appSecret, body, AbortSignal.timeout(SETTLE_MS));
  };
  /** Only who wrote to the number in the last 24 hours may be answered. */
  const opensTheWindow = async () => {
    const made = await folder.simulator.newCustomer('Nadia');
    customer = { ...customer, phone: made.phone };
    await folder.simulator.write(made, folder.line.phoneNumberId, { text: 'hello' });
  };
  const isShown = (url: string, text: string, timeoutMs = SETTLE_MS) =>
    eventually(`${text} is shown`, async () => (await folder.everything(url)).find((each) => said(each.text) === text) ?? null, timeoutMs);
  const replies = async (url: string, text: string): Promise<string> => {
    const [conversation] = await folder.inboxOf(url)();
    const path = `/conversations/${conversation?.conversationId ?? ''}/messages`;
    const answer = await folder.api(url)<{ readonly messageId: string }>('POST', path, { text }, newId());
    expect(answer?.status).toBe(200);
    return answer?.body.messageId ?? '';
  };
  const isSentOnce = (messageId: string) =>
    eventually('the reply has arrived', async () => (await folder.simulator.repliesTo(messageId)).length === 1, SETTLE_MS);

  it(
    'goes on when a process of any role is killed',
    async () => {
      const [lost, web] = [await folder.start('web'), await folder.start('web')];
      const projectors = [await folder.start('projector'), await folder.start('projector')];
      const workers = [await folder.start('worker'), await folder.start('worker')];
      await opensTheWindow();
      await isShown(web.url, 'hello');
      await isSentOnce(await replies(lost.url, 'answer before'));

      await lost.kill();
      const takenOver = async (lease: string, among: readonly RoleProcess[]) => {
        const holder = await folder.holderOf(lease, among);
        await holder.kill();
        const next = await folder.holderOf(
          lease,
          among.filter(({ id }) => id !== holder.id),
          TAKEOVER_MS,
        );
        expect(next.id).not.toBe(holder.id);
      };
      await takenOver('projector', projectors);
      await takenOver('outbox', workers);
      for (const lease of ['media', 'erasure', 'binder']) await folder.holderOf(lease, workers, TAKEOVER_MS);

      expect((await writesTo(web.url, 'after')).status).toBe(200);
      await isShown(web.url, 'after');
      await isSentOnce(await replies(web.url, 'answer after'));
      expect(soundness(folder.dataFolder)).toEqual(SOUND);
    },
    TEST_MS,
  );

  it(
    'two that do everything apply each message once, although both get it',
    async () => {
      const both = [await folder.start('all'), await folder.start('all')];
      const texts = Array.from({ length: MESSAGES }, (_, n) => `message ${String(n)}`);
      await opensTheWindow();
      await isShown(both[0]?.url ?? '', 'hello');
      const statuses = await Promise.all(
        texts.flatMap((text) => both.map(({ url }) => eventually('it is durable', async () => (await writesTo(url, text)).status === 200))),
      );
      expect(statuses).toHaveLength(2 * MESSAGES);
      const sent = await Promise.all(both.flatMap(({ url }) => [replies(url, `one of ${url}`), replies(url, `two of ${url}`)]));
      for (const { url } of both) {
        await isShown(url, texts.at(-1) ?? '');
        const shown = await eventually(
          'all of them are shown',
          async () => {
            const all = await folder.everything(url);
            return all.length >= 1 + MESSAGES + sent.length ? all : null;
          },
          SETTLE_MS,
        );
        expect(
          shown
            .filter(({ direction }) => direction === 'in')
            .map(({ text }) => said(text))
            .sort(),
        ).toEqual(['hello', ...texts].sort());
        expect(await folder.inboxOf(url)()).toHaveLength(1);
      }
      for (const messageId of sent) await isSentOnce(messageId);
      expect(soundness(folder.dataFolder)).toEqual(SOUND);
    },
    TEST_MS,
  );

  it(
    'a session of one web process holds in the other, and pages of one hear what the other did',
    async () => {
      const [a, b] = [await folder.start('web'), await folder.start('web')];
      await folder.start('projector');
      const { email } = folder.owner;
      const signedIn = await fetch(`${a.url}/api/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: folder.password }),
      });
      const { token } = (await signedIn.json()) as { readonly token: string };
      const headers = { authorization: `Bearer ${token}` };
      expect((await fetch(`${b.url}/api/v1/session`, { headers })).status).toBe(200);

      const ending = new AbortController();
      let heard = '';
      // As a browser: a stream that ends because more changed than it could tell is opened again.
      const listening = (async () => {
        while (!ending.signal.aborted) {
          const stream = await fetch(`${b.url}/api/v1/stream`, { headers, signal: ending.signal });
          for await (const chunk of stream.body ?? []) heard += Buffer.from(chunk).toString();
        }
      })().catch(() => undefined);
      await eventually('the stream is open', () => heard.includes('retry:'), SETTLE_MS);
      expect((await writesTo(a.url, 'hello')).status).toBe(200);
      await eventually('the other page hears of it', () => heard.includes('event: changed'), SETTLE_MS);
      await isShown(b.url, 'hello');
      ending.abort();
      await listening;

      expect((await fetch(`${a.url}/api/v1/session`, { method: 'DELETE', headers })).status).toBe(200);
      expect((await fetch(`${b.url}/api/v1/session`, { headers })).status).toBe(401);
    },
    TEST_MS,
  );
});
