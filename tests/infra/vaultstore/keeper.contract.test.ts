import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Vault } from '#vault/vault.ts';
import { createDataKeys } from '#infra/vaultstore/data-keys.ts';
import { keepUp } from '#infra/vaultstore/keyring-keeper.ts';
import { openKeyringFile } from '#infra/vaultstore/keyring-file.ts';
import { createKeyring, type Keyring } from '#infra/vaultstore/keyring.ts';
import { checkedRandom } from '#vault/random.ts';
import { erase, fixedClock, folder, KEY, NOUR, OMAR, openVault, sealOne, START, TENANT } from './support.ts';

/** One look and some. */
const SOON_MS = 800;

let place = folder();
let vault: Vault;
let idle: Keyring;
let stop = (): void => undefined;
let swept = 0;
const dropped: string[] = [];

beforeEach(async () => {
  place = folder();
  vault = await openVault(place.path);
  const random = checkedRandom(randomBytes);
  const { now } = fixedClock();
  const file = join(place.path, 'keyring', 'keyring.db');
  idle = createKeyring(await openKeyringFile({ file, source: { kind: 'bytes', key: KEY }, random, now, othersExist: true }), random, now);
  idle.onChange(() => dropped.push('dropped'));
  swept = 0;
  dropped.length = 0;
  stop = keepUp({ keyring: idle, sweep: () => void (swept += 1), holder: null });
});
afterEach(async () => {
  stop();
  idle.close();
  await vault.close();
  place.remove();
});

describe('a process that nobody asks for anything', () => {
  test('drops its keys soon after another process destroyed one, and sweeps what is past its time', async () => {
    await sealOne(vault, 'x');
    await vault.signingKey(TENANT);
    await wait(SOON_MS);
    expect([dropped, swept > 1]).toEqual([[], true]);
    await erase(vault);
    await wait(SOON_MS);
    expect(dropped.length).toBeGreaterThan(0);
    const before = dropped.length;
    await sealOne(vault, 'only added', { subject: OMAR });
    await wait(SOON_MS);
    expect(dropped).toHaveLength(before);
  });

  test('keeps its keys when others only add: what another process seals costs it nothing', async () => {
    await sealOne(vault, 'x');
    const keys = createDataKeys(idle);
    const cell = { tenant: TENANT, subject: NOUR, class: 'message', period: '2026-11' } as const;
    const first = keys.get(cell);
    await sealOne(vault, 'more', { subject: OMAR });
    idle.refresh();
    const again = keys.get(cell);
    expect(first.kind === 'key' && again.kind === 'key' && first.dek === again.dek).toBe(true);
    await vault.expirePeriod(TENANT, { class: 'message', period: '2026-10' }, START);
    idle.refresh();
    const after = keys.get(cell);
    expect(first.kind === 'key' && after.kind === 'key' && first.dek === after.dek).toBe(false);
  });
});
