import fc from 'fast-check';
import { createHash, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { checkedRandom, type RandomBytes } from '#vault/random.ts';
import { hex } from './support.ts';

const POOL = 4_096;
const stuck = expect.objectContaining({
  code: 'VAULT_RANDOM_STUCK',
  message: 'expected fresh random bytes, got a source that repeats itself: nothing was sealed',
});

/** The stream SHA-256(0), SHA-256(1), …: a good source that is the same in every run. */
const good = (seed = ''): RandomBytes => {
  let block = 0;
  return (length) =>
    Buffer.concat(
      Array.from({ length: Math.ceil(length / 32) }, () =>
        createHash('sha256')
          .update(`${seed}${String(block++)}`)
          .digest(),
      ),
    ).subarray(0, length);
};
/** The first pools are good, from then on it is `bad`. */
const turning = (pools: number, bad: RandomBytes, first = good()): RandomBytes => {
  let drawn = 0;
  return (length) => (drawn++ < pools ? first(length) : bad(length));
};
const periodic = (period: number): RandomBytes => {
  const pattern = good()(period);
  let at = 0;
  return (length) => new Uint8Array(length).map(() => pattern[at++ % period] ?? 0);
};

const BAD: readonly (readonly [string, () => RandomBytes])[] = [
  ['one byte', () => (length) => new Uint8Array(length).fill(9)],
  ['zeros', () => (length) => new Uint8Array(length)],
  ['a counter of bytes', () => (length) => new Uint8Array(length).map((_, at) => at)],
  ['a counter of four bytes', () => (length) => Buffer.from(Uint32Array.from({ length: length / 4 }, (_, at) => at).buffer)],
  ['hexadecimal digits', () => (length) => Buffer.from(hex(good()(length / 2)))],
  ['the clock', () => (length) => Buffer.from('2026-11-24T09:30:00.000Z'.repeat(200)).subarray(0, length)],
  ['a period of 24 bytes', () => periodic(24)],
  ['a period of 1,000 bytes', () => periodic(1_000)],
  ['a period of 4,064 bytes', () => periodic(POOL - 32)],
  ['a period of 5,000 bytes, from its second round', () => periodic(5_000)],
  ['nothing', () => () => new Uint8Array(0)],
  [
    'a second half that is the end of the first, over and over',
    () => (length) => {
      const first = good()(length / 2);
      return Buffer.concat([first, ...Array.from({ length: length / 64 }, () => first.subarray(-32))]);
    },
  ],
];

const drawAll = (random: RandomBytes, bytes: number): void => {
  for (let drawn = 0; drawn < bytes; drawn += 24) random(24);
};

describe('a source that repeats itself is refused', () => {
  test.each(BAD)('%s: at the start, or as soon as it shows', (name, bad) => {
    expect(() => {
      drawAll(checkedRandom(bad()), name.includes('second round') ? 700 * POOL : 4 * POOL);
    }).toThrow(stuck);
  });

  test.each(BAD.slice(0, 7))('%s: when it becomes so later', (_name, bad) => {
    const random = checkedRandom(turning(3, bad()));
    drawAll(random, 3 * 4_080);
    expect(() => random(24)).toThrow(stuck);
  });

  const changed = (change: (pool: Buffer) => Uint8Array): RandomBytes => {
    const source = good();
    return (length) => change(Buffer.from(source(length)));
  };
  test.each<readonly [string, (pool: Buffer) => Uint8Array]>([
    ['its first 32 bytes once more', (pool) => Buffer.concat([pool.subarray(0, 1_000), pool.subarray(0, 32), pool.subarray(1_032)])],
    ['its last 32 bytes once before', (pool) => Buffer.concat([pool.subarray(0, 1_000), pool.subarray(-32), pool.subarray(1_032)])],
    ['a byte too few', (pool) => pool.subarray(1)],
    ['a byte too many', (pool) => Buffer.concat([pool, Buffer.of(1)])],
  ])('a pool with %s, at once', (_name, change) => {
    expect(() => checkedRandom(changed(change))).toThrow(stuck);
    expect(() => checkedRandom(changed((pool) => pool))).not.toThrow();
  });

  test('one pool over and over', () => {
    const pool = good()(POOL);
    const random = checkedRandom(() => pool);
    drawAll(random, 4_080);
    expect(() => random(24)).toThrow(stuck);
  });

  test('a cycle of up to 1,024 pools; a longer one is beyond what is remembered', () => {
    const cycle = (pools: number): RandomBytes => {
      const made = Array.from({ length: pools }, () => randomBytes(POOL));
      let at = 0;
      return () => made[at++ % pools] ?? new Uint8Array(0);
    };
    const rounds = (pools: number, draws: number) => (): void => {
      const random = checkedRandom(cycle(pools));
      for (let drawn = 0; drawn < draws; drawn += 1) random(POOL);
    };
    expect(rounds(1_024, 1_024)).not.toThrow();
    expect(rounds(1_024, 1_030)).toThrow(stuck);
    expect(rounds(1_025, 1_030)).not.toThrow();
  });

  test('for good: a source that recovers is not believed', () => {
    const source = good('later');
    let bad = false;
    let asked = 0;
    const random = checkedRandom((length) => {
      asked += 1;
      return bad ? new Uint8Array(length) : source(length);
    });
    random(POOL);
    bad = true;
    expect(() => random(1)).toThrow(stuck);
    bad = false;
    expect(() => random(1)).toThrow(stuck);
    expect(() => random(0)).toThrow(stuck);
    expect(asked).toBe(2);
  });

  test('a byte may occur seventy times in a pool, and not once more', () => {
    const withMany = (count: number): RandomBytes => {
      const pool = Buffer.from(good()(POOL)).map((byte) => (byte === 7 ? 8 : byte));
      for (let at = 0; at < count; at += 1) pool[100 + 3 * at] = 7;
      return () => pool;
    };
    expect(() => checkedRandom(withMany(70))).not.toThrow();
    expect(() => checkedRandom(withMany(71))).toThrow(stuck);
  });
});

describe('a good source', () => {
  test('is never refused', () => {
    expect(() => {
      drawAll(checkedRandom(randomBytes), 400 * POOL);
    }).not.toThrow();
  });

  test('gives its bytes in order, each once, and they are the caller’s own', () => {
    const pools = [good()(POOL), good()(2 * POOL).subarray(POOL)];
    const random = checkedRandom(good());
    const [first, second] = [random(24), random(4_072)];
    expect(hex(Buffer.concat([first, second]))).toBe(hex(pools[0] ?? new Uint8Array(0)));
    first.fill(0);
    expect(hex(random(16))).toBe(hex((pools[1] ?? new Uint8Array(0)).subarray(0, 16)));
  });

  test('has the rest of a pool left out rather than split over two', () => {
    const random = checkedRandom(good());
    random(4_090);
    expect(hex(random(24))).toBe(hex(good()(2 * POOL).subarray(POOL, POOL + 24)));
  });

  test('keeps its own bytes: what is drawn is a copy, and is forgotten here', () => {
    const source = new Uint8Array(good()(POOL));
    const random = checkedRandom(() => source);
    random(POOL).fill(0);
    expect(hex(source)).toBe(hex(good()(POOL)));
  });

  test('gives at most a pool at once', () => {
    const random = checkedRandom(good());
    expect(random(POOL).length).toBe(POOL);
    expect(() => random(POOL + 1)).toThrow(new RangeError('expected at most 4096 bytes at once, got 4097'));
  });

  test('gives as many bytes as asked for, whatever the order of asking', () => {
    const random = checkedRandom(randomBytes);
    fc.assert(
      fc.property(fc.nat(POOL), (length) => {
        expect(random(length).length).toBe(length);
      }),
    );
  });
});
