import { VaultFault } from './fault.ts';

/** @returns `bytes` bytes from a source fit for keys. */
export type RandomBytes = (bytes: number) => Uint8Array;

const POOL_BYTES = 4_096;
const PROBE_BYTES = 32;

/** How many pools' beginnings are remembered: a source that returns to one of them within 4 MiB is noticed. */
const REMEMBERED_POOLS = 1_024;

/**
 * How often one byte may occur in a pool. Sixteen times is expected; more than seventy has a probability below 2^-66 in a pool of a sound
 * source (Poisson, 256 values). Constants, counters, text and other poor sources exceed it at once. NIST SP 800-90B §4.4.2 has the idea.
 */
const MOST_OF_ONE_BYTE = 70;

/**
 * Draws from `source` in pools, tests each pool before its first byte is used, and refuses a source that repeats itself (SPEC.md §9):
 * nothing is sealed with a nonce or a key from it. Refused once is refused for good: a source that was broken is not trusted again by
 * this process. Throws `VAULT_RANDOM_STUCK`. The first pool is drawn and tested at once.
 */
export const checkedRandom = (source: RandomBytes): RandomBytes => {
  const remembered = new Set<string>();
  let pool = new Uint8Array(0);
  let at = 0;
  let stuck = false;

  const refill = (): void => {
    if (!stuck) {
      const next = source(POOL_BYTES);
      const probe = Buffer.from(next.subarray(0, PROBE_BYTES)).toString('base64');
      stuck = next.length !== POOL_BYTES || remembered.has(probe) || repeatsItself(next);
      remember(remembered, probe);
      pool = new Uint8Array(next);
      at = 0;
    }
    if (stuck)
      throw new VaultFault('VAULT_RANDOM_STUCK', 'expected fresh random bytes, got a source that repeats itself: nothing was sealed');
  };

  refill();
  return (bytes) => {
    if (bytes > POOL_BYTES) throw new RangeError(`expected at most ${String(POOL_BYTES)} bytes at once, got ${String(bytes)}`);
    if (stuck || at + bytes > pool.length) refill();
    const drawn = pool.slice(at, at + bytes);
    pool.fill(0, at, at + bytes);
    at += bytes;
    return drawn;
  };
};

const remember = (pools: Set<string>, probe: string): void => {
  pools.add(probe);
  for (const oldest of pools) {
    if (pools.size <= REMEMBERED_POOLS) return;
    pools.delete(oldest);
  }
};

/** Its first or its last 32 bytes occur in it a second time (chance 2^-243), or one byte occurs too often. */
const repeatsItself = (pool: Uint8Array): boolean => {
  const bytes = Buffer.from(pool.buffer, pool.byteOffset, pool.length);
  if (bytes.indexOf(bytes.subarray(0, PROBE_BYTES), 1) >= 0) return true;
  if (bytes.indexOf(bytes.subarray(-PROBE_BYTES)) < bytes.length - PROBE_BYTES) return true;
  const counts = new Uint16Array(256);
  for (const byte of pool) counts[byte] = (counts[byte] ?? 0) + 1;
  return counts.some((count) => count > MOST_OF_ONE_BYTE);
};
