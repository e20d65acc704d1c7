import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { streamName } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { bucketOf, histogramOf, quantileOf, RELATIVE_ERROR, SHORTEST_MS } from '#projections/dashboard/histogram.ts';
import { dashboardProjection } from '#projections/dashboard/project.ts';
import { DASHBOARD_DAY, DASHBOARD_NOW, type DashboardDay, type DashboardNow } from '#projections/dashboard/view.ts';
import { daysByHand, nowByHand } from '#tests/support/dashboard-by-hand.ts';
import { logOfStories, shuffled, stories, type Story } from '#tests/support/dashboard-history.ts';
import { contentsOf, organisationId, project, viewsFor } from '#tests/support/projected.ts';
import { sampleCertificate, sampleId } from '#tests/support/sample.ts';

type Figures = { readonly days: readonly DashboardDay[]; readonly now: DashboardNow | null };
type Views = ReturnType<typeof viewsFor>;

const figuresIn = async (views: Views, tenant = organisationId): Promise<Figures> => ({
  days: (await views.find<DashboardDay>(DASHBOARD_DAY, { where: { tenant }, sort: { field: 'day', direction: 'ascending' }, limit: 5_000 }))
    .items,
  now: await views.get<DashboardNow>(DASHBOARD_NOW, tenant),
});
const figuresOf = async (log: readonly RecordedEvent[], batch?: number): Promise<Figures> => {
  const views = viewsFor([dashboardProjection]);
  await project(dashboardProjection, views, log, batch);
  return figuresIn(views);
};

const logs = stories.map((told) => logOfStories(told));
const orders = fc.array(fc.nat(1_000), { minLength: 1, maxLength: 40 });
const RUNS = { numRuns: 150 };

const counted = (values: readonly number[]): Record<string, number> => {
  const counts: Record<string, number> = {};
  for (const ms of values) counts[bucketOf(ms)] = (counts[bucketOf(ms)] ?? 0) + 1;
  return counts;
};
const named = (counts: DashboardDay['counts'], prefix: string): Record<string, number> =>
  Object.fromEntries(
    Object.entries(counts).flatMap(([name, count]) => (name.startsWith(`${prefix}.`) ? [[name.slice(prefix.length + 1), count]] : [])),
  );

describe('the figures', () => {
  it('are those that a person counts in the log by hand', async () => {
    await fc.assert(
      fc.asyncProperty(logs, async (log) => {
        const { days, now } = await figuresOf(log);
        const byHand = daysByHand(log);
        expect(days.map(({ day }) => day)).toEqual([...byHand.keys()].sort());
        for (const { day, counts } of days) {
          const hand = byHand.get(day)!;
          expect([counts['in'] ?? 0, counts['out'] ?? 0, counts['opened'] ?? 0]).toEqual([hand.in, hand.out, hand.opened]);
          expect({ ...prefixed(named(counts, 'in'), 'in.'), ...prefixed(named(counts, 'out'), 'out.') }).toEqual(hand.hours);
          expect(named(counts, 'first')).toEqual(counted(hand.firstMs));
          expect(named(counts, 'resolution')).toEqual(counted(hand.resolutionMs));
          expect(named(counts, 'replies')).toEqual(hand.replies);
          expect(named(counts, 'resolved')).toEqual(hand.resolved);
        }
        expect(now?.counts ?? {}).toEqual(nowByHand(log));
      }),
      RUNS,
    );
  });

  it('are the same in whatever order the streams come, in whatever batches', async () => {
    await fc.assert(
      fc.asyncProperty(logs, orders, fc.integer({ min: 1, max: 9 }), async (log, picks, batch) => {
        const [straight, other] = [viewsFor([dashboardProjection]), viewsFor([dashboardProjection])];
        await project(dashboardProjection, straight, log);
        await project(dashboardProjection, other, shuffled(log, picks), batch);
        expect(await figuresIn(other)).toEqual(await figuresIn(straight));
        expect(await contentsOf(dashboardProjection, other, log)).toEqual(await contentsOf(dashboardProjection, straight, log));
      }),
      RUNS,
    );
  });

  it('are the same when any part of the log comes again', async () => {
    await fc.assert(
      fc.asyncProperty(logs, orders, fc.nat(), fc.nat(), async (log, picks, from, length) => {
        const views = viewsFor([dashboardProjection]);
        await project(dashboardProjection, views, shuffled(log, picks));
        await project(dashboardProjection, views, log.slice(from % log.length, (from % log.length) + (length % 20)));
        expect(await figuresIn(views)).toEqual(await figuresOf(log));
      }),
      RUNS,
    );
  });

  it('are the same when streams were parked, from any event on, and repaired later', async () => {
    await fc.assert(
      fc.asyncProperty(logs, fc.nat(), fc.array(fc.boolean(), { minLength: 1, maxLength: 9 }), async (log, cut, choices) => {
        const streams = [...new Set(log.map(({ stream }) => stream))];
        const parked = new Set(streams.filter((_, n) => choices[n % choices.length]));
        const views = viewsFor([dashboardProjection]);
        const early = log.slice(0, cut % log.length);
        const rest = log.slice(early.length);
        await project(dashboardProjection, views, early);
        await project(
          dashboardProjection,
          views,
          rest.filter(({ stream }) => !parked.has(stream)),
        );
        for (const stream of [...parked].reverse()) {
          await project(
            dashboardProjection,
            views,
            log.filter((event) => event.stream === stream),
          );
        }
        expect(await figuresIn(views)).toEqual(await figuresOf(log));
      }),
      RUNS,
    );
  });

  it('are each organisation’s own', async () => {
    const other = sampleId<'tenant'>(2);
    const story: Story = [
      { act: 'writes', afterMs: 0, who: 0 },
      { act: 'replies', afterMs: 60_000, who: 1 },
    ];
    const views = viewsFor([dashboardProjection]);
    await project(dashboardProjection, views, logOfStories([story]));
    const alone = await figuresIn(views);
    const others = logOfStories([story, story], other).map((event) => renamed(event));
    await project(dashboardProjection, views, others);
    expect(await figuresIn(views)).toEqual(alone);
    expect((await figuresIn(views, other)).days.map(({ counts }) => counts['in'])).toEqual([2]);
  });
});

