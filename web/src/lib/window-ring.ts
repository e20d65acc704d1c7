const windowMs = 24 * 3_600_000;
const soonMs = 2 * 3_600_000;
const lastMs = 30 * 60_000;

export type RingState = Readonly<{ percent: number; leftMs: number; tone: '' | 'warn' | 'dang' | 'closed' }>;

/** What is left of the 24 hours: amber under two hours, red under half an hour, nothing once closed. */
export function ringOf(openUntil: string | undefined, now: number): RingState {
  // The page's clock may be a little behind: nobody has more than the whole window left.
  const leftMs = openUntil === undefined ? 0 : Math.min(windowMs, Math.max(0, Date.parse(openUntil) - now));
  if (leftMs === 0) return { percent: 0, leftMs, tone: 'closed' };
  const percent = Math.min(100, Math.max(1, Math.round((leftMs / windowMs) * 100)));
  if (leftMs < lastMs) return { percent, leftMs, tone: 'dang' };
  return { percent, leftMs, tone: leftMs < soonMs ? 'warn' : '' };
}
