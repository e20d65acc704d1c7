/** Random numbers from a seed (mulberry32), so that a run that failed can be played again. */
export const seeded = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/** From `VITEST_SEED` to replay, else a new one. */
export const newSeed = (): number => Number(process.env['VITEST_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
