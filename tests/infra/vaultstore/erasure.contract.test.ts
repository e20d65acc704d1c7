import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { keyCommitment } from '#vault/keys.ts';
import { checkedRandom } from '#vault/random.ts';
import type { Vault } from '#vault/vault.ts';
import { createKeyring } from '#infra/vaultstore/keyring.ts';
import { openKeyringFile } from '#infra/vaultstore/keyring-file.ts';
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
  request,
  sealOne,
  snapshot,
  START,
  TENANT,
  unique,
} from './support.ts';

let place = folder();
let vault: Vault;

beforeEach(async () => {
  place = folder();
  vault = await openVault(place.path);
});
afterEach(async () => {
  await vault.close();
  place.remove();
});

const keyring = (): string => join(place.path, 'keyring', 'keyring.db');

const rows = (file: string, sql: string) => {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};

const wrappedOf = (subject: string): Buffer => {
  const [row] = rows(keyring(), `SELECT wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = 'subject' AND name = x'${subject}'`);
  return Buffer.from((row?.['wrapped'] ?? []) as Uint8Array);
};

/** How often bytes stand in any file of the data folder. */
const occurrences = (needle: Uint8Array): number =>
  [...snapshot(place.path).keys()].filter((name) => readFileSync(join(place.path, name)).includes(Buffer.from(needle))).length;

const erasedAnswer = { kind: 'erased', ...mark(), erasedAt: START };

describe('bytes', () => {
  test('no file holds a sealed text, and after destruction none holds the wrapped secret', async () => {
    const canary = `canary ${unique()}`;
    await sealOne(vault, canary);
    const wrapped = wrappedOf(NOUR);
    expect(wrapped).toHaveLength(105);
    expect(occurrences(wrapped)).toBeGreaterThan(0);
    expect(occurrences(Buffer.from(canary))).toBe(0);
    await vault.fence(TENANT, NOUR, mark());
    await vault.destroy(TENANT, NOUR, START);
    for (let from = 0; from + 24 <= wrapped.length; from += 24) expect(occurrences(wrapped.subarray(from, from + 24))).toBe(0);
  });

  test('removal leaves no reference, envelope or row of the person behind, among many others', async () => {
    const subjects = Array.from({ length: 12 }, () => id<'subject'>(unique()));
    for (let round = 0; round < 20; round += 1) {
      await Promise.all(subjects.map((subject) => sealOne(vault, 'x'.repeat(20 * round), { subject, event: id(unique()) })));
    }
    const [first = NOUR, second = OMAR] = subjects;
    for (const subject of [first, second]) {
      const stored = rows(join(place.path, 'payloads.db'), `SELECT ref, envelope FROM payloads WHERE subject = x'${subject}'`);
      expect(stored).toHaveLength(20);
      await erase(vault, subject);
      for (const row of stored) {
        expect(occurrences(row['ref'] as Uint8Array)).toBe(0);
        expect(occurrences((row['envelope'] as Uint8Array).subarray(33, 57))).toBe(0);
      }
      expect(await vault.scan(TENANT, subject)).toMatchObject({ hits: 0 });
    }
    expect(await vault.preview(TENANT, subjects[2] ?? NOUR)).toMatchObject({ message: 20 });
  });

  test('the scan finds a row, a media file and a wrapped secret that came back', async () => {
    await sealOne(vault, 'x');
    await sealOne(vault, new Uint8Array(10), { class: 'media' });
    const wrapped = wrappedOf(NOUR);
    await vault.fence(TENANT, NOUR, mark());
    await expect(vault.remove(TENANT, NOUR)).rejects.toMatchObject({ code: 'VAULT_NOT_DESTROYED' });
    expect(await vault.preview(TENANT, NOUR)).toMatchObject({ message: 1, media: 1 });
    await vault.destroy(TENANT, NOUR, START);
    expect((await vault.scan(TENANT, NOUR)).hits).toBeGreaterThanOrEqual(3);
    await vault.remove(TENANT, NOUR);
    expect((await vault.scan(TENANT, NOUR)).hits).toBe(0);
    const stranger = new DatabaseSync(join(place.path, 'identity.db'));
    stranger.exec('CREATE TABLE copy(bytes BLOB)');
    stranger.prepare('INSERT INTO copy VALUES (?)').run(wrapped);
    expect((await vault.scan(TENANT, NOUR)).hits).toBeGreaterThan(0);
    stranger.close();
  });
});

