import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { openProcessesFile } from '#infra/processes/database.ts';
import { type Held, type Lease, LEASE_TERM_MS, openLeases } from '#infra/processes/lease.ts';
import { eventually } from '#tests/support/eventually.ts';
import { tempFolder } from '#tests/support/temp-folder.ts';
import { openHere, startOther } from './support.ts';

/** What is promised of every takeover. */
const TAKEOVER_MS = 5_000;

/** Waits for the lease and keeps it until it is lost or the test is finished. */
const keep = (lease: Lease, when?: () => boolean) => {
  const ending = new AbortController();
  const tenures: Held[] = [];
  const done = lease.whileHeld(
    ending.signal,
    async (held) => {
      tenures.push(held);
      await new Promise<void>((resolve) => held.signal.addEventListener('abort', () => resolve(), { once: true }));
    },
    when === undefined ? {} : { when },
  );
  const stop = async () => {
    ending.abort();
    await done;
  };
  onTestFinished(stop);
  return { tenures, stop, untilHeld: (timeoutMs?: number) => eventually('the lease is held', () => tenures.at(-1) ?? null, timeoutMs) };
};

it('has one holder at a time, and passes on when the holder stops', async () => {
  const folder = tempFolder();
  const [one, two] = [openHere(folder), openHere(folder)];
  const first = keep(one.lease('outbox'));
  const before = await first.untilHeld();
  const second = keep(two.lease('outbox'));
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(second.tenures).toEqual([]);
  expect(two.lease('outbox').holder()).toBe(one.id);
  expect(before.stillHeld()).toBe(true);
  await first.stop();
  const after = await second.untilHeld(1_000);
  expect(after.token).toBeGreaterThan(before.token);
  expect(before.signal.aborted).toBe(true);
  expect(two.lease('outbox').holder()).toBe(two.id);
});

it('of another name is another lease', async () => {
  const folder = tempFolder();
  const [one, two] = [openHere(folder), openHere(folder)];
  await keep(one.lease('outbox')).untilHeld();
  await keep(two.lease('media')).untilHeld(1_000);
});

it('is renewed for as long as its holder works', async () => {
  const folder = tempFolder();
  const [one, two] = [openHere(folder), openHere(folder)];
  const first = keep(one.lease('outbox'));
  const held = await first.untilHeld();
  const second = keep(two.lease('outbox'));
  await new Promise((resolve) => setTimeout(resolve, LEASE_TERM_MS + 500));
  expect([second.tenures.length, held.stillHeld()]).toEqual([0, true]);
});

it('is not tried for while there is no wish to have it', async () => {
  const processes = openHere(tempFolder());
  let isWanted = false;
  const kept = keep(processes.lease('outbox'), () => isWanted);
  await new Promise((resolve) => setTimeout(resolve, 500));
  expect(kept.tenures).toEqual([]);
  isWanted = true;
  await kept.untilHeld();
});

it('ends with work that ends by itself, and hands its fault on', async () => {
  const processes = openHere(tempFolder());
  const { signal } = new AbortController();
  await processes.lease('outbox').whileHeld(signal, async () => undefined);
  expect(processes.lease('outbox').holder()).toBe(null);
  const broken = processes.lease('outbox').whileHeld(signal, async () => Promise.reject(new Error('broken')));
  await expect(broken).rejects.toThrow('broken');
  expect(processes.lease('outbox').holder()).toBe(null);
});

it('passes on when its holder is killed', async () => {
  const folder = tempFolder();
  const other = await startOther(folder);
  other.tell('hold', 'outbox');
  const { token } = await other.until('held');
  const kept = keep(openHere(folder).lease('outbox'));
  await other.kill();
  expect((await kept.untilHeld(TAKEOVER_MS)).token).toBeGreaterThan(BigInt(token ?? ''));
});

it('passes on when its holder is frozen, who notices before it acts when it wakes', async () => {
  const folder = tempFolder();
  const other = await startOther(folder);
  other.tell('hold', 'outbox');
  await other.until('held');
  const kept = keep(openHere(folder).lease('outbox'));
  other.freeze();
  const mine = await kept.untilHeld(TAKEOVER_MS);
  // Lies in its inbox when it wakes, before any of its own timers had a chance.
  other.tell('still-held');
  other.wake();
  expect((await other.until('still-held')).answer).toBe(false);
  await other.until('let-go');
  expect(mine.stillHeld()).toBe(true);
});

it('stays with a holder who was frozen for a moment', async () => {
  const folder = tempFolder();
  const other = await startOther(folder);
  other.tell('hold', 'outbox');
  await other.until('held');
  const kept = keep(openHere(folder).lease('outbox'));
  other.freeze();
  await new Promise((resolve) => setTimeout(resolve, 500));
  other.wake();
  other.tell('still-held');
  expect((await other.until('still-held')).answer).toBe(true);
  expect(kept.tenures).toEqual([]);
});

it('that a process held before the machine started again is free, whatever time it carries', async () => {
  const folder = tempFolder();
  const processes = openHere(folder);
  const file = openProcessesFile(folder);
  file.exec(`INSERT INTO lease VALUES ('outbox', 7, '0190a000000070008000000000000001', ${String(Number.MAX_SAFE_INTEGER)})`);
  file.close();
  expect((await keep(processes.lease('outbox')).untilHeld(1_000)).token).toBe(8n);
});

it('can be held by a thread, for the life of its process', async () => {
  const folder = tempFolder();
  const processes = openHere(folder);
  const worker = new Worker(join(import.meta.dirname, 'lease-thread.ts'), { workerData: { folder, processId: processes.id } });
  const kept = keep(openHere(folder).lease('outbox'));
  const said: unknown[] = [];
  worker.on('message', (message) => said.push(message));
  await eventually('the thread holds it or waits', () => said.length > 0 || kept.tenures.length > 0);
  await kept.stop();
  await eventually('the thread holds it', () => said.includes('held'));
  expect(processes.lease('outbox').holder()).toBe(processes.id);
  await worker.terminate();
  // The process lives on, and only the term ends what its thread held.
  await keep(processes.lease('outbox')).untilHeld(TAKEOVER_MS);
});

it('goes on trying when the answer to whether it may try fails', async () => {
  const faults: unknown[] = [];
  const folder = tempFolder();
  const here = openHere(folder);
  const leases = openLeases({ folder, processId: here.id, onFault: (error) => faults.push(error) });
  onTestFinished(leases.close);
  const answers = [
    () => {
      throw new Error('the register cannot be asked');
    },
    () => true,
  ];
  await keep(leases.lease('outbox'), () => (answers.shift() ?? (() => true))()).untilHeld();
  expect(faults).toHaveLength(1);
});
