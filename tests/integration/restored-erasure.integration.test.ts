import { cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ContactId, ConversationId } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import type { AuditItem } from '#projections/pages.ts';
import { commandLine } from '#tests/infra/cli/command-line.ts';
import { eraseCustomer, type Erased } from '#tests/support/erasing.ts';
import { eventually } from '#tests/support/eventually.ts';
import { type Desk, inboxOf, type Member, messagesIn, must, openDesk, said } from '#tests/support/organisation.ts';
import { conversationOf } from '#tests/support/organisation.ts';
import { environmentOf, newDataFolder, runProduct, type RunningProduct } from '#tests/support/running-product.ts';
import type { SimulatedCustomer } from '#tests/support/simulator-client.ts';
import { realParts } from '#infra/cli/parts.ts';

/** What a careless restore puts back. */
const FILES = { keyring: 'keyring/keyring.db', payloads: 'payloads.db', identity: 'identity.db', media: 'media' } as const;
type Part = keyof typeof FILES;

describe('an older file put back under the log of now', () => {
  const dataFolder = newDataFolder();
  const copies = { empty: `${dataFolder}.empty`, before: `${dataFolder}.before` };
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let owner: Member;
  let line: Desk['line'];
  let customer: SimulatedCustomer;
  let contactId: ContactId;
  let conversationId: ConversationId;
  let erased: Erased;
  let certificate: Uint8Array;
  let wrapped: Uint8Array;

  const run = (): Promise<RunningProduct> => runProduct({ dataFolder, simulatorUrl: simulator.url, logLevel: 'error' });
  const putBack = (from: string, parts: readonly Part[]): void => {
    for (const part of parts) {
      const file = join(dataFolder, FILES[part]);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${file}${suffix}`, { recursive: true, force: true });
      if (existsSync(join(from, FILES[part]))) cpSync(join(from, FILES[part]), file, { recursive: true });
    }
  };
  const returnsIn = async ({ application }: RunningProduct): Promise<readonly AuditItem[]> => {
    const { items } = await must(application.audit(owner.viewer, { kind: 'erasure', limit: 100 }));
    return items.filter(({ type }) => type.startsWith('ErasedData'));
  };

  /** A number without customers (first copy), a customer with a history (second copy), and then they are erased. */
  beforeAll(async () => {
    simulator = await startSimulator({ port: 0, host: '127.0.0.1' });
    const first = await openDesk(await run());
    ({ owner, line } = first);
    await first.running.close();
    cpSync(dataFolder, copies.empty, { recursive: true });
    const running = await run();
    customer = await running.simulator.newCustomer('Nadia');
    await running.simulator.write(customer, line.phoneNumberId, { text: 'remember me' });
    const item = await eventually('it is shown', async () => (await inboxOf(running.application, owner.viewer))[0] ?? null);
    ({ conversationId, contactId } = item);
    await running.simulator.write(customer, line.phoneNumberId, {
      document: { base64: 'aGVsbG8=', mimeType: 'text/plain', filename: 'a.txt' },
    });
    await must(running.application.addNote(owner.viewer, { conversationId, commandId: newId(), text: 'a note' }));
    await eventually('the file is stored', async () =>
      messagesIn(await conversationOf(running.application, owner.viewer, conversationId)).some(({ media }) => media?.state === 'stored'),
    );
    await running.close();
    cpSync(dataFolder, copies.before, { recursive: true });
    const ring = new DatabaseSync(join(copies.before, FILES.keyring), { readOnly: true });
    const row = ring
      .prepare(`SELECT s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = 'subject' AND name = x'${contactId}'`)
      .get();
    ring.close();
    wrapped = row?.['wrapped'] as Uint8Array;
    const erasing = await run();
    erased = await eraseCustomer(erasing.application, owner.viewer, contactId);
    certificate = (await must(erasing.application.certificate(owner.viewer, erased.erasureId))).bytes;
    await erasing.close();
  }, 120_000);
  afterAll(async () => {
    await simulator.close();
    for (const folder of [dataFolder, copies.empty, copies.before]) rmSync(folder, { recursive: true, force: true });
  });

  const CASES: readonly (readonly [string, keyof typeof copies, readonly Part[], object])[] = [
    ['the keyring', 'before', ['keyring'], { key: 'usable', fenceLost: false, payloads: 0, identityRows: 0 }],
    ['a keyring of before the person came', 'empty', ['keyring'], { key: 'unrecorded' }],
    ['the sealed values', 'before', ['payloads', 'media'], { key: 'destroyed', fenceLost: true }],
    ['the index of identifiers', 'before', ['identity'], { key: 'destroyed', fenceLost: true, payloads: 0 }],
    ['all of the vault', 'before', ['keyring', 'payloads', 'identity', 'media'], { key: 'usable', fenceLost: true }],
  ];

  it.each(CASES)(
    'brings nothing back: %s',
    async (_name, from, parts, found) => {
      putBack(copies[from], parts);
      if (parts.includes('keyring') && from === 'before')
        expect(readFileSync(join(dataFolder, FILES.keyring)).includes(Buffer.from(wrapped))).toBe(true);
      const running = await run();
      try {
        const lines = await eventually('the trail tells of it', async () => {
          const items = await returnsIn(running);
          return items[0]?.type === 'ErasedDataRemovedAgain' && items[1]?.type === 'ErasedDataReturned' ? items : null;
        });
        expect(lines[1]?.facts).toMatchObject(found);
        expect(lines[0]?.facts).toMatchObject({ hits: 0 });
        const thread = await conversationOf(running.application, owner.viewer, conversationId);
        expect(thread.contact.name).toMatchObject({ state: 'erased', certificate: erased.erasure.certificate });
        expect(messagesIn(thread).map(({ text }) => text.state)).not.toContain('value');
        expect((await must(running.application.certificate(owner.viewer, erased.erasureId))).bytes).toEqual(certificate);
        const text = `after ${String(lines.length)}`;
        await running.simulator.write(customer, line.phoneNumberId, { text });
        const again = await eventually(
          'the person is new',
          async () =>
            (await inboxOf(running.application, owner.viewer)).find(({ preview }) => preview !== null && said(preview.text) === text) ??
            null,
        );
        expect([again.contactId === contactId, again.conversationId === conversationId]).toEqual([false, false]);
      } finally {
        await running.close();
      }
      expect(readFileSync(join(dataFolder, FILES.keyring)).includes(Buffer.from(wrapped))).toBe(false);
      const told = await tellsOf();
      const once = await run();
      await once.close();
      expect(await tellsOf()).toBe(told);
    },
    120_000,
  );

  /** How many returns the log tells of. */
  const tellsOf = async (): Promise<number> => {
    const log = new DatabaseSync(join(dataFolder, 'events.db'), { readOnly: true });
    const row = log.prepare("SELECT count(*) AS told FROM events WHERE type IN ('ErasedDataReturned', 'ErasedDataRemovedAgain')").get();
    log.close();
    return Number(row?.['told']);
  };

  describe('and a copy of before', () => {
    type Examined = {
      readonly ok: boolean;
      readonly tried: number;
      readonly answers: object;
      readonly copy: object;
      readonly scan: object;
    };
    const verifyAgainst = async (backup: string) => {
      const cli = commandLine();
      cli.environment = environmentOf(dataFolder, simulator.url, {});
      cli.openProduct = realParts.openProduct;
      const { exit, out, err } = await cli.run(`verify erasure ${erased.erasureId} --json --backup ${backup}`);
      return { exit, err, found: out === '' ? null : (JSON.parse(out) as Examined) };
    };
    const sealedRows = (): number => {
      const payloads = new DatabaseSync(join(copies.before, FILES.payloads), { readOnly: true });
      const row = payloads.prepare(`SELECT count(*) AS sealed FROM payloads WHERE subject = x'${contactId}'`).get();
      payloads.close();
      return Number(row?.['sealed']);
    };

    it('that brought its keyring along is tried: nothing opens here, but it has to be destroyed', async () => {
      const { exit, found } = await verifyAgainst(copies.before);
      expect(sealedRows()).toBeGreaterThan(4);
      const answers = { value: 0, erased: sealedRows(), unavailable: 0, tampered: 0 };
      expect(found?.copy).toEqual({ tried: sealedRows(), answers, key: 'usable' });
      expect(exit).toBe(1);
    });

    it('without a keyring is tried: nothing opens, and nothing in it is changed', async () => {
      const without = `${copies.before}.values`;
      cpSync(copies.before, without, { recursive: true, filter: (source) => !source.includes('keyring') });
      const bytes = readFileSync(join(without, FILES.payloads));
      const { exit, found } = await verifyAgainst(without);
      expect(found?.copy).toMatchObject({ tried: sealedRows(), answers: { value: 0, erased: sealedRows() }, key: 'none' });
      expect(found).toMatchObject({ ok: true, answers: { value: 0, unavailable: 0, tampered: 0 }, scan: { hits: 0 } });
      expect(exit).toBe(0);
      expect(readFileSync(join(without, FILES.payloads)).equals(bytes)).toBe(true);
      rmSync(without, { recursive: true });
    });

    it('that is none is named', async () => {
      const { exit, err } = await verifyAgainst('/nowhere');
      expect(err).toContain('The folder /nowhere holds no payloads.db: expected a copy of the data folder.');
      expect(exit).toBe(1);
    });
  });

  it('is said by doctor, with what to do about the copy', async () => {
    const cli = commandLine();
    mkdirSync(cli.data, { recursive: true });
    cli.environment = { ...environmentOf(dataFolder, simulator.url, {}) };
    cli.openProduct = realParts.openProduct;
    const { out, exit } = await cli.run('doctor');
    expect(out).toMatch(/· erasures: erased data came back 5 times, last on .* \(EC-\d{4}-\d+\)/u);
    expect(exit).toBe(0);
  });
});
