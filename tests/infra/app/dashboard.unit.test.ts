import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseTime } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { App } from '#infra/app/app.ts';
import { dashboardPage } from '#infra/app/pages/dashboard.ts';
import { dashboardRanges } from '#projections/dashboard/page.ts';
import { dashboardProjection } from '#projections/dashboard/project.ts';
import { allProjections } from '#projections/all.ts';
import { daysByHand, nowByHand } from '#tests/support/dashboard-by-hand.ts';
import { agentOf, logOfStories, stories } from '#tests/support/dashboard-history.ts';
import { organisationId, project, viewsFor } from '#tests/support/projected.ts';
import { sampleId } from '#tests/support/sample.ts';

const viewer = (role: Role = 'owner', tenant = organisationId) => ({
  sessionId: sampleId<'session'>(1),
  accountId: agentOf(0),
  tenant,
  role,
});

/** Views of the log alone: nobody in it is a member, so no name is asked for. */
const pageOf = async (log: ReturnType<typeof logOfStories>, now: string, days: 7 | 30 | 90, who = viewer()) => {
  const views = viewsFor(allProjections);
  await project(dashboardProjection, views, log);
  const asked: number[] = [];
  const app: Pick<App, 'views' | 'reveal'> = {
    views,
    reveal: {
      show: async (_viewer, purpose, wanted) => {
        expect(purpose).toBe('know-colleagues');
        asked.push(wanted.length);
        return wanted.map(() => ({ state: 'absent' }));
      },
      bytes: () => Promise.reject(new Error('expected no file to be opened')),
      searched: () => Promise.reject(new Error('expected no search')),
      labels: () => Promise.reject(new Error('expected no label to be opened')),
    },
  };
  return dashboardPage(app, () => parseTime(now)!)(who, days);
};

describe('the dashboard', () => {
  it('adds up the days of its period, and of the period before up to the same hour', async () => {
    await fc.assert(
      fc.asyncProperty(
        stories.map((told) => logOfStories(told)),
        fc.constantFrom(...dashboardRanges),
        fc.integer({ min: 0, max: 60 * 24 }),
        async (log, days, hoursLater) => {
          const nowMs = Date.parse('2026-01-28T10:20:00.000Z') + hoursLater * 3_600_000;
          const page = await pageOf(log, new Date(nowMs).toISOString(), days);
          if (!page.ok) throw new Error('expected the page');
          const dayMs = 24 * 3_600_000;
          const start = Math.floor(nowMs / dayMs) * dayMs - (days - 1) * dayMs;
          const byHand = [...daysByHand(log)].map(([day, figures]) => ({ ms: Date.parse(day), ...figures }));
          const own = byHand.filter(({ ms }) => ms >= start && ms <= nowMs);
          const sum = (field: 'in' | 'out' | 'opened'): number => own.reduce((all, one) => all + one[field], 0);
          expect([page.total.received, page.total.sent, page.total.opened]).toEqual([sum('in'), sum('out'), sum('opened')]);
          expect(page.total.firstResponse.count).toBe(own.flatMap(({ firstMs }) => firstMs).length);
          expect(page.total.resolved).toBe(own.flatMap(({ resolutionMs }) => resolutionMs).length);
          expect(page.byDay.map(({ received }) => received).reduce((all, one) => all + one, 0)).toBe(page.total.received);
          expect(page.byHour.flat().reduce((all, one) => all + one, 0)).toBe(page.total.received);
          expect(page.byDay).toHaveLength(days);
          const hour = new Date(nowMs).getUTCHours();
          const before = byHand
            .filter(({ ms }) => ms >= start - days * dayMs && ms < start)
            .flatMap(({ ms, hours }) => Object.entries(hours).filter(([name]) => ms < start - dayMs || Number(name.split('.')[1]) <= hour));
          const messages = (direction: string): number =>
            before.filter(([name]) => name.startsWith(`${direction}.`)).reduce((all, [, count]) => all + count, 0);
          expect([page.before.received, page.before.sent]).toEqual([messages('in'), messages('out')]);
          const hand = nowByHand(log);
          expect(page.now.unassigned).toBe(hand['open.nobody'] ?? 0);
          expect(page.now.open).toBe(Object.entries(hand).reduce((all, [name, n]) => all + (name.startsWith('open.') ? n : 0), 0));
          expect(page.agents.reduce((all, { replies }) => all + replies, 0)).toBe(page.total.sent);
          expect(page.agents.reduce((all, { open }) => all + open, page.now.unassigned)).toBe(page.now.open);
        },
      ),
      { numRuns: 60 },
    );
  });

  const log = logOfStories([[{ act: 'writes', afterMs: 0, who: 0 }]]);
  it.each(['agent'] as const)('is not for %s', async (role) => {
    expect(await pageOf(log, '2026-01-28T10:00:00.000Z', 7, viewer(role))).toEqual({ ok: false, status: 403, code: 'forbidden' });
  });

  it('shows another organisation nothing', async () => {
    const page = await pageOf(log, '2026-01-28T10:00:00.000Z', 7, viewer('owner', sampleId<'tenant'>(9)));
    expect(page).toMatchObject({ ok: true, total: { received: 0 }, now: { open: 0 }, agents: [] });
  });
});