describe('erasing a person', () => {
  it('changes no figure of what happened, and takes their conversation out of the work that is open', async () => {
    await fc.assert(
      fc.asyncProperty(logs, async (told) => {
        const log = told.filter(({ type }) => type !== 'ConversationErased');
        const erasure = erasedAfter(log);
        const [before, after] = [await figuresOf(log), await figuresOf([...log, ...erasure])];
        expect(after.days).toEqual(before.days);
        expect(after.now).toBeNull();
      }),
      RUNS,
    );
  });
});

describe('a histogram of durations', () => {
  it('tells every quantile within the stated error', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: SHORTEST_MS, max: 400 * 24 * 3_600_000 }), { minLength: 1, maxLength: 300 }),
        fc.constantFrom(0.5, 0.9, 0.99),
        (durations, q) => {
          const counts = prefixed(counted(durations), 'first.');
          const exact = durations.toSorted((a, b) => a - b)[Math.max(1, Math.ceil(durations.length * q)) - 1]!;
          const told = quantileOf(histogramOf([{ counts }], 'first'), q)!;
          expect(Math.abs(told - exact) / exact).toBeLessThanOrEqual(RELATIVE_ERROR + 1e-9);
        },
      ),
    );
  });
  it('of several days is that of their durations together', () => {
    const [a, b] = [{ counts: { 'first.3': 2, 'resolution.3': 9 } }, { counts: { 'first.3': 1, 'first.70': 4 } }];
    expect([...histogramOf([a, b], 'first')]).toEqual([
      [3, 3],
      [70, 4],
    ]);
  });
  it('has no quantile of nothing', () => expect(quantileOf(new Map(), 0.5)).toBeNull());
});

const prefixed = (counts: Readonly<Record<string, number>>, prefix: string): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).map(([name, count]) => [`${prefix}${name}`, count]));

/** The events that erase everybody: one for each message and each conversation. */
const erasedAfter = (log: readonly RecordedEvent[]): readonly RecordedEvent[] =>
  [...Map.groupBy(log, ({ stream }) => stream).values()].map((events) => {
    const last = events.at(-1)!;
    const { messageId, conversationId, contactId, channelId } = last.data;
    const how = { erasureId: sampleId<'erasure'>(40), certificate: sampleCertificate, erasedAt: last.meta.recordedAt };
    const told =
      messageId !== undefined && last.stream.includes('.message-')
        ? { type: 'MessageErased', data: { messageId, conversationId, contactId, channelId, ...how } }
        : { type: 'ConversationErased', data: { conversationId, contactId, notes: [], ...how } };
    return { ...last, ...told, personal: {}, version: 1, revision: last.revision + 1n };
  });

/** In another organisation ids are others too. */
const renamed = (event: RecordedEvent): RecordedEvent => {
  const other = (id: unknown): string => `${String(id).slice(0, -6)}ff${String(id).slice(-4)}`;
  const { conversationId, messageId } = event.data;
  const data = {
    ...event.data,
    conversationId: other(conversationId),
    ...(messageId === undefined ? {} : { messageId: other(messageId) }),
  };
  const category = event.stream.includes('.message-') ? 'message' : 'conversation';
  return { ...event, data, stream: streamName(event.tenant, category, other(category === 'message' ? messageId : conversationId)) };
};
