import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { subjectOf } from '#domain/ids.ts';
import { newId } from '#infra/app/new-id.ts';
import { eventually } from '#tests/support/eventually.ts';
import { tempFolder } from '#tests/support/temp-folder.ts';
import { openHere, startOther } from './support.ts';

const WAIT_MS = 10_000;
const question = () => ({ tenant: newId<'tenant'>(), subject: subjectOf(newId<'contact'>()), erasureId: newId<'erasure'>() });
const forgets = async (): Promise<boolean> => true;

it('knows who lives, and no longer who ended or was killed', async () => {
  const folder = tempFolder();
  const [web, projector] = [openHere(folder, ['web', 'worker']), openHere(folder, ['projector'])];
  const other = await startOther(folder);
  expect(web.living().map(({ id, pid, roles, mayHoldKeys }) => ({ id, pid, roles, mayHoldKeys }))).toEqual([
    { id: web.id, pid: process.pid, roles: ['web', 'worker'], mayHoldKeys: true },
    { id: projector.id, pid: process.pid, roles: ['projector'], mayHoldKeys: false },
    { id: other.id, pid: other.pid, roles: ['worker'], mayHoldKeys: true },
  ]);
  projector.close();
  await other.kill();
  expect(web.living().map(({ id }) => id)).toEqual([web.id]);
  expect(readdirSync(join(folder, 'processes'))).toEqual([`${web.id}.lock`]);
});

it('counts a frozen process among the living, with a heart that does not beat', async () => {
  const folder = tempFolder();
  const here = openHere(folder);
  const other = await startOther(folder);
  other.freeze();
  const frozen = () => here.living().find(({ id }) => id === other.id);
  await eventually('its heart is silent', () => (frozen()?.heartbeatAgeMs ?? 0) > 2_000);
  expect(here.living().find(({ id }) => id === here.id)?.heartbeatAgeMs).toBeLessThan(2_000);
  other.wake();
  await eventually('its heart beats', () => (frozen()?.heartbeatAgeMs ?? Infinity) < 1_500);
});

it('asks everybody who may hold a key, itself too, and nobody else', async () => {
  const folder = tempFolder();
  const [asker, projector] = [openHere(folder), openHere(folder, ['projector'])];
  const other = await startOther(folder);
  const asked: string[] = [];
  asker.onForget(async (_tenant, subject) => asked.push(subject) > 0);
  projector.onForget(async () => Promise.reject(new Error('was asked')));
  other.tell('answer');
  const about = question();
  const { processes, acknowledgements } = await asker.ask(about, WAIT_MS);
  expect(acknowledgements.map(({ processId }) => processId).sort()).toEqual([asker.id, other.id].sort());
  expect([...processes].sort()).toEqual([asker.id, other.id].sort());
  expect([asked, (await other.until('forgot')).subject]).toEqual([[about.subject], about.subject]);
});

it('waits for a process that began after the question, too', async () => {
  const folder = tempFolder();
  const [asker, slow] = [openHere(folder), openHere(folder)];
  asker.onForget(forgets);
  const asking = asker.ask(question(), WAIT_MS);
  const late = openHere(folder);
  slow.onForget(forgets);
  await new Promise((resolve) => setTimeout(resolve, 200));
  late.onForget(forgets);
  expect([...(await asking).processes].sort()).toEqual([asker.id, slow.id, late.id].sort());
});

it('waits for a process that registered and is still on its way to an answer', async () => {
  const folder = tempFolder();
  const [asker, starting] = [openHere(folder), openHere(folder)];
  asker.onForget(forgets);
  let isDone = false;
  const asking = asker.ask(question(), WAIT_MS).finally(() => (isDone = true));
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(isDone).toBe(false);
  starting.onForget(forgets);
  expect((await asking).acknowledgements).toHaveLength(2);
});

it('fails loudly over a process that does not answer in time, and names it', async () => {
  const folder = tempFolder();
  const [asker, silent] = [openHere(folder), openHere(folder)];
  asker.onForget(forgets);
  await expect(asker.ask(question(), 200)).rejects.toMatchObject({
    code: 'PROCESS_NOT_ANSWERING',
    message: expect.stringContaining(`process ${silent.id} (pid ${String(process.pid)})`),
  });
});

it('fails loudly over a process whose work did not end', async () => {
  const folder = tempFolder();
  const [asker, busy] = [openHere(folder), openHere(folder)];
  asker.onForget(forgets);
  busy.onForget(async () => false);
  await expect(asker.ask(question(), WAIT_MS)).rejects.toMatchObject({ code: 'PROCESS_NOT_DRAINED', processes: [busy.id] });
  // Asked again, it is asked anew.
  busy.onForget(forgets);
  expect((await asker.ask(question(), WAIT_MS)).acknowledgements).toHaveLength(2);
});

it('fails loudly over a frozen process, long before the time of the question is over', async () => {
  const folder = tempFolder();
  const asker = openHere(folder);
  asker.onForget(forgets);
  const other = await startOther(folder);
  other.tell('answer');
  await asker.ask(question(), WAIT_MS);
  other.freeze();
  const asking = asker.ask(question(), 60_000);
  await expect(asking).rejects.toMatchObject({
    code: 'PROCESS_NOT_ANSWERING',
    message: expect.stringContaining(`pid ${String(other.pid)}`),
  });
  other.wake();
  expect((await asker.ask(question(), WAIT_MS)).acknowledgements).toHaveLength(2);
});

it('does not wait for a process that was killed before it answered', async () => {
  const folder = tempFolder();
  const asker = openHere(folder);
  asker.onForget(forgets);
  const other = await startOther(folder);
  const asking = asker.ask(question(), WAIT_MS);
  await new Promise((resolve) => setTimeout(resolve, 200));
  await other.kill();
  expect((await asking).acknowledgements.map(({ processId }) => processId)).toEqual([asker.id]);
});
