import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Vault } from '#vault/vault.ts';
import { findOpenBao } from '#infra/tooling/openbao.ts';
import { transitKeyService } from '#infra/vaultstore/kms/transit.ts';
import { openKeys } from '#infra/vaultstore/open-keys.ts';
import type { RootKeySource } from '#infra/vaultstore/root-key.ts';
import { type OpenBaoServer, startOpenBao } from '#tests/support/openbao-server.ts';
import { fixedClock, folder, openVault, sealOne, snapshot, TENANT } from './support.ts';

const bao = findOpenBao();

describe.skipIf(bao.kind === 'none')('a root key that a real OpenBao wraps', () => {
  let server: OpenBaoServer;
  let place = folder();
  const open: Vault[] = [];
  beforeAll(async () => {
    if (bao.kind !== 'none') server = await startOpenBao(bao);
  });
  afterAll(() => server.stop());
  beforeEach(() => {
    place = folder();
  });
  afterEach(async () => {
    for (const vault of open.splice(0)) await vault.close();
    place.remove();
  });

  const source = (address: string, token: string): RootKeySource => ({
    kind: 'transit',
    key: { address, token: { kind: 'text', token }, namespace: null },
  });
  const keyAndToken = async (name: string): Promise<{ readonly address: string; readonly token: string }> => ({
    address: await server.newKey(name),
    token: await server.newToken([name]),
  });
  const vaultWith = async (rootKey: RootKeySource, holder?: string): Promise<Vault> => {
    const vault = await openVault(place.path, { rootKey, ...(holder === undefined ? {} : { holder }) });
    open.push(vault);
    return vault;
  };
  const closeAll = async (): Promise<void> => {
    for (const vault of open.splice(0)) await vault.close();
  };
  const value = (text: string) => [{ kind: 'value', value: text }];

  test('opens what it closed, with a token that may do nothing else; the data folder holds the ciphertext and no key file', async () => {
    const { address, token } = await keyAndToken('first');
    const sealed = await sealOne(await vaultWith(source(address, token)), 'kept');
    await closeAll();
    expect(readFileSync(join(place.path, 'keyring', 'keyring.db'), 'latin1')).toContain('vault:v1:');
    expect([...snapshot(place.path).keys()].filter((name) => name.endsWith('.key'))).toEqual([]);
    const file = join(place.path, 'token');
    writeFileSync(file, `${token}\n`);
    const byFile: RootKeySource = { kind: 'transit', key: { address, token: { kind: 'file', path: file }, namespace: null } };
    expect(await (await vaultWith(byFile)).open([sealed])).toEqual(value('kept'));
  });

  test('still opens after the service rotated its own key', async () => {
    const { address, token } = await keyAndToken('rotated-there');
    const sealed = await sealOne(await vaultWith(source(address, token)), 'kept');
    await closeAll();
    await server.ask('POST', 'transit/keys/rotated-there/rotate');
    expect(await (await vaultWith(source(address, token))).open([sealed])).toEqual(value('kept'));
  });

  test('is refused with another key, an ended token and a missing key, in sentences without the token; nothing changes', async () => {
    const { address, token } = await keyAndToken('mine');
    const other = await keyAndToken('other');
    await sealOne(await vaultWith(source(address, token)), 'kept');
    await closeAll();
    const before = snapshot(place.path);
    const both = await server.newToken(['mine', 'other', 'none']);
    await server.revoke(token);
    for (const [at, by, status] of [
      [address, token, '403'],
      [address, other.token, '403'],
      [other.address, both, '400'],
      [`${server.url}/v1/transit/keys/none`, both, '40'],
    ] as const) {
      const fault = await openVault(place.path, { rootKey: source(at, by) }).catch((error: unknown) => error);
      expect(fault).toMatchObject({ code: 'VAULT_KEY_SERVICE_REFUSED', message: expect.stringContaining(status) as string });
      expect(JSON.stringify(fault, Object.getOwnPropertyNames(fault))).not.toContain(by);
    }
    expect(snapshot(place.path)).toEqual(before);
  });

  test('does not come from a key of another kind: asymmetric ones are refused before anything is made', async () => {
    const address = await server.newKey('asymmetric', 'rsa-2048');
    const token = await server.newToken(['asymmetric']);
    await expect(openVault(place.path, { rootKey: source(address, token) })).rejects.toMatchObject({ code: 'VAULT_KEY_SERVICE_REFUSED' });
    expect([...snapshot(place.path).keys()]).toEqual([]);
  });

  test('is bound to its keyring: the ciphertext of another one does not unwrap', async () => {
    const { address, token } = await keyAndToken('bound');
    const service = transitKeyService({ address, token: { kind: 'text', token }, namespace: null });
    const secret = randomBytes(32);
    const wrapped = await service.wrap(secret, 'vconnect/keyring/one');
    expect(Buffer.from(await service.unwrap(wrapped, 'vconnect/keyring/one'))).toEqual(secret);
    await expect(service.unwrap(wrapped, 'vconnect/keyring/two')).rejects.toMatchObject({ code: 'VAULT_KEY_SERVICE_REFUSED' });
  });

  test('comes and goes by rotations under a running vault: file, Transit, another Transit key, a new one under the same, file', async () => {
    const [first, second] = [await keyAndToken('a'), await keyAndToken('b')];
    const both = await server.newToken(['a', 'b']);
    const path = join(place.path, 'keyring', 'root.key');
    const way: readonly RootKeySource[] = [{ kind: 'file', path }, source(first.address, both), source(second.address, both)];
    const last: RootKeySource = { kind: 'file', path: join(place.path, 'last.key') };
    const service = await vaultWith(way[0] ?? last, 'service');
    const sealed = await sealOne(service, 'kept');
    await service.signingKey(TENANT);
    let current = way[0] ?? last;
    for (const next of [way[1] ?? last, way[2] ?? last, null, last]) {
      const ciphertext = ciphertextNow();
      const keys = await openKeys({ dataDir: place.path, rootKey: current, clock: fixedClock(), holder: null });
      await keys.rotateRoot({
        next,
        untilSeen: async (seen) => {
          while (!seen('service')) await wait(20);
        },
      });
      keys.close();
      current = next ?? current;
      expect(await service.open([sealed])).toEqual(value('kept'));
      if (ciphertext !== null) expect(allBytes()).not.toContain(ciphertext);
      const fresh = await openVault(place.path, { rootKey: current });
      expect(await fresh.open([sealed])).toEqual(value('kept'));
      await fresh.close();
    }
    expect([...snapshot(place.path).keys()].filter((name) => name.endsWith('.key'))).toEqual(['last.key']);
    expect(allBytes()).not.toContain('vault:v');
  }, 60_000);

  const allBytes = (): string => [...snapshot(place.path).keys()].map((name) => readFileSync(join(place.path, name), 'latin1')).join('\n');
  const ciphertextNow = (): string | null => /vault:v\d+:([A-Za-z0-9+/]{40})/.exec(allBytes())?.[1] ?? null;

  test('is asked for at a start alone: what runs goes on when the service is sealed and then gone, a start says so', async () => {
    const { address, token } = await keyAndToken('outage');
    const vault = await vaultWith(source(address, token));
    const sealed = await sealOne(vault, 'kept');
    const before = snapshot(join(place.path, 'keyring'));
    await server.seal();
    const unavailable = { code: 'VAULT_KEY_SERVICE_UNREACHABLE', message: expect.not.stringContaining(token) as string };
    await expect(openVault(place.path, { rootKey: source(address, token) })).rejects.toMatchObject(unavailable);
    await server.stop();
    await expect(openVault(place.path, { rootKey: source(address, token) })).rejects.toMatchObject(unavailable);
    expect(snapshot(join(place.path, 'keyring'))).toEqual(before);
    expect(await vault.open([sealed])).toEqual(value('kept'));
    await sealOne(vault, 'more');
  }, 30_000);
});
