import type { ErasureDetail } from '#projections/pages.ts';

export type Counts = ErasureDetail['counts'];
export type ClassCount = Readonly<{ code: keyof Counts; count: number }>;

const order = ['message', 'media', 'profile', 'note', 'ai', 'audit', 'credential'] as const satisfies readonly (keyof Counts)[];

export function totalOf(counts: Counts): number {
  return order.reduce((sum, code) => sum + counts[code], 0);
}

/** The classes that hold something, the largest first. */
export function presentClasses(counts: Counts): readonly ClassCount[] {
  return order
    .map((code) => ({ code, count: counts[code] }))
    .filter(({ count }) => count > 0)
    .toSorted((a, b) => b.count - a.count);
}
