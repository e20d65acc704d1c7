import { histogramOf, quantileOf, sizeOf } from './histogram.ts';
import type { DashboardFigures, DashboardPage, Durations } from './page.ts';
import { type DashboardDay, type DashboardNow, NOBODY } from './view.ts';

/** The page's numbers from the sums of days. Pure. */

const HOURS = 24;
const MIDNIGHT = 'T00:00:00.000Z';
const dayMs = 24 * 60 * 60 * 1000;

export const dayAt = (day: string): number => Date.parse(`${day}${MIDNIGHT}`);
export const dayBefore = (day: string, days: number): string => new Date(dayAt(day) - days * dayMs).toISOString().slice(0, day.length);

const sumOf = (days: readonly DashboardDay[], name: string): number => days.reduce((sum, { counts }) => sum + (counts[name] ?? 0), 0);

const durationsOf = (days: readonly DashboardDay[], prefix: string): Durations => {
  const histogram = histogramOf(days, prefix);
  return { count: sizeOf(histogram), medianMs: quantileOf(histogram, 0.5), p90Ms: quantileOf(histogram, 0.9) };
};

export const figuresOf = (days: readonly DashboardDay[]): DashboardFigures => {
  const resolution = durationsOf(days, 'resolution');
  return {
    received: sumOf(days, 'in'),
    sent: sumOf(days, 'out'),
    opened: sumOf(days, 'opened'),
    resolved: resolution.count,
    firstResponse: durationsOf(days, 'first'),
    resolution,
  };
};

const hourName = (direction: 'in' | 'out', hour: number): string => `${direction}.${String(hour).padStart(2, '0')}`;

/** Of one day what had happened up to the end of an hour, as far as hours are counted: messages. */
export const messagesUntil = (day: DashboardDay | undefined, hour: number): Pick<DashboardFigures, 'received' | 'sent'> => {
  const until = (direction: 'in' | 'out'): number =>
    Array.from({ length: hour + 1 }, (_, h) => day?.counts[hourName(direction, h)] ?? 0).reduce((sum, count) => sum + count, 0);
  return { received: until('in'), sent: until('out') };
};

/** Monday first. */
export const byHourOf = (days: readonly DashboardDay[]): DashboardPage['byHour'] =>
  Array.from({ length: 7 }, (_, weekday) => {
    const own = days.filter(({ day }) => (new Date(dayAt(day)).getUTCDay() + 6) % 7 === weekday);
    return Array.from({ length: HOURS }, (__, hour) => sumOf(own, hourName('in', hour)));
  });

export const nowOf = (now: DashboardNow | null): DashboardPage['now'] => {
  const counts = now?.counts ?? {};
  const all = (prefix: string): number => Object.values(byName(counts, prefix)).reduce((sum, count) => sum + count, 0);
  return {
    open: all('open'),
    waiting: all('waiting'),
    unassigned: counts[`open.${NOBODY}`] ?? 0,
    unassignedWaiting: counts[`waiting.${NOBODY}`] ?? 0,
    resolved: counts['resolved'] ?? 0,
  };
};

/** The counts `<prefix>.<name>`, by name. */
export const byName = (counts: Readonly<Record<string, number>>, prefix: string): Readonly<Record<string, number>> =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => (name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), count]] : [])),
  );
