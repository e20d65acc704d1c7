import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Vault } from '#vault/vault.ts';
import { openKeys } from '#infra/vaultstore/open-keys.ts';
import type { RootKeySource } from '#infra/vaultstore/root-key.ts';
import type { RotationOrder } from './rotation-program.ts';
import {
  erase,
  fixedClock,
  folder,
  id,
  KEY,
  mark,
  NOUR,
  OMAR,
  openVault,
  OTHER_TENANT,
  request,
  sealOne,
  snapshot,
  START,
  TENANT,
  unique,
} from './support.ts';

let place = folder();
const open: Vault[] = [];
beforeEach(() => {
  place = folder();
});
afterEach(async () => {
  for (const vault of open.splice(0)) await vault.close();
  place.remove();
});

const vaultWith = async (rootKey: RootKeySource, holder?: string): Promise<Vault> => {
  const vault = await openVault(place.path, { rootKey, ...(holder === undefined ? {} : { holder }) });
  open.push(vault);
  return vault;
};
const ROOT_STEPS = ['recorded', 'moved', 'searched', 'seen', 'switched', 'wrapped-forms-gone', 'file-gone'];
const PROGRAM = join(import.meta.dirname, 'rotation-program.ts');

/** Runs one rotation in a process of its own. @returns whether it came to its end */
const rotation = (order: Omit<RotationOrder, 'dataDir'>): Promise<boolean> => {
  const told = JSON.stringify({ dataDir: place.path, ...order }, (name, value: unknown) =>
    name === 'key' && value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, told], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`the rotation failed: ${said}`));
    });
  });
};

const file = (path: string): RootKeySource => ({ kind: 'file', path });
const bytes = (byte: number): RootKeySource => ({ kind: 'bytes', key: new Uint8Array(32).fill(byte) });
const keyring = (): string => join(place.path, 'keyring', 'keyring.db');

const wrappedNow = (): ReadonlyMap<number, Buffer> => {
  const database = new DatabaseSync(keyring(), { readOnly: true });
  try {
    const rows = database.prepare('SELECT k.id, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id').all();
    return new Map(rows.map((row) => [Number(row['id']), Buffer.from(row['wrapped'] as Uint8Array)]));
  } finally {
    database.close();
  }
};
const stands = (needle: Uint8Array): boolean =>
  [keyring(), `${keyring()}-wal`].some((path) => existsSync(path) && readFileSync(path).includes(Buffer.from(needle)));
const valueOf = (value: string) => [{ kind: 'value', value }];
const allSealed = async (vault: Vault): Promise<readonly SealedHandle[]> => [
  await sealOne(vault, 'one'),
  await sealOne(vault, 'two', { subject: OMAR }),
  await sealOne(vault, 'three', { class: 'profile' }),
];
const texts = ['one', 'two', 'three'].map((value) => ({ kind: 'value', value }));

