import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { parseStream, parseTime } from '#domain/ids.ts';
import { createBinder, ORPHAN_AGE_MS } from '#infra/app/binder.ts';
import { unshared } from '#infra/app/worker.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { silentLog } from '#infra/log.ts';
import type { Vault } from '#vault/vault.ts';
import { context, fixedClock, folder, handle, id, NOUR, openVault, request, TENANT } from '#tests/infra/vaultstore/support.ts';

const HOUR_MS = 60 * 60 * 1000;
const before = (ms: number) => {
  const time = parseTime(new Date(Date.now() - ms).toISOString());
  if (time === null) throw new Error('expected a time');
  return time;
};

let home: ReturnType<typeof folder>;
beforeEach(() => {
  home = folder();
});
afterEach(() => {
  home.remove();
});

/** Two values sealed for the same event, as after a lost race: the log names the second. */
const lostRace = async (vault: Vault) => {
  const stream = parseStream(`${TENANT}.contact-${NOUR}`);
  if (stream === null) throw new Error('expected a stream');
  const over = { stream, field: 'profileName', class: 'profile', period: 'static', schema: 'ContactStarted/v1' } as const;
  const first = await vault.seal([request('first try', over)]);
  const second = await vault.seal([request('second try', over)]);
  if (first.kind !== 'sealed' || second.kind !== 'sealed') throw new Error('expected sealed values');
  const [lost, named] = [first.sealed[0], second.sealed[0]];
  if (lost === undefined || named === undefined) throw new Error('expected two values');
  const store = openMemoryEventStore({ catalogueOf });
  await store.append(stream, 'none', [
    {
      id: context(over).event,
      type: 'ContactStarted',
      version: 1,
      data: { contactId: NOUR, channelId: id('channel'), startedAt: before(0) },
      personal: { profileName: named },
      meta: {
        commandId: id('command'),
        correlationId: id('correlation'),
        causationId: null,
        recordedAt: before(0),
        actor: { kind: 'machine', part: 'webhook' },
      },
    },
  ]);
  return { store, lost: handle(lost, over), named: handle(named, over) };
};

const runBinder = async (vault: Vault, store: ReturnType<typeof openMemoryEventStore>): Promise<void> => {
  const binder = createBinder({ store, vault, lease: unshared, log: silentLog });
  binder.start();
  for (let tries = 0; tries < 100 && (await vault.boundUpTo()) < 1n; tries += 1) await wait(20);
  await wait(100);
  await binder.stop();
  expect(binder.healthy()).toBe(true);
};

test('what a lost race left behind is removed after a day, what the log names stays', async () => {
  const vault = await openVault(home.path, { clock: fixedClock(before(ORPHAN_AGE_MS + HOUR_MS)) });
  const { store, lost, named } = await lostRace(vault);
  await runBinder(vault, store);
  const [gone, kept] = await vault.open([lost, named]);
  expect(gone).toEqual({ kind: 'unavailable', reason: 'payload-missing' });
  expect(kept).toEqual({ kind: 'value', value: 'second try' });
  await vault.close();
});

test('before that day nothing is removed: its command may still be at work', async () => {
  const vault = await openVault(home.path, { clock: fixedClock(before(HOUR_MS)) });
  const { store, lost } = await lostRace(vault);
  await runBinder(vault, store);
  expect(await vault.open([lost])).toEqual([{ kind: 'value', value: 'first try' }]);
  await vault.close();
});

test('one event that cannot be read holds up nothing behind it', async () => {
  const vault = await openVault(home.path, { clock: fixedClock(before(HOUR_MS)) });
  const { store, named } = await lostRace(vault);
  const place = { stream: named.stream, revision: 0n, position: 1n };
  const unreadable: typeof store = {
    ...store,
    readAll: (after, limit) =>
      after === 0n
        ? Promise.reject(new StoreFault('EVENT_VERSION_UNKNOWN', 'expected a known version', { at: place }))
        : store.readAll(after, limit),
  };
  await runBinder(vault, unreadable);
  expect(await vault.boundUpTo()).toBe(1n);
  expect(await vault.open([named])).toEqual([{ kind: 'value', value: 'second try' }]);
  await vault.close();
});

test('a binder that never saw an event asks the log before it removes', async () => {
  const vault = await openVault(home.path, { clock: fixedClock(before(ORPHAN_AGE_MS + HOUR_MS)) });
  const { store, named } = await lostRace(vault);
  await vault.markBound([], 1n);
  const binder = createBinder({ store, vault, lease: unshared, log: silentLog });
  binder.start();
  await wait(200);
  await binder.stop();
  expect(await vault.open([named])).toEqual([{ kind: 'value', value: 'second try' }]);
  await vault.close();
});
