import { type AccountId, parseId } from '#domain/ids.ts';
import type { Application } from '#projections/application.ts';
import { byHourOf, byName, dayBefore, figuresOf, messagesUntil, nowOf } from '#projections/dashboard/figures.ts';
import { RELATIVE_ERROR } from '#projections/dashboard/histogram.ts';
import type { DashboardFigures, DashboardRange, Workload } from '#projections/dashboard/page.ts';
import { DASHBOARD_DAY, DASHBOARD_NOW, type DashboardDay, type DashboardNow, dayOf, hourOf } from '#projections/dashboard/view.ts';
import type { Viewer } from '#projections/shown.ts';
import { forbidden, may } from '../access.ts';
import type { App } from '../app.ts';
import { now as timeNow } from '../context.ts';
import { colleaguesById } from './people.ts';

/** The figures of the last days and of as many before. Only the names of colleagues are opened. */
export const dashboardPage =
  (app: Pick<App, 'views' | 'reveal'>, clock = timeNow): Application['dashboard'] =>
  async (viewer, days) => {
    if (!may(viewer, 'dashboard.read')) return forbidden;
    const at = clock();
    const [to, hour] = [dayOf(at), Number(hourOf(at))];
    const [from, until] = [dayBefore(to, days - 1), dayBefore(to, days)];
    const [known, now] = await Promise.all([
      daysOf(app, viewer, dayBefore(until, days - 1), to, days),
      app.views.get<DashboardNow>(DASHBOARD_NOW, viewer.tenant),
    ]);
    const [inPeriod, earlier] = [known.filter(({ day }) => day >= from), known.filter(({ day }) => day < from)];
    return {
      ok: true,
      days,
      from,
      to,
      total: figuresOf(inPeriod),
      before: untilNow(earlier, until, hour),
      byDay: Array.from({ length: days }, (_, n) => dayBefore(to, days - 1 - n)).map((day) => ({
        day,
        ...figuresOf(inPeriod.filter((one) => one.day === day)),
      })),
      byHour: byHourOf(inPeriod),
      now: nowOf(now),
      agents: await agentsOf(app, viewer, inPeriod, now),
      relativeError: RELATIVE_ERROR,
    };
  };

const daysOf = async (
  app: Pick<App, 'views' | 'reveal'>,
  { tenant }: Viewer,
  from: string,
  to: string,
  days: DashboardRange,
): Promise<readonly DashboardDay[]> =>
  (
    await app.views.find<DashboardDay>(DASHBOARD_DAY, {
      where: { tenant },
      sort: { field: 'day', direction: 'ascending' },
      from,
      to,
      limit: 2 * days,
    })
  ).items;

/** Today is not over: its counterpart counts no further than the same hour. Times are not counted by hour; a median does not grow with the day. */
const untilNow = (earlier: readonly DashboardDay[], until: string, hour: number): DashboardFigures => {
  const whole = figuresOf(earlier.filter(({ day }) => day < until));
  const part = messagesUntil(
    earlier.find(({ day }) => day === until),
    hour,
  );
  return { ...figuresOf(earlier), received: whole.received + part.received, sent: whole.sent + part.sent };
};

/** Everybody who has or had work, most open conversations first. */
const agentsOf = async (
  app: Pick<App, 'views' | 'reveal'>,
  viewer: Viewer,
  days: readonly DashboardDay[],
  now: DashboardNow | null,
): Promise<readonly Workload[]> => {
  const counts = countsOf(days, now);
  const people = await colleaguesById(app, viewer, counts.keys());
  return [...counts]
    .flatMap(([id, work]) => {
      const person = people.get(id);
      return person === undefined ? [] : [{ person, ...work }];
    })
    .sort(
      (a, b) => b.open - a.open || b.replies - a.replies || b.resolved - a.resolved || (a.person.accountId < b.person.accountId ? -1 : 1),
    );
};

type Work = Omit<Workload, 'person'>;

const countsOf = (days: readonly DashboardDay[], now: DashboardNow | null): ReadonlyMap<AccountId, Work> => {
  const work = new Map<AccountId, Work>();
  const add = (counts: Readonly<Record<string, number>>, prefix: string, field: keyof Work): void => {
    for (const [name, count] of Object.entries(byName(counts, prefix))) {
      const id = parseId<'account'>(name);
      if (id === null) continue;
      const own = work.get(id) ?? { open: 0, waiting: 0, replies: 0, resolved: 0 };
      work.set(id, { ...own, [field]: own[field] + count });
    }
  };
  for (const { counts } of days) {
    add(counts, 'replies', 'replies');
    add(counts, 'resolved', 'resolved');
  }
  add(now?.counts ?? {}, 'open', 'open');
  add(now?.counts ?? {}, 'waiting', 'waiting');
  return work;
};
