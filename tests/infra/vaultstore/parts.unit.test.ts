import fc from 'fast-check';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseId } from '#domain/ids.ts';
import { lp } from '#vault/lp.ts';
import { bucketBytes, MAX_CHUNK_BYTES, pad, unpad } from '#vault/padding.ts';
import { isOver, oldestWeek, weekOf } from '#vault/seen-week.ts';
import { openDatabase } from '#infra/vaultstore/database.ts';
import { createBatcher } from '#infra/vaultstore/batcher.ts';
import { searchFile } from '#infra/vaultstore/files.ts';
import { createKeyCache, KEY_CACHE_GROUPS, KEY_CACHE_KEYS, KEY_CACHE_PER_GROUP, KEY_CACHE_TTL_MS } from '#infra/vaultstore/key-cache.ts';
import { newRef } from '#infra/vaultstore/refs.ts';
import { folder } from './support.ts';

describe('encoding and padding', () => {
  test('two different lists never share an encoding', () => {
    const list = fc.array(fc.string({ maxLength: 6 }), { maxLength: 4 });
    fc.assert(
      fc.property(list, list, (a, b) => {
        expect(Buffer.from(lp(...a)).equals(Buffer.from(lp(...b)))).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('a frame gives back its bytes, and lengths in one bucket look alike', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3_000 }), (bytes) => {
        const frame = pad(bytes);
        expect(frame.length).toBe(bucketBytes(bytes.length));
        expect(Buffer.from(unpad(frame) ?? [1])).toEqual(Buffer.from(bytes));
      }),
    );
    expect(() => pad(new Uint8Array(MAX_CHUNK_BYTES + 1))).toThrow(RangeError);
  });

  test('a frame with another length, bucket or padding is refused', () => {
    const frame = pad(Buffer.from('hello'));
    const wrong = [
      frame.subarray(0, 63),
      Buffer.concat([frame, Buffer.alloc(64)]),
      frame.map((byte, at) => (at === 63 ? 1 : byte)),
      frame.map((byte, at) => (at === 3 ? 4 : byte)),
    ];
    for (const one of wrong) expect(unpad(one)).toBeNull();
  });
});

describe('key cache', () => {
  test('forgets after its time, counted from the first use', () => {
    let nowMs = 0;
    const cache = createKeyCache<number>({ nowMs: () => nowMs });
    cache.set('g', 'k', 1);
    nowMs = KEY_CACHE_TTL_MS - 1;
    expect(cache.get('g', 'k')).toBe(1);
    nowMs = KEY_CACHE_TTL_MS;
    expect(cache.get('g', 'k')).toBeUndefined();
  });

  test('holds a bounded number, the least recently used goes first', () => {
    const cache = createKeyCache<number>();
    for (let index = 0; index <= KEY_CACHE_GROUPS; index += 1) {
      cache.set(String(index), 'k', index);
      cache.get('0', 'k');
    }
    expect(cache.size()).toBe(KEY_CACHE_GROUPS);
    expect(cache.get('0', 'k')).toBe(0);
    expect(cache.get('1', 'k')).toBeUndefined();
  });
});

describe('what leaves the key cache', () => {
  test('is bounded over all groups together, and bytes that leave are overwritten, whichever way they leave', () => {
    let nowMs = 0;
    const dropped: number[] = [];
    const cache = createKeyCache<number>({ nowMs: () => nowMs, onDrop: (value) => dropped.push(value) });
    const groups = Math.ceil(KEY_CACHE_KEYS / KEY_CACHE_PER_GROUP) + 10;
    for (let group = 0; group < groups; group += 1) {
      for (let key = 0; key < KEY_CACHE_PER_GROUP; key += 1) cache.set(String(group), String(key), group);
      expect(cache.keys()).toBeLessThanOrEqual(KEY_CACHE_KEYS);
    }
    expect(cache.keys() + dropped.length).toBe(groups * KEY_CACHE_PER_GROUP);
    const before = dropped.length;
    cache.drop(String(groups - 1));
    expect(dropped.length - before).toBe(KEY_CACHE_PER_GROUP);
    cache.set('late', 'k', -1);
    nowMs = KEY_CACHE_TTL_MS;
    expect(cache.keys()).toBeGreaterThan(0);
    cache.sweep();
    expect([cache.keys(), cache.size(), dropped.at(-1)]).toEqual([0, 0, -1]);
    cache.set('g', 'k', 1);
    cache.clear();
    expect([cache.keys(), cache.size(), dropped.at(-1)]).toEqual([0, 0, 1]);
  });

  test('one group does not outgrow its own bound', () => {
    const cache = createKeyCache<number>();
    for (let key = 0; key < 3 * KEY_CACHE_PER_GROUP; key += 1) {
      cache.set('g', String(key), key);
      expect(cache.keys()).toBeLessThanOrEqual(KEY_CACHE_PER_GROUP);
    }
    expect(cache.get('g', String(3 * KEY_CACHE_PER_GROUP - 1))).toBe(3 * KEY_CACHE_PER_GROUP - 1);
  });
});

