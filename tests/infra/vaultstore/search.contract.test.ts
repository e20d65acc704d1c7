import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { SubjectId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { MAX_FOUND } from '#infra/vaultstore/search.ts';
import type { SearchEntry, SearchField, Vault } from '#vault/vault.ts';
import { erase, folder, id, mark, NOUR, OMAR, openVault, OTHER_TENANT, START, TENANT } from './support.ts';

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

const entry = (subject: SubjectId, field: SearchField, value: string, tenant = TENANT): SearchEntry => ({
  tenant,
  subject,
  field,
  value: plain(value),
});
const index = async (...entries: readonly SearchEntry[]): Promise<void> => {
  const from = await vault.indexedUpTo();
  expect(await vault.index(entries, from, from + 1n)).toBe(true);
};
const NAMES: readonly SearchField[] = ['name', 'username'];
const find = async (value: string, fields = NAMES, tenant = TENANT) =>
  (await vault.search(tenant, [{ fields, value: plain(value) }])).subjects;
const newer = [NOUR, OMAR].sort().reverse();

describe('the search index', () => {
  test('finds people by whole words of their name, however they are written and in any order', async () => {
    await index(entry(NOUR, 'name', 'نادية  الكامل'), entry(OMAR, 'name', 'Omar KAMEL'), entry(OMAR, 'username', 'omar.the.baker'));
    expect(await find('كامل ناديه')).toEqual([NOUR]);
    expect(await find('kamel')).toEqual([OMAR]);
    expect(await find('baker Kamel')).toEqual([OMAR]);
    expect(await find('kam')).toEqual([]);
    expect(await find('omar كامل')).toEqual([]);
    expect(await find('✨')).toEqual([]);
  });

  test('finds people by whole identifiers, each in its own field', async () => {
    await index(entry(NOUR, 'phone', '+20 100 123 4567'), entry(NOUR, 'email', 'Nour@Example.com'), entry(NOUR, 'bsuid', 'EG.1a2b'));
    expect(await find('٢٠١٠٠١٢٣٤٥٦٧', ['phone'])).toEqual([NOUR]);
    expect(await find('nour@example.com', ['email'])).toEqual([NOUR]);
    expect(await find('EG.1a2b', ['bsuid'])).toEqual([NOUR]);
    expect(await find('eg.1a2b', ['bsuid'])).toEqual([]);
    expect(await find('4567', ['phone'])).toEqual([]);
    expect(await find('201001234567', ['bsuid', 'email'])).toEqual([]);
  });

  test('several terms find whoever meets one of them, newest first', async () => {
    await index(entry(NOUR, 'phone', '201'), entry(OMAR, 'phone', '971'));
    const terms = ['201', '971', '44'].map((value) => ({ fields: ['phone'] as const, value: plain(value) }));
    expect(await vault.search(TENANT, terms)).toEqual({ subjects: newer, more: false });
  });

  test('a new value takes the place of the old one, field by field', async () => {
    await index(entry(NOUR, 'name', 'Nour Adel'), entry(NOUR, 'phone', '201'));
    await index(entry(NOUR, 'name', 'Nour Hassan'));
    expect([await find('adel'), await find('hassan nour'), await find('201', ['phone'])]).toEqual([[], [NOUR], [NOUR]]);
    await index(entry(NOUR, 'name', 'Adel'), entry(NOUR, 'name', '🌸'));
    expect([await find('nour'), await find('adel')]).toEqual([[], []]);
  });

  test('organisations do not find each other’s people, and share no tag', async () => {
    await index(entry(NOUR, 'name', 'Nour'), entry(OMAR, 'name', 'Nour', OTHER_TENANT));
    expect(await find('nour')).toEqual([NOUR]);
    expect(await find('nour', NAMES, OTHER_TENANT)).toEqual([OMAR]);
  });

  test('says that there are more when it finds more than it tells, and takes further words', async () => {
    const people = Array.from({ length: MAX_FOUND + 10 }, (_, n) => id<'subject'>(`person ${String(n)}`));
    await index(...people.map((subject, n) => entry(subject, 'name', `Mohamed Number${String(n)}`)));
    const all = await vault.search(TENANT, [{ fields: NAMES, value: plain('mohamed') }]);
    expect(all.more).toBe(true);
    expect(all.subjects).toEqual([...people].sort().reverse().slice(0, MAX_FOUND));
    expect(await find('mohamed number7')).toEqual([people[7]]);
  });

  test('moves only from where it stands, so that of two processes one does not undo the other', async () => {
    const other = await openVault(place.path);
    expect(await vault.index([entry(NOUR, 'name', 'Nour')], 0n, 10n)).toBe(true);
    expect(await other.index([entry(NOUR, 'name', 'Old')], 0n, 5n)).toBe(false);
    expect([await other.indexedUpTo(), await find('old'), await find('nour')]).toEqual([10n, [], [NOUR]]);
    await other.close();
  });

  test('stands where it stood after a restart, and starts anew when words are formed by other rules', async () => {
    await vault.index([entry(NOUR, 'name', 'Nour Adel')], 0n, 10n);
    await vault.close();
    vault = await openVault(place.path);
    expect([await vault.indexedUpTo(), await find('adel')]).toEqual([10n, [NOUR]]);
    const file = new DatabaseSync(join(place.path, 'identity.db'));
    file.exec('UPDATE indexer SET forms = forms - 1');
    file.close();
    expect(await vault.indexedUpTo()).toBe(0n);
    expect(await vault.index([entry(NOUR, 'name', 'Nour Adel')], 10n, 11n)).toBe(false);
    expect(await vault.index([entry(NOUR, 'name', 'Nour Adel')], 0n, 11n)).toBe(true);
    expect(await find('adel')).toEqual([NOUR]);
  });

  test('the fence hides a person at once, and nothing of them is indexed after it', async () => {
    await index(entry(NOUR, 'name', 'Nour Adel'));
    await vault.fence(TENANT, NOUR, mark());
    expect(await find('adel')).toEqual([]);
    await index(entry(NOUR, 'name', 'Nour Hassan'), entry(OMAR, 'name', 'Omar Hassan'));
    expect(await find('hassan')).toEqual([OMAR]);
    await vault.destroy(TENANT, NOUR, START);
    expect((await vault.remove(TENANT, NOUR)).identityRows).toBe(2);
    await index(entry(NOUR, 'name', 'Nour Adel'));
    expect(await find('adel')).toEqual([]);
  });

  test('a removed person’s tags are in no byte of the file, a namesake’s stay', async () => {
    await index(entry(NOUR, 'name', 'Nour Adel'), entry(OMAR, 'name', 'Nour Adel'));
    const tagsOf = (subject: SubjectId): readonly Buffer[] => {
      const file = new DatabaseSync(join(place.path, 'identity.db'));
      const rows = file.prepare('SELECT tag, owner FROM words WHERE subject = ?').all(Buffer.from(subject, 'hex'));
      file.close();
      return rows.map(({ tag, owner }) => {
        const six = Buffer.alloc(6);
        six.writeUIntBE(Number(owner), 0, 6);
        return Buffer.concat([tag as Uint8Array, six]);
      });
    };
    const [gone, kept] = [tagsOf(NOUR), tagsOf(OMAR)];
    expect([gone.length, kept.length]).toEqual([2, 2]);
    const bytes = () => Buffer.concat(['', '-wal'].map((end) => readFileSync(join(place.path, `identity.db${end}`))));
    expect(gone.every((needle) => bytes().includes(needle))).toBe(true);
    await erase(vault, NOUR);
    expect(gone.some((needle) => bytes().includes(needle))).toBe(false);
    expect(kept.every((needle) => bytes().includes(needle))).toBe(true);
    expect(await find('adel')).toEqual([OMAR]);
  });

  test('does not show how many share a word: namesakes are spread over drawers', async () => {
    const people = Array.from({ length: 400 }, (_, n) => id<'subject'>(`person ${String(n)}`));
    await index(...people.map((subject) => entry(subject, 'name', 'Mohamed')));
    const file = new DatabaseSync(join(place.path, 'identity.db'));
    const most = Number(file.prepare('SELECT max(n) AS most FROM (SELECT count(*) AS n FROM words GROUP BY tag)').get()?.['most']);
    file.close();
    expect(most).toBeLessThan(12);
    expect((await vault.search(TENANT, [{ fields: NAMES, value: plain('محمد mohamed') }])).subjects).toEqual([]);
    expect(await find('mohamed')).toHaveLength(MAX_FOUND);
  });
});