describe('a rotation of the root key', () => {
  test.each<readonly [string, (path: string) => RootKeySource, (path: string) => RootKeySource | null]>([
    ['a new key in the same file', (path) => file(join(path, 'keyring', 'root.key')), () => null],
    ['from a file to another', (path) => file(join(path, 'keyring', 'root.key')), (path) => file(join(path, 'other.key'))],
    [
      'from a file to a passphrase',
      (path) => file(join(path, 'keyring', 'root.key')),
      () => ({ kind: 'passphrase', passphrase: 'correct horse' }),
    ],
    ['from a passphrase to the environment', () => ({ kind: 'passphrase', passphrase: 'battery staple' }), () => bytes(9)],
    ['from the environment to a file', () => bytes(7), (path) => file(join(path, 'keyring', 'root.key'))],
  ])(
    '%s, killed behind every step, while a service runs: everything opens all the time, and at the end the old key opens nothing',
    async (_name, currentOf, nextOf) => {
      const [current, next] = [currentOf(place.path), nextOf(place.path)];
      const service = await vaultWith(current, 'service');
      const sealed = await allSealed(service);
      await service.signingKey(TENANT);
      const before = wrappedNow();
      const oldFile = current.kind === 'file' ? readFileSync(current.path, 'latin1') : null;
      for (const killedBehind of [...ROOT_STEPS, null]) {
        const source = await resumeWith(next);
        const order = { current: await startable(current, next), next: source, tenant: null, killedBehind, holders: ['service'] };
        expect(await rotation(order)).toBe(killedBehind === null);
        expect(await service.open(sealed)).toEqual(texts);
        await sealOne(service, 'more', { subject: id(unique()) });
        const fresh = await openVault(place.path, { rootKey: await startable(current, next) });
        expect(await fresh.open(sealed)).toEqual(texts);
        await fresh.close();
      }
      expect(await service.open(sealed)).toEqual(texts);
      const late = await sealOne(service, 'late', { subject: id('late') });
      await service.close();
      open.splice(0);
      const after = wrappedNow();
      const kinds = kindsById();
      for (const [key, wrapped] of before) {
        if (kinds.get(key) !== 'tenant' && kinds.get(key) !== 'signing') continue;
        expect(after.get(key)).not.toEqual(wrapped);
        for (const part of [wrapped.subarray(1, 33), wrapped.subarray(33, 57), wrapped.subarray(57)]) expect(stands(part)).toBe(false);
      }
      if (oldFile !== null)
        for (const name of snapshot(place.path).keys())
          expect(readFileSync(join(place.path, name), 'latin1')).not.toContain(oldFile.trim());
      expect([...snapshot(place.path).keys()].filter((name) => name.endsWith('.next'))).toEqual([]);
      const renewed = await vaultWith(next ?? current);
      expect(await renewed.open([...sealed, late])).toEqual([...texts, { kind: 'value', value: 'late' }]);
      await renewed.close();
      open.splice(0);
      if (next === null || current.kind === 'file') return;
      const files = snapshot(place.path);
      await expect(openVault(place.path, { rootKey: current })).rejects.toMatchObject({
        code: 'VAULT_WRONG_ROOT_KEY',
        message: expect.stringContaining('took this one') as string,
      });
      expect(snapshot(place.path)).toEqual(files);
    },
    85_000,
  );

  /** What a process may be started with in this moment: the old setting until the switch, then the new one. */
  const startable = async (current: RootKeySource, next: RootKeySource | null): Promise<RootKeySource> => {
    const database = new DatabaseSync(keyring(), { readOnly: true });
    const [{ switched } = {}] = database.prepare(`SELECT count(*) AS switched FROM roots WHERE state IN ('retiring', 'retired')`).all();
    database.close();
    return Number(switched) > 0 && next !== null ? next : current;
  };
  /** Once under way it needs no next key to be named; before that it does. */
  const resumeWith = async (next: RootKeySource | null): Promise<RootKeySource | null> => {
    const database = new DatabaseSync(keyring(), { readOnly: true });
    const [{ begun } = {}] = database.prepare('SELECT count(*) AS begun FROM roots').all();
    database.close();
    return Number(begun) > 1 ? null : next;
  };
  const kindsById = (): ReadonlyMap<number, string> => {
    const database = new DatabaseSync(keyring(), { readOnly: true });
    const rows = database.prepare('SELECT id, kind FROM keys').all();
    database.close();
    return new Map(rows.map((row) => [Number(row['id']), String(row['kind'])]));
  };
});

describe('a rotation of a tenant key', () => {
  test('killed behind every step, while a service runs: everything opens all the time, and no old wrapping is left', async () => {
    const service = await vaultWith({ kind: 'bytes', key: KEY }, 'service');
    const sealed = await allSealed(service);
    const people = Array.from({ length: 450 }, () => id<'subject'>(unique()));
    await service.seal(people.map((subject) => request('x', { subject })));
    const foreign = await sealOne(service, 'foreign', { tenant: OTHER_TENANT });
    const before = wrappedNow();
    for (const killedBehind of ['minted', 'moved', 'searched', 'destroyed', null]) {
      const order = { current: { kind: 'bytes', key: KEY }, next: null, tenant: TENANT, killedBehind, holders: [] } as const;
      // Killed behind its last step it is done, and the next call makes another one.
      expect(await rotation(order)).toBe(killedBehind === null);
      expect(await service.open([...sealed, foreign])).toEqual([...texts, ...valueOf('foreign')]);
      await sealOne(service, 'more', { subject: id(unique()) });
    }
    expect(await service.open([...sealed, foreign])).toEqual([...texts, ...valueOf('foreign')]);
    const keys = await openKeys({ dataDir: place.path, rootKey: { kind: 'bytes', key: KEY }, clock: fixedClock(), holder: null });
    expect(keys.tenants().find(({ tenant }) => tenant === TENANT)?.keyIds).toHaveLength(1);
    keys.close();
    const after = wrappedNow();
    const rewrapped = [...before].filter(([key, wrapped]) => !wrapped.equals(after.get(key) ?? wrapped));
    expect(rewrapped.length).toBeGreaterThanOrEqual(450);
    const bytesNow = Buffer.concat([
      readFileSync(keyring()),
      existsSync(`${keyring()}-wal`) ? readFileSync(`${keyring()}-wal`) : Buffer.alloc(0),
    ]);
    for (const [, wrapped] of rewrapped) expect(bytesNow.includes(wrapped.subarray(33, 57))).toBe(false);
  }, 85_000);

  test('leaves no copy of a secret that is destroyed later, under none of its wrappings', async () => {
    const vault = await vaultWith({ kind: 'bytes', key: KEY });
    const sealed = await sealOne(vault, 'secret');
    const wrappings: Buffer[] = [];
    const keys = await openKeys({ dataDir: place.path, rootKey: { kind: 'bytes', key: KEY }, clock: fixedClock(), holder: null });
    for (let round = 0; round < 3; round += 1) {
      wrappings.push(...[...wrappedNow().values()].filter((wrapped) => wrapped.some((byte) => byte !== 0)));
      expect(await keys.rotateTenant(TENANT)).toBe(true);
      expect(await vault.open([sealed])).toEqual(valueOf('secret'));
    }
    const [ofNour] = rowsOf(`SELECT s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = 'subject' AND name = x'${NOUR}'`);
    wrappings.push(Buffer.from(ofNour?.['wrapped'] as Uint8Array));
    keys.close();
    await erase(vault);
    const buckets = rowsOf(`SELECT s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE destroyed_at IS NULL`).map((row) =>
      Buffer.from(row['wrapped'] as Uint8Array).toString('hex'),
    );
    for (const wrapped of wrappings) if (!buckets.includes(wrapped.toString('hex'))) expect(stands(wrapped.subarray(57))).toBe(false);
    expect(await vault.open([sealed])).toEqual([{ kind: 'erased', ...mark(), erasedAt: START }]);
  });

  const rowsOf = (sql: string) => {
    const database = new DatabaseSync(keyring(), { readOnly: true });
    try {
      return database.prepare(sql).all();
    } finally {
      database.close();
    }
  };

  test('of an organisation that has no key does nothing', async () => {
    await vaultWith({ kind: 'bytes', key: KEY });
    const keys = await openKeys({ dataDir: place.path, rootKey: { kind: 'bytes', key: KEY }, clock: fixedClock(), holder: null });
    expect(await keys.rotateTenant(TENANT)).toBe(false);
    keys.close();
  });
});

