import { describe, expect, test } from 'vitest';
import type { GenerationViews, ViewGenerations } from '#domain/ports.ts';
import type { ViewChange } from '#infra/projector/announcements.ts';
import { readItems } from '#infra/projector/feed.ts';
import { openFollower } from '#infra/projector/follower.ts';
import { watchViews } from '#infra/projector/watch.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { newStream } from '../eventstore/sample-events.ts';
import { projectorBench } from './running.ts';
import { counting } from './sample-projections.ts';
import { clock, kinds } from './suite.ts';

describe.each(kinds)('faults around the projector over $name', (kind) => {
  const { store, opened, start, append, caughtUp, counted } = projectorBench(kind, [counting()]);

  test('a change is told also when what follows its reading fails once', async () => {
    const { announcements, generations } = opened();
    const told: string[] = [];
    let faults = 0;
    let failNext = false;
    const watch = await watchViews({
      log: store(),
      generations,
      announcements: {
        ...announcements,
        changesAfter: async (last) => {
          const since = await announcements.changesAfter(last);
          failNext = faults === 0 && since.changes.length > 0;
          return since;
        },
        progress: () => (failNext ? Promise.reject(new Error('x')) : announcements.progress()),
      },
      projections: [counting()],
      onChange: ({ views }: ViewChange) => told.push(...views.map(({ id }) => id)),
      onFault: () => {
        faults += 1;
      },
    });
    await start([counting()]);
    const stream = newStream();
    await append(stream, 1);
    await expect.poll(() => told, { timeout: 5_000 }).toContain(stream);
    expect(faults).toBe(1);
    await watch.stop();
  });

  test('what a projector wrote and died before it told it, pages read when the next one begins', async () => {
    const { announcements, generations } = opened();
    let missed = 0;
    const watch = await watchViews({
      log: store(),
      generations,
      announcements,
      projections: [counting()],
      onChange: (_, anew) => {
        if (anew) missed += 1;
      },
      onFault: () => undefined,
    });
    const mute = await start([counting()], { announcements: { ...announcements, announce: () => Promise.reject(new Error('dead')) } });
    const stream = newStream();
    await append(stream, 1);
    await expect.poll(() => counted(stream), { timeout: 5_000 }).toBe(1);
    await mute.stop();
    expect(missed).toBe(0);
    await start([counting()]);
    await expect.poll(() => missed, { timeout: 5_000 }).toBe(1);
    await watch.stop();
  });

  test('a switch to another generation makes pages read anew what differs', async () => {
    const { generations } = opened();
    const projector = await start([counting()]);
    await caughtUp(projector);
    await expect.poll(projector.missed, { timeout: 5_000 }).toBeGreaterThan(0);
    await new Promise((resolve) => setTimeout(resolve, 100));
    const before = projector.missed();
    await generations.markReady(await generations.begin('counting', 1));
    await expect.poll(projector.missed, { timeout: 5_000 }).toBe(before + 1);
    expect((await generations.list()).map(({ state }) => state)).toEqual(['previous', 'live']);
  });

  test('what was written before a batch was overtaken is told with the next one', async () => {
    const { generations } = opened();
    const generation = await generations.begin('counting', 1);
    const views = await generations.open(generation);
    let commits = 0;
    const overtaken: GenerationViews = {
      ...views,
      // The whole batch cannot be stored; of its events, taken one by one, the second is overtaken.
      commit: (change) => {
        commits += 1;
        if (commits === 1) return Promise.reject(new StoreFault('VIEW_MALFORMED', 'expected other documents'));
        return commits === 3 ? Promise.resolve(false) : views.commit(change);
      },
    };
    const [first, second] = [newStream(), newStream()];
    await append(first, 1);
    await append(second, 1);
    const follower = await openFollower({ projection: counting(), generation, views: overtaken, clock });
    const items = await readItems(store(), 0n, 10);
    expect(await follower.take(items)).toEqual({ kind: 'stale' });
    const taken = await follower.take(items);
    const ids = taken.kind === 'taken' ? taken.changed.map(({ id }) => id) : [];
    expect(ids).toEqual([first, 'all', second, 'all']);
    await views.close();
  });

  test('a projector that lost its lease while it was frozen switches nothing', async () => {
    const { generations } = opened();
    const states = async () => (await generations.list()).map(({ number, state }) => `${String(number)} ${state}`);
    const first = await start([counting()]);
    await first.caughtUpTo(0n, 5_000);
    await first.stop();
    await generations.markReady(await generations.begin('counting', 1));
    let asked = 0;
    const late = await start([counting()], {
      stillHeld: () => {
        asked += 1;
        return false;
      },
    });
    await expect.poll(() => asked, { timeout: 5_000 }).toBeGreaterThan(1);
    await late.stop();
    expect(await states()).toEqual(['1 live', '2 ready']);
    const next = await start([counting()]);
    await expect.poll(states, { timeout: 5_000 }).toEqual(['1 previous', '2 live']);
    await next.stop();
  });

  test('a switch never looks like a projector that is far behind', async () => {
    const { generations } = opened();
    await append(newStream(), 1, 2, 3);
    const first = await start([counting()]);
    await first.caughtUpTo(3n, 5_000);
    const lags: bigint[] = [];
    const switchTo: ViewGenerations['switchTo'] = async (generation) => {
      await generations.switchTo(generation);
      lags.push(...(await first.status()).map(({ lag }) => lag));
    };
    await first.stop();
    await generations.markReady(await generations.begin('counting', 1));
    await start([counting()], { generations: { ...generations, switchTo } });
    await expect.poll(() => lags, { timeout: 5_000 }).toEqual([0n]);
  });

  test('nothing stays open of a generation that cannot be followed', async () => {
    const { generations } = opened();
    const [opens, closes] = [new Set<object>(), new Set<object>()];
    const broken: ViewGenerations = {
      ...generations,
      open: async (generation) => {
        const views = await generations.open(generation);
        opens.add(views);
        return {
          ...views,
          close: async () => {
            closes.add(views);
            await views.close();
          },
          progress: () => Promise.reject(Object.assign(new Error('x'), { code: 'STORE_DAMAGED' })),
        };
      },
    };
    const projector = await start([counting()], { generations: broken });
    await expect.poll(() => projector.faults, { timeout: 5_000 }).toContain('STORE_DAMAGED');
    await projector.stop();
    expect(opens.size).toBeGreaterThan(0);
    expect(closes).toEqual(opens);
  });
});
