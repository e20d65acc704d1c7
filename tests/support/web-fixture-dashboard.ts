// Figures of an invented organisation: busy on Sundays and in the evening, quiet on Fridays.
import type { DashboardFigures, DashboardPage, DashboardRange, Durations } from '#projections/dashboard/page.ts';
import type { Application } from '#projections/application.ts';
import { RELATIVE_ERROR } from '#projections/dashboard/histogram.ts';
import { day as dayMs, hour, karim, lina, minute, mona, tom } from './web-fixture-data.ts';

const none: Durations = { count: 0, medianMs: null, p90Ms: null };
const nothing: DashboardFigures = { received: 0, sent: 0, opened: 0, resolved: 0, firstResponse: none, resolution: none };

const textOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
/** Monday first. */
const weekdays = [210, 216, 205, 212, 130, 150, 288];
const hours = [3, 2, 1, 1, 2, 3, 6, 9, 14, 18, 20, 19, 17, 16, 15, 17, 19, 24, 30, 34, 33, 29, 18, 8];

const figuresOn = (ms: number, n: number): DashboardFigures => {
  const received = (weekdays[(new Date(ms).getUTCDay() + 6) % 7] ?? 0) + ((n * 37) % 23);
  const resolved = Math.round(received * 0.24);
  return {
    received,
    sent: Math.round(received * 0.9) + ((n * 13) % 11),
    opened: Math.round(received * 0.26),
    resolved,
    firstResponse: {
      count: Math.round(received * 0.6),
      medianMs: (4 + ((n * 7) % 5) / 2) * minute,
      p90Ms: (19 + ((n * 11) % 14)) * minute,
    },
    resolution: { count: resolved, medianMs: (2.2 + ((n * 5) % 7) / 5) * hour, p90Ms: (9 + ((n * 3) % 8)) * hour },
  };
};

const totalOf = (days: readonly DashboardFigures[], first: number, resolution: number): DashboardFigures => {
  const sum = (field: 'received' | 'sent' | 'opened' | 'resolved'): number => days.reduce((all, one) => all + one[field], 0);
  return {
    received: sum('received'),
    sent: sum('sent'),
    opened: sum('opened'),
    resolved: sum('resolved'),
    firstResponse: { count: sum('received'), medianMs: first * minute, p90Ms: first * 5 * minute },
    resolution: { count: sum('resolved'), medianMs: resolution * hour, p90Ms: resolution * 4 * hour },
  };
};

export const dashboardAnswer = (days: DashboardRange, now: number): DashboardPage => {
  const all = Array.from({ length: 2 * days }, (_, n) => ({ ms: now - (2 * days - 1 - n) * dayMs, n }));
  const byDay = all.slice(days).map(({ ms, n }) => ({ day: textOf(ms), ...figuresOn(ms, n) }));
  const scale = days / 7 / hours.reduce((sum, one) => sum + one, 0);
  return {
    days,
    from: textOf(now - (days - 1) * dayMs),
    to: textOf(now),
    total: totalOf(byDay, 4, 2.4),
    before: totalOf(
      all.slice(0, days).map(({ ms, n }) => figuresOn(ms, n + 3)),
      6,
      2.4,
    ),
    byDay,
    byHour: weekdays.map((total, weekday) => hours.map((one, h) => Math.round(one * total * scale + ((weekday * 5 + h * 3) % 4)))),
    now: { open: 118, waiting: 29, unassigned: 10, unassignedWaiting: 7, resolved: 2_596 },
    agents: [
      { person: karim, open: 31, waiting: 9, replies: 402, resolved: 122 },
      { person: mona, open: 24, waiting: 4, replies: 515, resolved: 135 },
      { person: lina, open: 21, waiting: 5, replies: 388, resolved: 128 },
      { person: tom, open: 15, waiting: 4, replies: 260, resolved: 19 },
    ],
    relativeError: RELATIVE_ERROR,
  };
};

/** Of an organisation that nobody has written to. */
const noFigures = (days: DashboardRange, now: number): DashboardPage => ({
  ...dashboardAnswer(days, now),
  total: nothing,
  before: nothing,
  byDay: Array.from({ length: days }, (_, n) => ({ day: textOf(now - (days - 1 - n) * dayMs), ...nothing })),
  byHour: Array.from({ length: 7 }, () => Array.from({ length: 24 }, () => 0)),
  now: { open: 0, waiting: 0, unassigned: 0, unassignedWaiting: 0, resolved: 0 },
  agents: [],
});

export const dashboardFixture = (quiet: boolean, now: number): Pick<Application, 'dashboard'> => ({
  dashboard: (_viewer, days) => Promise.resolve({ ok: true, ...(quiet ? noFigures(days, now) : dashboardAnswer(days, now)) }),
});