describe('a rotation that must not go on', () => {
  const keysOf = (rootKey: RootKeySource) => openKeys({ dataDir: place.path, rootKey, clock: fixedClock(), holder: null });
  const nobody = async (): Promise<void> => undefined;
  const byService = async (seen: (holder: string) => boolean): Promise<void> => {
    while (!seen('service')) await wait(20);
  };

  test('to the same key, to one it had before, or to none is refused, and nothing changes', async () => {
    const vault = await vaultWith(bytes(7), 'service');
    const sealed = await sealOne(vault, 'kept');
    const keys = await keysOf(bytes(7));
    for (const next of [bytes(7), null])
      await expect(keys.rotateRoot({ next, untilSeen: nobody })).rejects.toMatchObject({ code: 'VAULT_ROTATION_REFUSED' });
    await keys.rotateRoot({ next: bytes(8), untilSeen: byService });
    await expect(keys.rotateRoot({ next: bytes(7), untilSeen: nobody })).rejects.toMatchObject({ code: 'VAULT_ROTATION_REFUSED' });
    keys.close();
    expect(await vault.open([sealed])).toEqual(valueOf('kept'));
  });

  test('waits for a process that does not take the next key, with both keys usable, and goes on when it does', async () => {
    const service = await vaultWith(bytes(7), 'service');
    const sealed = await sealOne(service, 'kept');
    const keys = await keysOf(bytes(7));
    const frozen = keys.rotateRoot({
      next: bytes(8),
      untilSeen: async (seen) => {
        expect(seen('frozen')).toBe(false);
        await wait(700);
        expect(seen('service')).toBe(true);
        throw new Error('frozen');
      },
    });
    await expect(frozen).rejects.toThrow('frozen');
    for (const source of [bytes(7), bytes(8)]) expect(await (await vaultWith(source)).open([sealed])).toEqual(valueOf('kept'));
    expect(keys.roots().map(({ state }) => state)).toEqual(['active', 'next']);
    await expect(keys.rotateRoot({ next: bytes(9), untilSeen: nobody })).rejects.toMatchObject({ code: 'VAULT_ROTATION_REFUSED' });
    await keys.rotateRoot({ next: null, untilSeen: byService });
    expect(keys.roots().map(({ state }) => state)).toEqual(['retired', 'active']);
    keys.close();
    expect(await service.open([sealed])).toEqual(valueOf('kept'));
  });

  test('with a damaged row destroys no key', async () => {
    const vault = await vaultWith(bytes(7));
    const [sealed] = await allSealed(vault);
    const database = new DatabaseSync(keyring());
    database.exec(
      `UPDATE secrets SET wrapped = randomblob(105) WHERE id = (SELECT id FROM keys WHERE kind = 'subject' AND name = x'${OMAR}')`,
    );
    database.close();
    const keys = await keysOf(bytes(7));
    await expect(keys.rotateTenant(TENANT)).rejects.toMatchObject({ code: 'VAULT_KEY_DAMAGED' });
    expect(keys.tenants()[0]?.keyIds).toHaveLength(2);
    keys.close();
    expect(sealed === undefined ? [] : await vault.open([sealed])).toEqual(valueOf('one'));
  });
});