describe('databases', () => {
  test('every file syncs each commit, overwrites what it deletes, and writes ahead', () => {
    const place = folder();
    const database = openDatabase(join(place.path, 'a.db'), 1, 'CREATE TABLE t(a TEXT) STRICT');
    const pragma = (name: string): unknown => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
    expect({ synchronous: pragma('synchronous'), secure: pragma('secure_delete'), journal: pragma('journal_mode') }).toEqual({
      synchronous: 2,
      secure: 1,
      journal: 'wal',
    });
    database.close();
    place.remove();
  });

  test('a transaction that throws leaves nothing behind', () => {
    const place = folder();
    const database = openDatabase(join(place.path, 'a.db'), 1, 'CREATE TABLE t(a TEXT) STRICT');
    const fail = (): void => {
      database.transact(() => {
        database.prepare('INSERT INTO t VALUES (?)').run('x');
        throw new Error('no');
      });
    };
    expect(fail).toThrow('no');
    expect(database.prepare('SELECT * FROM t').all()).toEqual([]);
    database.close();
    place.remove();
  });
});

describe('files', () => {
  test('a needle is found once per place, also across two reads', async () => {
    const place = folder();
    const file = join(place.path, 'bytes');
    const needle = Buffer.from('needle in bytes');
    const bytes = Buffer.alloc(3 * 1024 * 1024);
    for (const at of [0, 1024 * 1024 - 5, 2 * 1024 * 1024 - 1, bytes.length - needle.length]) needle.copy(bytes, at);
    writeFileSync(file, bytes);
    expect(await searchFile(file, [needle, Buffer.from('absent')])).toEqual({ bytes: bytes.length, hits: 4 });
    expect(await searchFile(join(place.path, 'none'), [needle])).toEqual({ bytes: 0, hits: 0 });
    place.remove();
  });
});

describe('many needles', () => {
  test('are found in one pass as often as each alone, wherever they stand and however the file is read', async () => {
    const place = folder();
    const file = join(place.path, 'bytes');
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(fc.uint8Array({ minLength: 24, maxLength: 24 }), {
          minLength: 17,
          maxLength: 60,
          selector: (one) => Buffer.from(one).toString('hex'),
        }),
        fc.array(fc.nat({ max: 59 }), { maxLength: 12 }),
        fc.nat({ max: 40 }),
        async (needles, planted, gap) => {
          const parts = [
            Buffer.alloc(1024 * 1024 - 30),
            ...planted.flatMap((at) => [Buffer.from(needles[at % needles.length] ?? []), Buffer.alloc(gap)]),
          ];
          writeFileSync(file, Buffer.concat(parts));
          const each = await Promise.all(needles.map((needle) => searchFile(file, [needle])));
          const expected = each.reduce((sum, { hits }) => sum + hits, 0);
          expect((await searchFile(file, needles)).hits).toBe(expected);
          expect(expected).toBeGreaterThanOrEqual(planted.length);
        },
      ),
      { numRuns: 25 },
    );
    place.remove();
  });

  test('of different lengths are a mistake of the caller', async () => {
    const place = folder();
    writeFileSync(join(place.path, 'bytes'), 'x');
    const needles = Array.from({ length: 20 }, (_, index) => new Uint8Array(10 + (index % 2)));
    await expect(searchFile(join(place.path, 'bytes'), needles)).rejects.toThrow(RangeError);
    place.remove();
  });
});

describe('batches', () => {
  test('what arrives in one turn is flushed together, in order, up to the limit', async () => {
    const flushed: number[][] = [];
    const batcher = createBatcher((items: readonly number[]) => {
      flushed.push([...items]);
      return items.map((value) => ({ kind: 'done' as const, value: value * 2 }));
    }, 3);
    expect(await Promise.all([1, 2, 3, 4].map(batcher.add))).toEqual([2, 4, 6, 8]);
    expect(flushed).toEqual([[1, 2, 3], [4]]);
  });

  test('a flush that throws fails its own members, not those after', async () => {
    let calls = 0;
    const batcher = createBatcher((items: readonly number[]) => {
      calls += 1;
      if (calls === 1) throw new Error('disk full');
      return items.map((value) => ({ kind: 'done' as const, value }));
    }, 10);
    await expect(batcher.add(1)).rejects.toThrow('disk full');
    await expect(batcher.add(2)).resolves.toBe(2);
  });
});

describe('references and weeks', () => {
  test('a reference is an id of version 7 and begins with its time', () => {
    const ref = newRef((bytes) => new Uint8Array(bytes).fill(0xff), 0x0123456789ab);
    expect(parseId(ref)).toBe(ref);
    expect(ref).toBe('0123456789ab7fffbfffffffffffffff');
  });

  test('the oldest living week is alive and the one before is over, at any time', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (nowMs) => {
        expect(isOver(oldestWeek(nowMs), nowMs)).toBe(false);
        expect(isOver(oldestWeek(nowMs) - 1, nowMs)).toBe(true);
        expect(isOver(weekOf(nowMs), nowMs + 8 * 86_400_000 - 1)).toBe(false);
      }),
    );
  });
});
