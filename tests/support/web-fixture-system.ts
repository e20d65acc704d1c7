// Read models of an invented server: one behind, one being built, one that set two conversations aside.
import { type Category, type StreamName, streamName } from '#domain/ids.ts';
import { dataMap } from '#infra/data-map/data-map.ts';
import { dataMapMarkdown } from '#infra/data-map/markdown.ts';
import { allProjections } from '#projections/all.ts';
import type { Application } from '#projections/application.ts';
import type { ReadModelItem, SystemPage } from '#projections/system/page.ts';
import { hour, id, minute, time } from './web-fixture-data.ts';

const still: Omit<ReadModelItem, 'name'> = { generation: 2, lag: 0, secondsSinceProgress: 0, fault: null, building: null, previous: 1 };
const special: Readonly<Record<string, Partial<ReadModelItem>>> = {
  thread: { lag: 1_240, secondsSinceProgress: 3 },
  audit: { generation: 4, previous: 3, building: { generation: 5, done: 0.42 } },
  channel: { lag: 12, secondsSinceProgress: 94, fault: 'STORE_FULL', previous: null },
};
const stream = (category: Category, n: number): StreamName => streamName(id<'tenant'>(2), category, id(n));

export const systemAnswer = (now: number): SystemPage => ({
  projections: allProjections.map(({ name }) => ({ name, ...still, ...special[name] })),
  parked: [
    {
      projection: 'inbox',
      stream: stream('conversation', 1_003),
      revision: 41,
      position: 81_204,
      eventType: 'ConversationAssigned',
      code: 'TypeError',
      frames: ['at evolve (projections/inbox/projection.ts:88:14)', 'at applyOne (infra/projector/apply.ts:97:20)'],
      parkedAt: time(now - 3 * hour),
    },
    {
      projection: 'thread',
      stream: stream('message', 90_010),
      revision: 2,
      position: 81_377,
      eventType: null,
      code: 'EVENT_VERSION_UNKNOWN',
      frames: ['at read (infra/eventstore/codec.ts:120:9)'],
      parkedAt: time(now - 25 * minute),
    },
  ],
  more: false,
});

/** The data map of this very release: it holds nothing of anybody. */
export const dataMapAnswer = () => {
  const map = dataMap();
  return { ok: true as const, map, markdown: dataMapMarkdown(map) };
};

/** The first of the two is repaired; the other fails again. */
export const systemFixture = (
  quiet: boolean,
  now: number,
): Pick<Application, 'systemStatus' | 'replayParked' | 'preparing' | 'dataMap'> => {
  const { parked, projections, more } = systemAnswer(now);
  let left = quiet ? [] : parked;
  return {
    systemStatus: () =>
      Promise.resolve({
        ok: true,
        projections: quiet ? projections.map(({ name }) => ({ name, ...still })) : projections,
        parked: left,
        more,
      }),
    replayParked: (_viewer, projection, given) => {
      const found = left.find((one) => one.projection === projection && one.stream === given);
      if (found === undefined) return Promise.resolve({ ok: true, outcome: 'not-parked' });
      if (found.eventType === null) return Promise.resolve({ ok: true, outcome: 'parked', code: found.code });
      left = left.filter((one) => one !== found);
      return Promise.resolve({ ok: true, outcome: 'caught-up' });
    },
    preparing: () => Promise.resolve(null),
    dataMap: () => Promise.resolve(dataMapAnswer()),
  };
};

/** Lists that cannot be read yet: every question about one throws, as the stores do. */
export const buildingFixture = (done: number): Pick<Application, 'me' | 'signIn' | 'preparing'> => {
  const throwing = () => Promise.reject(Object.assign(new Error('being prepared'), { code: 'VIEWS_BUILDING' }));
  return { me: throwing, signIn: throwing, preparing: () => Promise.resolve(done) };
};
