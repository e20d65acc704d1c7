import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Vault } from '#vault/vault.ts';
import { openKeys } from '#infra/vaultstore/open-keys.ts';
import type { RootKeySource } from '#infra/vaultstore/root-key.ts';
import { allSealed, bytesKey, fileKey, keyringBytes, partsOf, rotation, rowsOf, texts, value, wrappedIn } from './rotation-support.ts';
import { fixedClock, folder, id, openVault, sealOne, snapshot, TENANT, unique } from './support.ts';

let place = folder();
const open: Vault[] = [];
beforeEach(() => {
  place = folder();
});
const closeAll = async (): Promise<void> => {
  for (const vault of open.splice(0)) await vault.close();
};
afterEach(async () => {
  await closeAll();
  place.remove();
});

const vaultWith = async (rootKey: RootKeySource, holder?: string): Promise<Vault> => {
  const vault = await openVault(place.path, { rootKey, ...(holder === undefined ? {} : { holder }) });
  open.push(vault);
  return vault;
};
const keysOf = (rootKey: RootKeySource) => openKeys({ dataDir: place.path, rootKey, clock: fixedClock(), holder: null });
const count = (sql: string): number => Number(Object.values(rowsOf(place.path, sql)[0] ?? {})[0]);
const byService = async (seen: (holder: string) => boolean): Promise<void> => {
  while (!seen('service')) await wait(20);
};

const STEPS = ['recorded', 'moved', 'searched', 'seen', 'switched', 'wrapped-forms-gone', 'file-gone'];
const PASSPHRASE: RootKeySource = { kind: 'passphrase', passphrase: 'correct horse' };

