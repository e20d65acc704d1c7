import { globSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'vitest';
import { erasureEvents } from '#domain/erasure/events.ts';
import { ROOT } from '#infra/tooling/root.ts';
import { erase, folder, id, NOUR, OMAR, openVault, request, sealOne, START } from '../infra/vaultstore/support.ts';
import { asBuffer, type Stage } from './stage.ts';

/** What goes wrong with keys, by the number of the pitfall. */
export const plantedInKeys: Readonly<Record<number, (stage: Stage) => Promise<void>>> = {
  2: async (stage) => {
    const one = await sealOne(stage.vault, 'hello');
    const never = { ...one, subject: OMAR };
    await erase(stage.vault);
    expect([(await stage.open(one))?.kind, await stage.open(never)]).toMatchObject([
      'erased',
      { kind: 'unavailable', reason: 'never-provisioned' },
    ]);
    expect((await stage.vault.seal([request('again')])).kind).toBe('fenced');
    const [{ commitment }] = stage.rows('keyring/keyring.db', 'SELECT commitment FROM keys WHERE destroyed_at IS NOT NULL') as [
      { commitment: unknown },
    ];
    stage.change('keyring/keyring.db', (database) => {
      const mint = database.prepare(
        `INSERT INTO keys(id, kind, tenant, name, key_id, wrapper, shares, commitment, created_at)
         SELECT max(id) + 1, 'subject', x'01', x'02', x'03', wrapper, 1, ?, '' FROM keys`,
      );
      database.exec('PRAGMA foreign_keys = OFF');
      expect(() => mint.run(asBuffer(commitment))).toThrow('destroyed');
    });
  },
  4: async (stage) => {
    // Another vault under the same root key and the same ids: a derived secret would be the same there.
    const one = await sealOne(stage.vault, 'hello');
    const twin = folder();
    const other = await openVault(twin.path);
    await sealOne(other, 'hello');
    await other.close();
    // Closed, so that the file is whole; it comes back as it was.
    await stage.reopen();
    await cp(join(stage.path, 'payloads.db'), join(twin.path, 'payloads.db'));
    const reopened = await openVault(twin.path);
    const answer = await stage.open(one, reopened);
    await reopened.close();
    twin.remove();
    expect([answer?.kind, await stage.open(one)]).toEqual(['tampered', { kind: 'value', value: 'hello' }]);
  },
  5: async (stage) => {
    for (let batch = 0; batch < 10; batch += 1)
      expect(
        (
          await stage.vault.seal(
            Array.from({ length: 50 }, (_, n) => request(`message ${String(n)}`, { event: id(`event ${String(batch)} ${String(n)}`) })),
          )
        ).kind,
      ).toBe('sealed');
    const counted = stage.rows('keyring/keyring.db', 'SELECT kind, count(*) AS keys FROM keys GROUP BY kind');
    expect(counted.find(({ kind }) => kind === 'subject')?.['keys']).toBe(1);
    expect(counted.reduce((sum, { keys }) => sum + Number(keys), 0)).toBeLessThan(10);
  },
  6: async (stage) => {
    const one = await sealOne(stage.vault, 'hello');
    await erase(stage.vault);
    // The root key, which a key service could give back, was there all the time: what is gone is the secret under it.
    await stage.reopen();
    expect((await stage.open(one))?.kind).toBe('erased');
    const [row] = stage.rows('keyring/keyring.db', 'SELECT wrapped FROM secrets JOIN keys USING (id) WHERE destroyed_at IS NOT NULL');
    expect(asBuffer(row?.['wrapped']).every((byte) => byte === 0)).toBe(true);
  },
  10: async (stage) => {
    await sealOne(stage.vault, 'hello');
    const found = stage.rows(
      'keyring/keyring.db',
      `SELECT wrapped FROM secrets JOIN keys USING (id) WHERE kind = 'subject' AND name = x'${NOUR}'`,
    );
    const wrapped = asBuffer(found[0]?.['wrapped']);
    expect(stage.bytes().includes(wrapped)).toBe(true);
    await erase(stage.vault);
    expect(stage.bytes().includes(wrapped)).toBe(false);
  },
  18: async (stage) => {
    await sealOne(stage.vault, 'hello');
    await erase(stage.vault);
    const destroyed = stage.rows(
      'keyring/keyring.db',
      'SELECT commitment, created_at, destroyed_at FROM keys WHERE destroyed_at IS NOT NULL',
    );
    expect(destroyed).toEqual([{ commitment: expect.any(Uint8Array), created_at: expect.any(String), destroyed_at: START }]);
    stage.change('keyring/keyring.db', (database) => {
      expect(() => database.exec('DELETE FROM keys WHERE destroyed_at IS NOT NULL')).toThrow('destroyed');
      expect(() => database.exec('UPDATE keys SET destroyed_at = NULL WHERE destroyed_at IS NOT NULL')).toThrow('destroyed');
    });
    expect(Object.keys(erasureEvents)).toEqual(
      expect.arrayContaining([
        'ErasureRequested',
        'SubjectFenced',
        'KeyDestroyed',
        'PayloadsRemoved',
        'ErasureVerified',
        'ErasureCompleted',
      ]),
    );
  },
  20: async () => {
    const asymmetric = /nacl\.box|\bpublicEncrypt\b|\bprivateDecrypt\b|createECDH|diffieHellman|\bx25519\b|\bRSA-OAEP\b/iu;
    const sources = globSync('{stage.vault,infra/vaultstore}/**/*.ts', { cwd: ROOT });
    expect(sources.length).toBeGreaterThan(30);
    expect(sources.filter((file) => asymmetric.test(readFileSync(join(ROOT, file), 'utf8')))).toEqual([]);
    expect(['nacl.box(m)', 'crypto.publicEncrypt(k, m)', 'generateKeyPair("x25519")'].every((code) => asymmetric.test(code))).toBe(true);
  },
};