describe('destruction', () => {
  test('is not claimed while a reader still holds the old pages', async () => {
    await sealOne(vault, 'x');
    await vault.fence(TENANT, NOUR, mark());
    const reader = new DatabaseSync(keyring(), { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').get();
    await expect(vault.destroy(TENANT, NOUR, START)).rejects.toMatchObject({ code: 'VAULT_NOT_DESTROYED' });
    reader.exec('COMMIT');
    reader.close();
    await expect(vault.destroy(TENANT, NOUR, START)).resolves.toMatchObject({ destroyedAt: START });
  }, 15_000);

  test('of a person who never had a key leaves a record that refuses one', async () => {
    await vault.fence(TENANT, NOUR, mark());
    await vault.destroy(TENANT, NOUR, START);
    expect(await vault.seal([request('late')])).toEqual({ kind: 'fenced', subject: NOUR });
    expect(wrappedOf(NOUR)).toEqual(Buffer.alloc(105));
  });

  test('holds although the fence was lost with an older payload file', async () => {
    await sealOne(vault, 'x');
    await vault.fence(TENANT, NOUR, mark());
    await vault.destroy(TENANT, NOUR, START);
    const database = new DatabaseSync(join(place.path, 'payloads.db'));
    database.exec('DELETE FROM fences');
    database.close();
    expect(await vault.seal([request('late')])).toEqual({ kind: 'fenced', subject: NOUR });
  });

  test('refuses the return of the secret under any name, by code and by the file itself', async () => {
    const random = checkedRandom((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
    const { now } = fixedClock();
    const source = { kind: 'bytes', key: KEY } as const;
    const keys = createKeyring(await openKeyringFile({ file: keyring(), source, random, now, othersExist: true }), random, now);
    await sealOne(vault, 'x');
    const found = keys.find({ kind: 'subject', tenant: TENANT, name: NOUR });
    if (found.kind !== 'active') throw new Error('expected a key');
    const [secret, again] = [found.secret.slice(), found.secret.slice()];
    await vault.fence(TENANT, NOUR, mark());
    await vault.destroy(TENANT, NOUR, START);
    const provision = (): void => {
      keys.database.transact(() => {
        keys.provision({ kind: 'subject', tenant: TENANT, name: OMAR }, secret);
      });
    };
    expect(provision).toThrow(expect.objectContaining({ code: 'VAULT_KEY_DESTROYED' }));
    keys.close();
    const raw = new DatabaseSync(keyring());
    const commitment = Buffer.from(keyCommitment(again)).toString('hex');
    for (const sql of [
      `INSERT INTO keys(id, kind, tenant, name, key_id, wrapper, shares, commitment, created_at) VALUES (1, 'subject', x'00', x'00', x'00', x'00', 1, x'${commitment}', '')`,
      `UPDATE keys SET destroyed_at = NULL WHERE destroyed_at IS NOT NULL`,
      `DELETE FROM keys WHERE destroyed_at IS NOT NULL`,
      `UPDATE secrets SET wrapped = randomblob(105) WHERE id IN (SELECT id FROM keys WHERE destroyed_at IS NOT NULL)`,
    ]) {
      expect(() => {
        raw.exec(sql);
      }).toThrow(/destroyed/);
    }
    raw.close();
  });

  test('in one process ends cached keys in another', async () => {
    const sealed = await sealOne(vault, 'secret');
    const other = await openVault(place.path);
    expect(await other.open([sealed])).toEqual([{ kind: 'value', value: 'secret' }]);
    await erase(vault);
    expect(await other.open([sealed])).toEqual([erasedAnswer]);
    expect(await other.seal([request('late')])).toEqual({ kind: 'fenced', subject: NOUR });
    await other.close();
  });
});

describe('against what is in flight', () => {
  test('every seal that was in flight is either stored and removed, or fenced; none stays', async () => {
    const sealing = Array.from({ length: 60 }, (_, index) => {
      const value = index % 10 === 0 ? new Uint8Array(70_000) : `late ${String(index)}`;
      return vault.seal([request(value, index % 10 === 0 ? { class: 'media' } : {})]);
    });
    const fencing = vault.fence(TENANT, NOUR, mark());
    const results = await Promise.all([...sealing, ...Array.from({ length: 10 }, () => vault.seal([request('later')]))]);
    await fencing;
    expect(new Set(results.map((one) => one.kind))).toContain('fenced');
    await vault.destroy(TENANT, NOUR, START);
    await vault.remove(TENANT, NOUR);
    expect(await vault.scan(TENANT, NOUR)).toMatchObject({ hits: 0 });
    expect(Object.values(await vault.preview(TENANT, NOUR)).every((count) => count === 0)).toBe(true);
    expect([...snapshot(place.path).keys()].filter((name) => name.includes(NOUR))).toEqual([]);
  });

  test('whatever steps run, however often, in whatever lawful order: the answers stay true', async () => {
    const step = fc.constantFrom('seal', 'fence', 'destroy', 'remove', 'restart');
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 3, maxLength: 10 }), async (steps) => {
        const own = folder();
        let mine = await openVault(own.path);
        const first = await sealOne(mine, 'first');
        let [fenced, destroyed] = [false, false];
        for (const one of steps) {
          if (one === 'seal') expect((await mine.seal([request('more')])).kind).toBe(fenced ? 'fenced' : 'sealed');
          if (one === 'fence') await mine.fence(TENANT, NOUR, mark());
          if (one === 'destroy' && fenced) await mine.destroy(TENANT, NOUR, START);
          if (one === 'remove' && destroyed) await mine.remove(TENANT, NOUR);
          if (one === 'restart') {
            await mine.close();
            mine = await openVault(own.path);
          }
          destroyed ||= one === 'destroy' && fenced;
          fenced ||= one === 'fence';
          expect(await mine.open([first])).toEqual([destroyed ? erasedAnswer : { kind: 'value', value: 'first' }]);
        }
        await mine.close();
        own.remove();
      }),
      { numRuns: 15 },
    );
  }, 60_000);
});
