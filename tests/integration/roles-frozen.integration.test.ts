import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ContactId, ConversationId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import type { ErasureDetail, ErasurePreview } from '#projections/pages.ts';
import { eventually } from '#tests/support/eventually.ts';
import { SOUND, soundness } from '#tests/support/killable.ts';
import { openRoleFolder, type RoleFolder } from '#tests/support/role-processes.ts';

/** The product promises 5 s; a machine that runs other tests beside this one gets more. */
const TAKEOVER_MS = 15_000;
const SETTLE_MS = 40_000;
const TEST_MS = 180_000;
const REPLIES = 20;
/** Long enough to freeze a process while its requests are under way. */
const SLOW_MS = 1_500;

describe('a frozen process', () => {
  let folder: RoleFolder;
  beforeEach(async () => {
    folder = await openRoleFolder();
  }, TEST_MS);
  afterEach(() => folder.close(), TEST_MS);

  const customerWrites = async (url: string, name: string) => {
    await folder.simulator.write(await folder.simulator.newCustomer(name), folder.line.phoneNumberId, { text: `hello from ${name}` });
    return eventually('the conversation is shown', async () => (await folder.inboxOf(url)())[0] ?? null, SETTLE_MS);
  };

  it(
    'that was sending sends nothing twice and doubles no event when it wakes',
    async () => {
      const web = await folder.start('web');
      await folder.start('projector');
      const workers = [await folder.start('worker'), await folder.start('worker')];
      const { conversationId } = await customerWrites(web.url, 'Omar');
      const sending = await folder.holderOf('outbox', workers);
      await folder.simulator.chaos({ delayMs: SLOW_MS });
      const reply = async (conversation: ConversationId, n: number): Promise<string> => {
        const path = `/conversations/${conversation}/messages`;
        return (
          (await folder.api(web.url)<{ readonly messageId: string }>('POST', path, { text: `reply ${String(n)}` }, newId()))?.body
            .messageId ?? ''
        );
      };
      const ids = await Promise.all(Array.from({ length: REPLIES }, (_, n) => reply(conversationId, n)));
      const outgoing = async () => (await folder.messagesOf(web.url)(conversationId)).filter(({ direction }) => direction === 'out');
      await eventually('a request is under way', async () => (await outgoing()).some(({ state }) => state === 'sending'), SETTLE_MS);
      sending.freeze();
      const begun = (await outgoing()).filter(({ state }) => state === 'sending').map(({ id }) => id);
      const next = await folder.holderOf(
        'outbox',
        workers.filter(({ id }) => id !== sending.id),
        TAKEOVER_MS,
      );
      expect(next.id).not.toBe(sending.id);
      await eventually(
        // Unknown, unless WhatsApp has said meanwhile what became of it.
        'what it began is left to nobody',
        async () => (await outgoing()).every(({ id, state }) => !begun.includes(id) || state !== 'sending'),
        SETTLE_MS,
      );
      await folder.simulator.calm();
      sending.wake();

      const ended = await eventually(
        'every reply has an end',
        async () => {
          const all = await outgoing();
          return all.length === REPLIES && all.every(({ state }) => state === 'read' || state === 'unknown') ? all : null;
        },
        SETTLE_MS,
      );
      const { messages } = await folder.simulator.state();
      for (const { id, state } of ended) {
        const copies = messages.filter(({ callbackData }) => callbackData === id).length;
        expect({ id, state, copies }).toEqual({ id, state, copies: state === 'read' ? 1 : Math.min(copies, 1) });
      }
      expect(ended.map(({ id }) => id).sort()).toEqual([...ids].sort());
      expect(soundness(folder.dataFolder)).toEqual(SOUND);
    },
    TEST_MS,
  );

  it.each(['wakes', 'is killed'])(
    'holds an erasure up, loudly, until it %s',
    async (end) => {
      const erasing = await folder.start('all');
      const frozen = await folder.start('web');
      const { contactId } = await customerWrites(erasing.url, 'Salma');
      const api = folder.api(erasing.url);
      const known = async (contact: ContactId) =>
        (await api<{ readonly erasures: readonly ErasureDetail[] }>('GET', '/erasures'))?.body.erasures.find(
          (each) => each.contactId === contact,
        );
      const confirmation = await eventually(
        'the preview is there',
        async () => (await api<ErasurePreview>('GET', `/contacts/${contactId}/erasure`))?.body.confirmation ?? null,
        SETTLE_MS,
      );
      frozen.freeze();
      const order = { reason: 'consent-withdrawn', confirmation };
      expect((await api('POST', `/contacts/${contactId}/erasure`, order))?.status).toBe(202);
      await eventually('the log names it', () => erasing.errors().includes(`(pid ${String(frozen.pid)})`), SETTLE_MS);
      expect(erasing.errors()).toContain('PROCESS_NOT_ANSWERING');
      const waiting = await eventually('everybody can read why', async () => (await known(contactId))?.heldUp ?? null, SETTLE_MS);
      expect(waiting).toMatchObject({
        code: 'PROCESS_NOT_ANSWERING',
        processes: [{ processId: frozen.id, pid: frozen.pid, frozen: true }],
      });
      expect((await known(contactId))?.step).toBe('requested');
      const early = await api<object>('GET', `/erasures/${(await known(contactId))?.erasureId ?? ''}/certificate`);
      expect(early?.status).toBe(409);

      await wait(500);
      if (end === 'wakes') frozen.wake();
      else await frozen.kill();
      const erasure = await eventually(
        'the erasure is complete',
        async () => {
          const found = await known(contactId);
          return found?.step === 'completed' ? found : null;
        },
        SETTLE_MS,
      );
      expect(erasure.heldUp).toBeNull();
      const certificate = await api<object>('GET', `/erasures/${erasure.erasureId}/certificate`);
      const acknowledged = [erasing, frozen].map(({ id }) => JSON.stringify(certificate?.body).includes(id));
      expect(acknowledged).toEqual([true, end === 'wakes']);
    },
    TEST_MS,
  );
});
