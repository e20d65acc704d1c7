import type { DashboardFigures, DashboardPage } from '#projections/dashboard/page.ts';

/** What the charts' sentences are about. Pure. */

export type Change = Readonly<{ kind: 'more' | 'less'; percent: number }> | Readonly<{ kind: 'same' | 'noneBefore' }>;

export function changeOf(now: number, before: number): Change {
  if (now === before) return { kind: 'same' };
  if (before === 0) return { kind: 'noneBefore' };
  const percent = Math.round((Math.abs(now - before) / before) * 100);
  return percent === 0 ? { kind: 'same' } : { kind: now > before ? 'more' : 'less', percent };
}

export type TimeChange = Readonly<{ kind: 'faster' | 'slower'; ms: number }> | Readonly<{ kind: 'sameTime' | 'noneBefore' }>;

/** A difference within the error of both times is none. */
export function timeChangeOf(now: number | null, before: number | null, relativeError: number): TimeChange {
  if (now === null || before === null) return { kind: 'noneBefore' };
  const ms = Math.abs(now - before);
  return ms <= 2 * relativeError * Math.max(now, before) ? { kind: 'sameTime' } : { kind: now < before ? 'faster' : 'slower', ms };
}

/** The day on which most came in; of two, the later. */
export function busiestDay(days: DashboardPage['byDay']): (DashboardFigures & { readonly day: string }) | undefined {
  const most = Math.max(...days.map(({ received }) => received));
  return most > 0 ? days.findLast(({ received }) => received === most) : days.findLast(({ sent }) => sent > 0);
}

const windowHours = 4;

/** The four hours on end, within a day, in which most came in. */
export function peakHours(byHour: DashboardPage['byHour']): Readonly<{ from: number; to: number; percent: number }> | undefined {
  const hours = Array.from({ length: 24 }, (_, hour) => byHour.reduce((sum, day) => sum + (day[hour] ?? 0), 0));
  const all = hours.reduce((sum, count) => sum + count, 0);
  if (all === 0) return undefined;
  const sums = hours.slice(0, 24 - windowHours + 1).map((_, from) => hours.slice(from, from + windowHours).reduce((a, b) => a + b, 0));
  const from = sums.indexOf(Math.max(...sums));
  return { from, to: from + windowHours, percent: Math.round(((sums[from] ?? 0) / all) * 100) };
}

/** Nobody wrote, now or before, and nothing is open or resolved. */
export function isEmpty({ total, before, now }: DashboardPage): boolean {
  return total.received + total.sent + before.received + before.sent + now.open + now.resolved === 0;
}

/**
 * Every so many days have a label, so that labels have room, and none stands at an end, where it would reach beyond the plot. On a phone
 * only every second one is shown: the `minor` are not.
 */
export function labelOf(index: number, count: number): 'major' | 'minor' | null {
  if (count <= 7) return 'major';
  const step = count <= 30 ? 5 : 15;
  const nth = (index - Math.floor(step / 2)) / step;
  return !Number.isInteger(nth) ? null : nth % 2 === 0 ? 'major' : 'minor';
}
