import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { SubjectId } from '#domain/ids.ts';
import type { Hold } from '#vault/retention.ts';
import type { Vault } from '#vault/vault.ts';
import { openKeys } from '#infra/vaultstore/open-keys.ts';
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
  START,
  TENANT,
  time,
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

const OCTOBER = { class: 'message', period: '2026-10' } as const;
const APPROVER = id<'account'>('approver');
const hold = (matter: string, subjects: readonly SubjectId[]): Hold => ({
  matter: id<'matter'>(matter),
  approver: APPROVER,
  expiresAt: time('2027-11-24T00:00:00.000Z'),
  subjects,
});
const value = (text: string) => ({ kind: 'value', value: text });
const EXPIRED = { kind: 'unavailable', reason: 'period-expired' };
const answer = async (sealed: SealedHandle, by: Vault = vault): Promise<unknown> => (await by.open([sealed]))[0];

const keyring = (): string => join(place.path, 'keyring', 'keyring.db');
const rows = (sql: string) => {
  const database = new DatabaseSync(keyring(), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};
const wrappedOf = (kind: string): readonly Buffer[] =>
  rows(`SELECT s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = '${kind}' AND destroyed_at IS NULL`).map((row) =>
    Buffer.from(row['wrapped'] as Uint8Array),
  );
const stands = (needle: Uint8Array): boolean =>
  [keyring(), `${keyring()}-wal`].some((path) => existsSync(path) && readFileSync(path).includes(Buffer.from(needle)));

describe('the end of a period', () => {
  test('makes exactly its values unreadable, in every process and after a restart, and is verified in the bytes', async () => {
    const gone = await sealOne(vault, 'october', { period: '2026-10' });
    const kept = [
      await sealOne(vault, 'november', { period: '2026-11' }),
      await sealOne(vault, 'note', { class: 'note', period: '2026-10' }),
      await sealOne(vault, 'profile', { class: 'profile' }),
      await sealOne(vault, 'elsewhere', { tenant: OTHER_TENANT, period: '2026-10' }),
    ];
    const image = await sealOne(vault, new Uint8Array(100), { class: 'media', period: '2026-10' });
    const other = await openVault(place.path);
    expect(await answer(gone, other)).toEqual(value('october'));
    const before = wrappedOf('bucket');
    expect(await vault.expirePeriod(TENANT, OCTOBER, START)).toEqual({ expiredAt: START, kept: 0 });
    const [ended] = before.filter((wrapped) => !wrappedOf('bucket').some((now) => now.equals(wrapped)));
    expect(ended === undefined ? true : stands(ended.subarray(1, 33)) || stands(ended.subarray(33, 57))).toBe(false);
    for (const one of [vault, other]) {
      expect(await answer(gone, one)).toEqual(EXPIRED);
      expect(await one.open(kept)).toEqual(['november', 'note', 'profile', 'elsewhere'].map(value));
      expect(await one.openBytes(image)).toMatchObject({ kind: 'value' });
    }
    await other.close();
    await vault.close();
    vault = await openVault(place.path);
    expect(await answer(gone)).toEqual(EXPIRED);
    await expect(vault.seal([request('late', { period: '2026-10' })])).rejects.toMatchObject({ code: 'VAULT_KEY_DESTROYED' });
    expect(await vault.expirePeriod(TENANT, OCTOBER, time('2026-12-01T00:00:00.000Z'))).toEqual({ expiredAt: START, kept: 0 });
  });

  test('of which nothing was sealed is over, too', async () => {
    await vault.expirePeriod(TENANT, OCTOBER, START);
    await expect(vault.seal([request('late', { period: '2026-10' })])).rejects.toMatchObject({ code: 'VAULT_KEY_DESTROYED' });
  });

  test.each([
    { class: 'profile', period: 'static' },
    { class: 'message', period: 'static' },
    { class: 'message', period: '2026-10-01' },
    { class: 'audit', period: '2026-10' },
  ] as const)('is refused for what has no such period: $class $period', async (bucket) => {
    await expect(vault.expirePeriod(TENANT, bucket, START)).rejects.toMatchObject({ code: 'VAULT_BAD_INPUT' });
  });

  test('is not claimed while a reader holds the old pages, and comes to its end when called again', async () => {
    const sealed = await sealOne(vault, 'october', { period: '2026-10' });
    await vault.putHold(TENANT, hold('case', [OMAR]));
    await sealOne(vault, 'held', { period: '2026-10', subject: OMAR });
    const reader = new DatabaseSync(keyring(), { readOnly: true });
    reader.exec('BEGIN');
    reader.prepare('SELECT count(*) FROM keys').get();
    await expect(vault.expirePeriod(TENANT, OCTOBER, START)).rejects.toMatchObject({ code: 'VAULT_NOT_DESTROYED' });
    reader.close();
    expect(await vault.expirePeriod(TENANT, OCTOBER, START)).toEqual({ expiredAt: START, kept: 1 });
    expect(await answer(sealed)).toEqual(EXPIRED);
  }, 15_000);
});

describe('a legal hold', () => {
  test('keeps what its people had in a period that ends; release destroys that with its key', async () => {
    const held = await sealOne(vault, 'held', { period: '2026-10' });
    const free = await sealOne(vault, 'free', { period: '2026-10', subject: OMAR });
    expect(await vault.putHold(TENANT, hold('case', [NOUR]))).toEqual({ kind: 'held' });
    expect(await vault.expirePeriod(TENANT, OCTOBER, START)).toEqual({ expiredAt: START, kept: 1 });
    expect([await answer(held), await answer(free)]).toEqual([value('held'), EXPIRED]);
    await expect(vault.seal([request('late', { period: '2026-10' })])).rejects.toMatchObject({ code: 'VAULT_KEY_DESTROYED' });
    const wrapped = [...wrappedOf('hold'), ...wrappedOf('held')];
    expect(wrapped).toHaveLength(2);
    expect(await vault.releaseHold(TENANT, hold('case', []).matter, START)).toBe(1);
    expect(await answer(held)).toEqual(EXPIRED);
    for (const one of wrapped) expect(stands(one.subarray(1, 33)) || stands(one.subarray(33, 57))).toBe(false);
    expect(await vault.releaseHold(TENANT, hold('case', []).matter, START)).toBe(1);
    expect(await vault.releaseHold(TENANT, hold('unknown', []).matter, START)).toBeNull();
    expect(await vault.putHold(TENANT, hold('case', [NOUR]))).toEqual({ kind: 'released', releasedAt: START });
  });

  test('says whom it names, for which matter, by whom and until when; a second call adds people', async () => {
    await vault.putHold(TENANT, hold('case', [NOUR]));
    await vault.putHold(TENANT, hold('case', [OMAR]));
    await vault.putHold(TENANT, hold('other case', [NOUR]));
    const found = await vault.holdsOf(TENANT, NOUR);
    expect(found.map(({ matter }) => matter).sort()).toEqual([hold('case', []).matter, hold('other case', []).matter].sort());
    const of = found.find(({ matter }) => matter === hold('case', []).matter);
    expect(of).toEqual({ ...hold('case', [NOUR, OMAR].sort()), putAt: START });
    expect(await vault.holdsOf(OTHER_TENANT, NOUR)).toEqual([]);
  });

  test('stands against an erasure: the key is not destroyed until the hold is released; one that began first wins', async () => {
    const sealed = await sealOne(vault, 'held');
    await vault.putHold(TENANT, hold('case', [NOUR]));
    await vault.fence(TENANT, NOUR, mark());
    await expect(vault.destroy(TENANT, NOUR, START)).rejects.toMatchObject({ code: 'VAULT_HELD' });
    expect(await answer(sealed)).toEqual(value('held'));
    await vault.releaseHold(TENANT, hold('case', []).matter, START);
    await erase(vault);
    expect(await answer(sealed)).toMatchObject({ kind: 'erased' });
    expect(await vault.putHold(TENANT, hold('next case', [OMAR, NOUR]))).toEqual({ kind: 'erased', subject: NOUR });
    expect(await vault.holdsOf(TENANT, OMAR)).toEqual([]);
  });

  test('survives a rotation of the tenant key', async () => {
    const held = await sealOne(vault, 'held', { period: '2026-10' });
    await vault.putHold(TENANT, hold('case', [NOUR]));
    await vault.expirePeriod(TENANT, OCTOBER, START);
    const keys = await openKeys({ dataDir: place.path, rootKey: { kind: 'bytes', key: KEY }, clock: fixedClock(), holder: null });
    await keys.rotateTenant(TENANT);
    keys.close();
    expect(await answer(held)).toEqual(value('held'));
  });

  test('does not let a period end when what it must keep cannot be unwrapped', async () => {
    const held = await sealOne(vault, 'held', { period: '2026-10' });
    const free = await sealOne(vault, 'free', { period: '2026-10', subject: OMAR });
    await vault.putHold(TENANT, hold('case', [NOUR]));
    await vault.close();
    const database = new DatabaseSync(keyring());
    database.exec(
      `UPDATE secrets SET wrapped = randomblob(105) WHERE id = (SELECT id FROM keys WHERE kind = 'subject' AND name = x'${NOUR}')`,
    );
    database.close();
    vault = await openVault(place.path);
    await expect(vault.expirePeriod(TENANT, OCTOBER, START)).rejects.toMatchObject({ code: 'VAULT_KEY_DAMAGED' });
    expect([await answer(held), await answer(free)]).toEqual([{ kind: 'unavailable', reason: 'key-locked' }, value('free')]);
  });
});
