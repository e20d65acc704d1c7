import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ContactId, type ErasureId, streamName, subjectOf, type TenantId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { newId } from '#infra/app/new-id.ts';
import { type Lab, openLab, stoppingAt } from '#tests/support/erasure-lab.ts';
import { conversationOf, must, openDesk } from '#tests/support/organisation.ts';
import { runProduct } from '#tests/support/running-product.ts';
import { verifyCertificate } from '#vault/verify-certificate.ts';

/** It is the process that ends here, not the power: what a folder in memory keeps is enough, and hundreds of starts wait for no disk. */
const MEMORY = '/dev/shm';
/** Copies that are tried side by side: most of their time is waiting. */
const AT_ONCE = 6;
const STEPS = ['ErasureRequested', 'SubjectFenced', 'KeyDestroyed', 'PayloadsRemoved', 'ErasureVerified', 'ErasureCompleted'];

describe('an erasure that is stopped at any call of any port', () => {
  const folder = mkdtempSync(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'vconnect-stops-'));
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
      const counting = stoppingAt(Infinity, 'before');
      const lab = await openLab(copy);
      await lab.run(tenant, erasureId, counting.wrap);
      const { statement } = await lab.certificate(tenant, erasureId);
      await lab.close();
      return { calls: counting.calls, statement };
    });
    calls = whole.calls;
    expected = withoutTimes(whole.statement);
  });

  const onCopy = async <T>(use: (copy: string) => Promise<T>): Promise<T> => {
    const copy = join(folder, String((copies += 1)));
    cpSync(template, copy, { recursive: true, filter: (source) => !source.endsWith('.sock') });
    try {
      return await use(copy);
    } finally {
      rmSync(copy, { recursive: true });
    }
  };
  const inLab = async <T>(copy: string, use: (lab: Lab) => Promise<T>): Promise<T> => {
    const lab = await openLab(copy);
    try {
      return await use(lab);
    } finally {
      await lab.close();
    }
  };

  it('is not held up by a value that was sealed for a message that was never appended', async () => {
    await onCopy((copy) =>
      inLab(copy, async (lab) => {
        await sealWithoutEvent(lab, tenant, contactId);
        await lab.run(tenant, erasureId);
        const { bytes } = await lab.certificate(tenant, erasureId);
        expect(verifyCertificate(bytes, vkey).kind).toBe('genuine');
        expect(await lab.vault.streamsOf(tenant, subjectOf(contactId))).toEqual([]);
      }),
    );
  });

  it('calls every port that there is, and each of them is one that can be stopped', () => {
    const ports = new Set(calls.map((call) => call.slice(0, call.indexOf('.'))));
    expect([...ports].sort()).toEqual(['clock', 'log', 'processes', 'projector', 'store', 'vault', 'views']);
    for (const name of ['vault.fence', 'vault.destroy', 'vault.remove', 'vault.scan', 'vault.sign', 'store.append', 'views.find'])
      expect(calls).toContain(name);
  });

  it.each(['before', 'after'] as const)(
    'says the same in its certificate, wherever it was stopped (%s a call was carried out) and started again on the same data',
    async (when) => {
      /** False when the run went through: it has fewer calls. */
      const stopAt = (nth: number): Promise<boolean> =>
        onCopy(async (copy) => {
          const stopping = stoppingAt(nth, when);
          await inLab(copy, async (lab) => {
            const ended = await lab.run(tenant, erasureId, stopping.wrap).then(() => 'done', isStop);
            expect({ nth, ended: ended === 'done' ? 'stopped' : ended }).toEqual({ nth, ended: 'stopped' });
          });
          await inLab(copy, async (lab) => {
            await lab.run(tenant, erasureId);
            const { bytes, statement } = await lab.certificate(tenant, erasureId);
            const call = stopping.calls[nth - 1];
            expect({ nth, call, statement: withoutTimes(statement) }).toEqual({ nth, call, statement: expected });
            expect(verifyCertificate(bytes, vkey).kind).toBe('genuine');
            const events = await lab.store.readStream(streamName(tenant, 'erasure', erasureId));
            expect(events.map(({ type }) => type)).toEqual(STEPS);
          });
          return stopping.stopped();
        });
      // Until runs go through: then every call of theirs was the last one once.
      let next = 1;
      for (let goesOn = true; goesOn; next += AT_ONCE) {
        const stopped = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => stopAt(next + n)));
        goesOn = stopped.every((each) => each);
      }
      expect(next).toBeGreaterThan(calls.length);
    },
    240_000,
  );
});

/** Only the stop itself may end a run early. */
const isStop = (error: unknown): string => (error instanceof Error ? error.message : 'another fault');

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
