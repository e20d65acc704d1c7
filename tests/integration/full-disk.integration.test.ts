import { spawnSync } from 'node:child_process';
import { appendFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { verifyStoredLog } from '#infra/compose/verify-log.ts';
import { inboxOf, must, openDesk, said } from '#tests/support/organisation.ts';
import { deliver, deliveryOf } from '#tests/support/simulator-client.ts';
import { newDataFolder, runProduct, type RunningProduct } from '#tests/support/running-product.ts';
import { textMessage } from '#tests/infra/whatsapp/payloads.ts';

/** Room for the files of an organisation, little enough to be filled in a moment. */
const DISK = 'size=48m';
const folder = newDataFolder();
const mounted = process.platform === 'linux' && spawnSync('mount', ['-t', 'tmpfs', '-o', `${DISK},mode=700`, 'tmpfs', folder]).status === 0;
if (!mounted) process.stderr.write('Left out: the service on a full disk. Mounting a small tmpfs needs root on Linux.\n');

const ballast = join(folder, 'ballast');
/** Every byte that is left; what the service takes meanwhile is its own. */
const fill = (): void => {
  for (let chunk = 1024 * 1024; chunk >= 4_096;) {
    try {
      appendFileSync(ballast, Buffer.alloc(chunk));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOSPC')) throw error;
      chunk /= 2;
    }
  }
};
const makeRoom = (): void => rmSync(ballast);

type Answer = { readonly status: number; readonly code: string; readonly retryAfter: string | null };
const answerOf = async (response: Response): Promise<Answer> => {
  const text = await response.text();
  const body: unknown = text === '' ? {} : JSON.parse(text);
  const code = typeof body === 'object' && body !== null && 'code' in body ? String(body.code) : '';
  return { status: response.status, code, retryAfter: response.headers.get('retry-after') };
};

const ready = async ({ url }: RunningProduct): Promise<readonly string[]> => {
  const report: unknown = await (await fetch(`${url}/health/ready`)).json();
  const parts = (report as { readonly parts: readonly { readonly part: string; readonly ok: boolean }[] }).parts;
  return parts.filter(({ ok }) => !ok).map(({ part }) => part);
};

test.runIf(mounted)(
  'on a full disk nothing is accepted that cannot be kept, nothing is shown that cannot be recorded, and room alone mends it',
  async () => {
    const running = await runProduct({ dataFolder: folder });
    try {
      const desk = await openDesk(running);
      const { viewer } = desk.owner;
      const { token } = await must(running.application.createToken(viewer, 1));
      const customer = await running.simulator.newCustomer('Nour');
      const { conversationId } = await desk.writes(customer, { text: 'before' });
      const api = (method: string, path: string, body?: object): Promise<Response> =>
        fetch(`${running.url}/api/v1${path}`, {
          method,
          headers: { authorization: `Bearer ${token}`, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
          ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
      const { webhookUrl, appSecret, phoneNumberId } = desk.line;
      const webhook = async (text: string): Promise<Answer> => {
        const contacts = [{ profile: { name: 'Omar' }, wa_id: '201000000101', user_id: 'EG.4931822190341127' }];
        const messages = [textMessage({ id: `wamid.${text}`, text: { body: text } })];
        return answerOf(await deliver(webhookUrl, appSecret, deliveryOf(phoneNumberId, { contacts, messages })));
      };
      const reply = async (text: string) => answerOf(await api('POST', `/conversations/${conversationId}/messages`, { text }));

      fill();
      const refused: Answer[] = [];
      // What the files have left inside their pages is still used; then nothing more is taken.
      for (let count = 0; count < 200 && refused.length < 3; count += 1) {
        const answer = await reply(`reply ${String(count)}`);
        if (answer.status >= 400) refused.push(answer);
      }
      expect(refused).toEqual(Array.from({ length: 3 }, () => ({ status: 503, code: 'storage-full', retryAfter: '5' })));
      expect(await webhook('while-full')).toEqual({ status: 503, code: 'not-durable', retryAfter: '5' });
      expect(await ready(running)).toContain('disk');
      // The log and the views go on being read. Nobody's values are shown whose showing cannot be recorded.
      expect((await fetch(`${running.url}/metrics`)).status).toBe(200);
      expect(await verifyStoredLog(folder, () => undefined)).toMatchObject({ faults: 0, complete: true });
      for (const path of ['/conversations', `/conversations/${conversationId}`, `/conversations/${conversationId}/messages`]) {
        const page = await api('GET', path);
        expect([path, page.status]).toEqual([path, 200]);
        const text = await page.text();
        expect(text).toContain('"not-recorded"');
        expect(text).not.toContain('Nour');
        expect(text).not.toContain('before');
      }

      makeRoom();
      expect(await reply('after')).toMatchObject({ status: expect.toSatisfy((status: number) => status < 300) });
      expect(await webhook('while-full')).toMatchObject({ status: 200 });
      await desk.untilMessage(conversationId, 'the reply after', (message) => said(message.text) === 'after');
      expect(await inboxOf(running.application, viewer)).toHaveLength(2);
      expect(await verifyStoredLog(folder, () => undefined)).toMatchObject({ faults: 0, complete: true });
    } finally {
      await running.close();
      spawnSync('umount', [folder]);
      rmSync(folder, { recursive: true, force: true });
    }
  },
  90_000,
);
