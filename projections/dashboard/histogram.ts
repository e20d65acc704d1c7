/**
 * Durations counted on a logarithmic scale: sums of such counts are the counts of the sums, so days add up to any period, and a quantile is
 * read from them with a known error. (Medians of medians would have none.)
 */

/** Each bucket is 5 % wider than the one before: fine enough that nobody acts on the difference, coarse enough for some 100 counts a day. */
export const BUCKET_RATIO = 1.05;
/** The largest relative error of a duration that is read back: half a bucket, (ratio − 1) / (ratio + 1), 2.4 %. */
export const RELATIVE_ERROR = (BUCKET_RATIO - 1) / (BUCKET_RATIO + 1);
/** Shorter durations count as this one, in milliseconds: WhatsApp tells times in whole seconds. */
export const SHORTEST_MS = 1_000;

const LOG_RATIO = Math.log(BUCKET_RATIO);

/** Bucket k holds durations above `SHORTEST_MS` × ratio^(k−1) up to `SHORTEST_MS` × ratio^k. */
export const bucketOf = (ms: number): number => Math.max(0, Math.ceil(Math.log(Math.max(ms, SHORTEST_MS) / SHORTEST_MS) / LOG_RATIO));

/** The duration that stands for a bucket: as far from its lower as from its upper end, in proportion. */
export const durationOf = (bucket: number): number => (SHORTEST_MS * 2 * BUCKET_RATIO ** bucket) / (BUCKET_RATIO + 1);

/** How many durations fell into each bucket. */
export type Histogram = ReadonlyMap<number, number>;

/** The counts whose names are `<prefix>.<bucket>`, of several days together. */
export const histogramOf = (days: readonly { readonly counts: Readonly<Record<string, number>> }[], prefix: string): Histogram => {
  const sum = new Map<number, number>();
  for (const { counts } of days) {
    for (const [name, count] of Object.entries(counts)) {
      if (!name.startsWith(`${prefix}.`)) continue;
      const bucket = Number(name.slice(prefix.length + 1));
      sum.set(bucket, (sum.get(bucket) ?? 0) + count);
    }
  }
  return sum;
};

export const sizeOf = (histogram: Histogram): number => [...histogram.values()].reduce((sum, count) => sum + count, 0);

/** The duration that the share `q` of all stays at or below, in milliseconds, within `RELATIVE_ERROR`; null of nothing. */
export const quantileOf = (histogram: Histogram, q: number): number | null => {
  const rank = Math.max(1, Math.ceil(sizeOf(histogram) * q));
  let seen = 0;
  for (const [bucket, count] of [...histogram].sort(([a], [b]) => a - b)) {
    seen += count;
    if (seen >= rank) return durationOf(bucket);
  }
  return null;
};
