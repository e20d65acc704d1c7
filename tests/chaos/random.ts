import { seeded } from '#tests/support/seeded.ts';

export type Random = {
  /** From 0 to 1. */
  readonly next: () => number;
  /** A whole number from `least` to `most`. */
  readonly between: (least: number, most: number) => number;
  readonly chance: (share: number) => boolean;
  readonly pick: <T>(items: readonly T[]) => T;
};

/**
 * One stream of random decisions, named by who takes them: each has its own, so that a process that answers a little later shifts its own
 * decisions in time and nobody else's.
 */
export const randomOf = (seed: number, name: string): Random => {
  const next = seeded(hash(`${String(seed)} ${name}`));
  const between = (least: number, most: number): number => least + Math.floor(next() * (most - least + 1));
  return {
    next,
    between,
    chance: (share) => next() < share,
    pick: (items) => {
      const item = items[between(0, items.length - 1)];
      if (item === undefined) throw new Error('expected something to pick from');
      return item;
    },
  };
};

/** FNV-1a. */
const hash = (text: string): number => {
  let value = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) value = Math.imul(value ^ byte, 0x01000193) >>> 0;
  return value;
};

/** Somewhere to begin, then one after the other: whoever finds a process gone asks the next, as behind a load balancer. */
export const inTurn = <T>(items: readonly T[], random: Random): ((attempt: number) => T) => {
  const first = random.between(0, items.length - 1);
  return (attempt) => {
    const item = items[(first + attempt) % items.length];
    if (item === undefined) throw new Error('expected something to take in turn');
    return item;
  };
};
