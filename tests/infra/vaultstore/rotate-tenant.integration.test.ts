import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Vault } from '#vault/vault.ts';
import { openKeys } from '#infra/vaultstore/open-keys.ts';
import { allSealed, keyringBytes, keyringOf, partsOf, rotation, texts, value, wrappedIn } from './rotation-support.ts';
import {
  erase,
  fixedClock,
  folder,
  id,
  KEY,
  mark,
  OMAR,
  openVault,
  OTHER_TENANT,
  request,
  sealOne,
  START,
  TENANT,
  unique,
} from './support.ts';

const CURRENT = { kind: 'bytes', key: KEY } as const;
let place = folder();
let vault: Vault;
beforeEach(async () => {
  place = folder();
  vault = await openVault(place.path, { holder: 'service' });
});
afterEach(async () => {
  await vault.close();
  place.remove();
});
const keysOf = () => openKeys({ dataDir: place.path, rootKey: CURRENT, clock: fixedClock(), holder: null });

describe('a rotation of a tenant key', () => {
  test('killed behind every step, while a service runs: everything opens all the time, and no old wrapping is left', async () => {
    const sealed = [...(await allSealed(vault)), await sealOne(vault, 'foreign', { tenant: OTHER_TENANT })];
    const people = Array.from({ length: 450 }, () => id<'subject'>(unique()));
    await vault.seal(people.map((subject) => request('x', { subject })));
    const before = wrappedIn(place.path);
    for (const killedBehind of ['minted', 'moved', 'searched', 'destroyed', null]) {
      const order = { dataDir: place.path, current: CURRENT, next: null, tenant: TENANT, killedBehind, holders: [] };
      // Killed behind its last step it is done, and the next call makes another one.
      expect(await rotation(order)).toBe(killedBehind === null);
      expect(await vault.open(sealed)).toEqual([...texts, value('foreign')]);
      await sealOne(vault, 'more', { subject: id(unique()) });
    }
    const keys = await keysOf();
    expect(keys.tenants().find(({ tenant }) => tenant === TENANT)?.keyIds).toHaveLength(1);
    keys.close();
    const after = wrappedIn(place.path);
    const rewrapped = [...before].filter(([row, { wrapped }]) => after.get(row)?.wrapped.equals(wrapped) !== true);
    expect(rewrapped.length).toBeGreaterThan(450);
    const bytes = keyringBytes(place.path);
    for (const [, { wrapped }] of rewrapped) expect(bytes.includes(wrapped.subarray(33, 57))).toBe(false);
  }, 85_000);

  test('leaves no copy of a secret that is destroyed later, under none of its wrappings', async () => {
    const sealed = await sealOne(vault, 'secret');
    const wrappings: Buffer[] = [];
    const keys = await keysOf();
    for (let round = 0; round < 3; round += 1) {
      wrappings.push(...[...wrappedIn(place.path).values()].map(({ wrapped }) => wrapped));
      expect(await keys.rotateTenant(TENANT)).toBe(true);
      expect(await vault.open([sealed])).toEqual([value('secret')]);
    }
    keys.close();
    wrappings.push(...[...wrappedIn(place.path).values()].map(({ wrapped }) => wrapped));
    await erase(vault);
    const living = [...wrappedIn(place.path).values()].map(({ wrapped }) => wrapped);
    const gone = wrappings.filter((wrapped) => !living.some((one) => one.equals(wrapped)));
    expect(gone.length).toBeGreaterThan(8);
    const bytes = keyringBytes(place.path);
    for (const wrapped of gone) for (const part of partsOf(wrapped)) expect(bytes.includes(part)).toBe(false);
    expect(await vault.open([sealed])).toEqual([{ kind: 'erased', ...mark(), erasedAt: START }]);
  });

  test('finds an old wrapping that somebody kept in the file, and then destroys no key', async () => {
    await sealOne(vault, 'secret');
    const [kept] = [...wrappedIn(place.path).values()].filter(({ kind }) => kind === 'subject');
    const stranger = new DatabaseSync(keyringOf(place.path));
    stranger.exec('CREATE TABLE copy(bytes BLOB)');
    stranger.prepare('INSERT INTO copy VALUES (?)').run(kept?.wrapped ?? null);
    const keys = await keysOf();
    await expect(keys.rotateTenant(TENANT)).rejects.toMatchObject({ code: 'VAULT_NOT_DESTROYED' });
    expect(keys.tenants()[0]?.keyIds).toHaveLength(2);
    stranger.exec('PRAGMA secure_delete=ON; DROP TABLE copy');
    stranger.close();
    expect(await keys.rotateTenant(TENANT)).toBe(true);
    expect(keys.tenants()[0]?.keyIds).toHaveLength(1);
    keys.close();
  });

  test('with a damaged row destroys no key', async () => {
    const [sealed] = await allSealed(vault);
    const database = new DatabaseSync(keyringOf(place.path));
    database.exec(
      `UPDATE secrets SET wrapped = randomblob(105) WHERE id = (SELECT id FROM keys WHERE kind = 'subject' AND name = x'${OMAR}')`,
    );
    database.close();
    const keys = await keysOf();
    await expect(keys.rotateTenant(TENANT)).rejects.toMatchObject({ code: 'VAULT_KEY_DAMAGED' });
    expect(keys.tenants()[0]?.keyIds).toHaveLength(2);
    keys.close();
    expect(sealed === undefined ? [] : await vault.open([sealed])).toEqual([value('one')]);
  });

  test('of an organisation that has no key does nothing', async () => {
    const keys = await keysOf();
    expect(await keys.rotateTenant(TENANT)).toBe(false);
    keys.close();
  });
});
