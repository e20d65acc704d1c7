import { randomBytes } from 'node:crypto';
import { chmodSync, copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { folder, KEY, mark, NOUR, OMAR, openVault, sealOne, snapshot, START, TENANT } from './support.ts';

let place = folder();
beforeEach(() => {
  place = folder();
});
afterEach(() => {
  place.remove();
});

const keyFile = (): string => join(place.path, 'keyring', 'root.key');
const byFile = () => openVault(place.path, { rootKey: { kind: 'file', path: keyFile() } });
const keyring = (): string => join(place.path, 'keyring', 'keyring.db');

describe('root key', () => {
  test('a wrong one is recognised and changes no byte of any file', async () => {
    const vault = await openVault(place.path);
    await sealOne(vault, 'secret');
    await vault.close();
    const before = snapshot(place.path);
    const wrong = openVault(place.path, { rootKey: { kind: 'bytes', key: new Uint8Array(32).fill(8) } });
    await expect(wrong).rejects.toMatchObject({ code: 'VAULT_WRONG_ROOT_KEY' });
    await expect(openVault(place.path, { rootKey: { kind: 'passphrase', passphrase: 'guess' } })).rejects.toMatchObject({
      code: 'VAULT_WRONG_ROOT_KEY',
    });
    expect(snapshot(place.path)).toEqual(before);
  });

  test('a wrong one changes nothing after a crash either, when the databases still have their WAL', async () => {
    const vault = await openVault(place.path);
    await sealOne(vault, 'secret');
    const crashed = folder();
    for (const name of snapshot(place.path).keys()) {
      if (name.endsWith('-shm')) continue;
      const target = join(crashed.path, name.replace('keyring/', ''));
      copyFileSync(join(place.path, name), target);
    }
    await vault.close();
    mkdirSync(join(crashed.path, 'keyring'));
    for (const name of ['keyring.db', 'keyring.db-wal']) renameSync(join(crashed.path, name), join(crashed.path, 'keyring', name));
    const before = snapshot(crashed.path);
    expect([...before.keys()]).toContain('payloads.db-wal');
    const wrong = openVault(crashed.path, { rootKey: { kind: 'bytes', key: new Uint8Array(32).fill(8) } });
    await expect(wrong).rejects.toMatchObject({ code: 'VAULT_WRONG_ROOT_KEY' });
    expect(snapshot(crashed.path)).toEqual(before);
    crashed.remove();
  });

  test('its file is made once, for its owner alone, and opens the same values again', async () => {
    let vault = await byFile();
    const sealed = await sealOne(vault, 'kept');
    await vault.close();
    expect(statSync(keyFile()).mode & 0o777).toBe(0o600);
    vault = await byFile();
    expect(await vault.open([sealed])).toEqual([{ kind: 'value', value: 'kept' }]);
    await vault.close();
  });

  test('a file that others may read, a lost one and a malformed one are three faults', async () => {
    await (await byFile()).close();
    chmodSync(keyFile(), 0o640);
    await expect(byFile()).rejects.toMatchObject({ code: 'VAULT_ROOT_KEY_PERMISSIONS' });
    chmodSync(keyFile(), 0o600);
    writeFileSync(keyFile(), 'not a key');
    await expect(byFile()).rejects.toMatchObject({ code: 'VAULT_ROOT_KEY_MALFORMED' });
    rmSync(keyFile());
    await expect(byFile()).rejects.toMatchObject({ code: 'VAULT_ROOT_KEY_MISSING' });
    expect([...snapshot(place.path).keys()]).not.toContain('keyring/root.key');
  });

  test('a passphrase opens what it closed', async () => {
    const rootKey = { kind: 'passphrase', passphrase: 'correct horse' } as const;
    let vault = await openVault(place.path, { rootKey });
    const sealed = await sealOne(vault, 'kept');
    await vault.close();
    vault = await openVault(place.path, { rootKey });
    expect(await vault.open([sealed])).toEqual([{ kind: 'value', value: 'kept' }]);
    await vault.close();
  });
});

describe('damaged and missing files', () => {
  test.each(['keyring/keyring.db', 'payloads.db', 'identity.db'])('%s with foreign bytes is named as damaged', async (name) => {
    await (await openVault(place.path)).close();
    writeFileSync(join(place.path, name), randomBytes(8_192));
    await expect(openVault(place.path)).rejects.toMatchObject({ code: 'VAULT_STORE_DAMAGED' });
  });

  test('a lost keyring beside payloads is a fault, and no new one is made', async () => {
    await (await openVault(place.path)).close();
    rmSync(keyring());
    await expect(openVault(place.path)).rejects.toMatchObject({ code: 'VAULT_KEYRING_MISSING' });
    expect([...snapshot(place.path).keys()]).not.toContain('keyring/keyring.db');
  });

  test('a file of a later version is not touched', async () => {
    await (await openVault(place.path)).close();
    const database = new DatabaseSync(join(place.path, 'payloads.db'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    await expect(openVault(place.path)).rejects.toMatchObject({ code: 'VAULT_STORE_VERSION' });
  });

  test('a swapped or edited key row answers "key-locked", not another person’s value', async () => {
    let vault = await openVault(place.path);
    const sealed = await sealOne(vault, 'secret');
    await sealOne(vault, 'other', { subject: OMAR });
    await vault.close();
    const database = new DatabaseSync(keyring());
    const [one, two] = database.prepare(`SELECT s.id, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = 'subject'`).all();
    const set = database.prepare('UPDATE secrets SET wrapped = ? WHERE id = ?');
    set.run(two?.['wrapped'] as Uint8Array, Number(one?.['id']));
    set.run(one?.['wrapped'] as Uint8Array, Number(two?.['id']));
    database.close();
    vault = await openVault(place.path);
    expect(await vault.open([sealed])).toEqual([{ kind: 'unavailable', reason: 'key-locked' }]);
    await expect(sealOne(vault, 'new')).rejects.toMatchObject({ code: 'VAULT_KEY_DAMAGED' });
    await vault.close();
  });

  test('an edited envelope and a missing media file are seen', async () => {
    const vault = await openVault(place.path);
    const body = await sealOne(vault, 'secret');
    const image = await sealOne(vault, new Uint8Array(100), { class: 'media' });
    const other = new DatabaseSync(join(place.path, 'payloads.db'));
    other.exec(`UPDATE payloads SET envelope = zeroblob(length(envelope)) WHERE envelope IS NOT NULL`);
    other.close();
    expect(await vault.open([body])).toEqual([{ kind: 'tampered', reason: 'digest' }]);
    const file = [...snapshot(place.path).keys()].find((name) => name.startsWith('media/')) ?? '';
    const bytes = readFileSync(join(place.path, file));
    writeFileSync(join(place.path, file), bytes.subarray(1));
    expect(await vault.openBytes(image)).toEqual({ kind: 'tampered', reason: 'digest' });
    rmSync(join(place.path, file));
    expect(await vault.openBytes(image)).toEqual({ kind: 'unavailable', reason: 'payload-missing' });
    await vault.close();
  });
});

describe('randomness', () => {
  test.each([
    ['stuck on one byte', (bytes: number) => new Uint8Array(bytes).fill(9)],
    ['stuck on one pool', (bytes: number) => new Uint8Array(bytes).map((_, index) => index % 251)],
  ])('a source %s is refused before anything is sealed', async (_name, random) => {
    const attempt = openVault(place.path, { random, rootKey: { kind: 'bytes', key: KEY } }).then(async (vault) => {
      try {
        for (let index = 0; index < 200; index += 1) await sealOne(vault, 'x');
      } finally {
        await vault.close();
      }
    });
    await expect(attempt).rejects.toMatchObject({ code: 'VAULT_RANDOM_STUCK' });
  });
});

describe('closing', () => {
  test('what was asked before is done, what comes after is refused', async () => {
    const vault = await openVault(place.path);
    const sealing = sealOne(vault, 'last');
    await vault.close();
    await expect(sealing).resolves.toMatchObject({ subject: NOUR });
    await expect(sealOne(vault, 'late')).rejects.toMatchObject({ code: 'VAULT_CLOSED' });
  });

  test('an erasure without a fence, and one under another number, are refused', async () => {
    const vault = await openVault(place.path);
    await sealOne(vault, 'x');
    await expect(vault.destroy(TENANT, NOUR, START)).rejects.toMatchObject({ code: 'VAULT_NOT_FENCED' });
    await vault.fence(TENANT, NOUR, mark());
    await expect(vault.fence(TENANT, NOUR, mark('another'))).rejects.toMatchObject({ code: 'VAULT_FENCE_CONFLICT' });
    await expect(vault.scan(TENANT, NOUR)).rejects.toMatchObject({ code: 'VAULT_NOT_DESTROYED' });
    await vault.close();
  });
});