describe('a rotation of the root key', () => {
  test.each<readonly [string, (path: string) => RootKeySource, (path: string) => RootKeySource | null, readonly string[]]>([
    ['to a new key in the same file', (path) => fileKey(join(path, 'keyring', 'root.key')), () => null, STEPS],
    ['from the environment to a file', () => bytesKey(7), (path) => fileKey(join(path, 'other.key')), STEPS],
    ['from a file to a passphrase', (path) => fileKey(join(path, 'keyring', 'root.key')), () => PASSPHRASE, ['recorded', 'switched']],
  ])(
    '%s, killed behind every step, while a service runs: everything opens all the time, and at the end the old key opens nothing',
    async (_name, currentOf, nextOf, steps) => {
      const [current, next] = [currentOf(place.path), nextOf(place.path)];
      const service = await vaultWith(current, 'service');
      const sealed = await allSealed(service);
      await service.signingKey(TENANT);
      const before = wrappedIn(place.path);
      const oldFile = current.kind === 'file' ? readFileSync(current.path, 'latin1').trim() : null;
      // A process may be started with the old setting until the switch, then with the new one.
      const startable = (): RootKeySource =>
        count(`SELECT count(*) FROM roots WHERE state IN ('retiring', 'retired')`) > 0 && next !== null ? next : current;
      for (const killedBehind of [...steps, null]) {
        // Once under way it needs no next key to be named.
        const named = count('SELECT count(*) FROM roots') > 1 ? null : next;
        const order = { dataDir: place.path, current: startable(), next: named, tenant: null, killedBehind, holders: ['service'] };
        expect(await rotation(order)).toBe(killedBehind === null);
        expect(await service.open(sealed)).toEqual(texts);
        await sealOne(service, 'more', { subject: id(unique()) });
        const fresh = await openVault(place.path, { rootKey: startable() });
        expect(await fresh.open(sealed)).toEqual(texts);
        await fresh.close();
      }
      const late = await sealOne(service, 'late', { subject: id('late') });
      await closeAll();
      const bytes = keyringBytes(place.path);
      for (const { kind, wrapped } of before.values()) {
        for (const part of partsOf(wrapped)) expect(bytes.includes(part)).toBe(kind !== 'tenant' && kind !== 'signing');
      }
      for (const name of snapshot(place.path).keys()) {
        expect(name).not.toMatch(/\.next$/);
        if (oldFile !== null) expect(readFileSync(join(place.path, name), 'latin1')).not.toContain(oldFile);
      }
      expect(await (await vaultWith(next ?? current)).open([...sealed, late])).toEqual([...texts, value('late')]);
    },
    85_000,
  );

  test('leaves nothing to the old key: a start with it is refused, says since when, and changes no byte', async () => {
    const sealed = await sealOne(await vaultWith(PASSPHRASE, 'service'), 'kept');
    const keys = await keysOf(PASSPHRASE);
    await keys.rotateRoot({ next: bytesKey(9), untilSeen: byService });
    keys.close();
    await closeAll();
    const files = snapshot(place.path);
    await expect(openVault(place.path, { rootKey: PASSPHRASE })).rejects.toMatchObject({
      code: 'VAULT_WRONG_ROOT_KEY',
      message: expect.stringContaining("took this one's place on 2026-11-24") as string,
    });
    await expect(openVault(place.path, { rootKey: bytesKey(8) })).rejects.toMatchObject({ code: 'VAULT_WRONG_ROOT_KEY' });
    expect(snapshot(place.path)).toEqual(files);
    expect(await (await vaultWith(bytesKey(9))).open([sealed])).toEqual([value('kept')]);
  });

  test('to the same key, to one it had before, or to none is refused, and nothing changes', async () => {
    const vault = await vaultWith(bytesKey(7), 'service');
    const sealed = await sealOne(vault, 'kept');
    const keys = await keysOf(bytesKey(7));
    for (const next of [bytesKey(7), null])
      await expect(keys.rotateRoot({ next, untilSeen: byService })).rejects.toMatchObject({ code: 'VAULT_ROTATION_REFUSED' });
    expect(keys.roots()).toHaveLength(1);
    await keys.rotateRoot({ next: bytesKey(8), untilSeen: byService });
    await expect(keys.rotateRoot({ next: bytesKey(7), untilSeen: byService })).rejects.toMatchObject({ code: 'VAULT_ROTATION_REFUSED' });
    keys.close();
    expect(await vault.open([sealed])).toEqual([value('kept')]);
  });

  test('waits for a process that does not take the next key, with both keys usable, and goes on when it does', async () => {
    const service = await vaultWith(bytesKey(7), 'service');
    const sealed = await sealOne(service, 'kept');
    const keys = await keysOf(bytesKey(7));
    const frozen = keys.rotateRoot({
      next: bytesKey(8),
      untilSeen: async (seen) => {
        expect(seen('frozen')).toBe(false);
        await wait(1_000);
        expect(seen('service')).toBe(true);
        throw new Error('frozen');
      },
    });
    await expect(frozen).rejects.toThrow('frozen');
    for (const source of [bytesKey(7), bytesKey(8)]) expect(await (await vaultWith(source)).open([sealed])).toEqual([value('kept')]);
    expect(keys.roots().map(({ state }) => state)).toEqual(['active', 'next']);
    await expect(keys.rotateRoot({ next: bytesKey(9), untilSeen: byService })).rejects.toMatchObject({ code: 'VAULT_ROTATION_REFUSED' });
    await keys.rotateRoot({ next: null, untilSeen: byService });
    expect(keys.roots().map(({ state }) => state)).toEqual(['retired', 'active']);
    keys.close();
    expect(await service.open([sealed])).toEqual([value('kept')]);
  });

  test('two at once come to one end', async () => {
    const service = await vaultWith(bytesKey(7), 'service');
    const sealed = await sealOne(service, 'kept');
    const [one, two] = [await keysOf(bytesKey(7)), await keysOf(bytesKey(7))];
    const results = await Promise.allSettled([
      one.rotateRoot({ next: bytesKey(8), untilSeen: byService }),
      two.rotateRoot({ next: bytesKey(8), untilSeen: byService }),
    ]);
    expect(results.map(({ status }) => status)).toContain('fulfilled');
    for (const keys of [one, two]) keys.close();
    const later = await keysOf(bytesKey(8));
    expect(later.roots().map(({ state }) => state)).toEqual(['retired', 'active']);
    later.close();
    expect(await service.open([sealed])).toEqual([value('kept')]);
  });
});
