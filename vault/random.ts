import { VaultFault } from './fault.ts';

/** @returns `bytes` bytes from a source fit for keys. */
export type RandomBytes = (bytes: number) => Uint8Array;

const POOL_BYTES = 4_096;
const PROBE_BYTES = 32;

/**
 * Draws from `source` in pools and refuses a source that is stuck (SPEC.md §9): a pool that begins like the one before, or whose first
 * two blocks of 32 bytes are equal, has probability 2^-256. Nothing is sealed with a nonce or a key from such a source.
 */
export const checkedRandom = (source: RandomBytes): RandomBytes => {
  let pool = new Uint8Array(0);
  let last = new Uint8Array(0);
  let at = 0;
  const refill = (): void => {
    const next = source(POOL_BYTES);
    const probe = next.slice(0, PROBE_BYTES);
    if (next.length !== POOL_BYTES || same(probe, last) || same(probe, next.subarray(PROBE_BYTES, 2 * PROBE_BYTES))) {
      throw new VaultFault('VAULT_RANDOM_STUCK', 'expected fresh random bytes, got a source that repeats itself: nothing was sealed');
    }
    last = probe;
    pool = new Uint8Array(next);
    at = 0;
  };
  return (bytes) => {
    if (bytes > POOL_BYTES) throw new RangeError(`expected at most ${String(POOL_BYTES)} bytes at once`);
    if (at + bytes > pool.length) refill();
    const drawn = pool.slice(at, at + bytes);
    pool.fill(0, at, at + bytes);
    at += bytes;
    return drawn;
  };
};

const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, index) => byte === b[index]);
