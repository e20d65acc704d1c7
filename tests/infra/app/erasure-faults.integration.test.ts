import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContactId, type ErasureId, streamName, subjectOf, type TenantId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { newId } from '#infra/app/new-id.ts';
import { breaking, type Lab, openLab } from '#tests/support/erasure-lab.ts';
import { conversationOf, must, openDesk } from '#tests/support/organisation.ts';
import { newDataFolder, runProduct } from '#tests/support/running-product.ts';
import { verifyCertificate } from '#vault/verify-certificate.ts';

const STEPS = ['ErasureRequested', 'SubjectFenced', 'KeyDestroyed', 'PayloadsRemoved', 'ErasureVerified', 'ErasureCompleted'];

describe('an erasure whose stores fail at any call', () => {
  const folder = newDataFolder();
  const template = join(folder, 'template');
  let tenant: TenantId;
  let erasureId: ErasureId;
  let contactId: ContactId;
  let vkey = '';
  let expected: unknown;
  let calls: readonly string[] = [];
  let copies = 0;
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  /** An organisation with one customer who wrote and was answered, and an order that nobody has begun. */
  beforeAll(async () => {
    const desk = await openDesk(await runProduct({ dataFolder: template }));
    const { application: app, simulator } = desk.running;
    tenant = desk.owner.viewer.tenant;
    const customer = await simulator.newCustomer('Nadia');
    const { conversationId } = await desk.writes(customer, { text: 'hello' });
    await desk.writes(customer, { document: { base64: 'aGVsbG8=', mimeType: 'text/plain', filename: 'a.txt' } });
    await desk.untilMessage(conversationId, 'the file is stored', ({ media }) => media?.state === 'stored');
    await must(app.addNote(desk.owner.viewer, { conversationId, commandId: newId(), text: 'a note' }));
    const { messageId } = await must(desk.reply(conversationId, 'an answer'));
    await desk.untilMessage(conversationId, 'it is read', ({ id, state }) => id === messageId && state === 'read');
    ({ contactId } = (await conversationOf(app, desk.owner.viewer, conversationId)).contact);
    vkey = await desk.running.product.operator.vkey(tenant);
    await desk.running.close();
    const lab = await openLab(template);
    erasureId = await lab.order(tenant, { contactId, conversations: [conversationId], accountId: desk.owner.viewer.accountId });
    await lab.close();
    const whole = await onCopy(async (copy) => {
      const counting = breaking(Infinity, 'before');
      await copy.run(tenant, erasureId, counting.wrap);
      return { calls: counting.calls, statement: (await copy.certificate(tenant, erasureId)).statement };
    });
    calls = whole.calls;
    expected = withoutTimes(whole.statement);
  });

  const onCopy = async <T>(use: (lab: Awaited<ReturnType<typeof openLab>>) => Promise<T>): Promise<T> => {
    const copy = join(folder, String((copies += 1)));
    cpSync(template, copy, { recursive: true, filter: (source) => !source.endsWith('.sock') });
    const lab = await openLab(copy);
    try {
      return await use(lab);
    } finally {
      await lab.close();
      rmSync(copy, { recursive: true });
    }
  };

  it('is not held up by a value that was sealed for a message that was never appended', async () => {
    await onCopy(async (lab) => {
      await sealWithoutEvent(lab, tenant, contactId);
      await lab.run(tenant, erasureId);
      const { bytes } = await lab.certificate(tenant, erasureId);
      expect(verifyCertificate(bytes, vkey).kind).toBe('genuine');
      expect(await lab.vault.streamsOf(tenant, subjectOf(contactId))).toEqual([]);
    });
  });

  it.each(['before', 'after'] as const)(
    'says the same in its certificate, wherever a call broke off (%s it was carried out)',
    async (when) => {
      expect(calls.length).toBeGreaterThan(25);
      for (const name of ['vault.fence', 'vault.destroy', 'vault.remove', 'vault.scan', 'vault.sign', 'store.append', 'views.find'])
        expect(calls).toContain(name);
      for (let nth = 1; nth <= calls.length; nth += 1) {
        await onCopy(async (lab) => {
          await expect(lab.run(tenant, erasureId, breaking(nth, when).wrap), calls[nth - 1]).rejects.toThrow('broken');
          await lab.run(tenant, erasureId);
          const { bytes, statement } = await lab.certificate(tenant, erasureId);
          expect({ nth, call: calls[nth - 1], statement: withoutTimes(statement) }).toEqual({
            nth,
            call: calls[nth - 1],
            statement: expected,
          });
          expect(verifyCertificate(bytes, vkey).kind).toBe('genuine');
          const events = await lab.store.readStream(streamName(tenant, 'erasure', erasureId));
          expect(events.map(({ type }) => type)).toEqual(STEPS);
        });
      }
    },
    180_000,
  );
});

/** What a crash leaves between sealing and appending: a value that no event names. */
const sealWithoutEvent = async ({ vault }: Lab, tenant: TenantId, contactId: ContactId): Promise<void> => {
  const stream = streamName(tenant, 'message', newId());
  const event = newId<'event'>();
  const context = {
    tenant,
    subject: subjectOf(contactId),
    class: 'message',
    period: '2026-11',
    stream,
    event,
    field: 'body',
    schema: 'MessageQueued.v1',
  } as const;
  const result = await vault.seal([{ context, value: plain('sealed, then the power went') }]);
  expect(result.kind).toBe('sealed');
};

/** What the certificate says, without when it happened and how large the files were at that moment. */
const withoutTimes = (statement: unknown): unknown =>
  JSON.parse(JSON.stringify(statement), (key, value: unknown) => (/At$|^at$|^scannedBytes$/u.test(key) ? 'then' : value));
