/**
 * The heap of a thread that projects. It holds a batch and what the batch loads, about 60 MiB; without a bound V8 lets garbage stand: two
 * threads took 600 MiB for a rebuild of 150,000 events, and 300 with it at the same speed.
 */
export const PROJECTING_HEAP = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 } as const;
