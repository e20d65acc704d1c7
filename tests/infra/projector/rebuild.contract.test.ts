import { describe, expect, test } from 'vitest';
import type { Built } from '#infra/projector/rebuild.ts';
import type { Projection } from '#projections/projection.ts';
import { newStream, statusEvents } from '../eventstore/sample-events.ts';
import { rebuildBench } from './rebuilding.ts';
import { counting, POISON } from './sample-projections.ts';
import { kinds } from './suite.ts';

describe.each(kinds)('rebuilding beside the live one, over $name', (kind) => {
  const { store, open, start, caughtUp, append, total, states, maintenance, rebuild } = rebuildBench(kind);

  test('finds equal documents, switches, and keeps the one before for a rollback', async () => {
    const projection = counting();
    const views = open(projection);
    const stream = newStream();
    await store().append(stream, 'none', statusEvents(300));
    const projector = await start(views, projection);
    await caughtUp(projector);
    const [built] = await rebuild(views, projection);
    expect(built).toMatchObject({ switched: true, comparison: { kind: 'equal', documents: 2 } });
    expect(await states(views)).toEqual(['1 v1 previous', '2 v1 live']);
    await append(stream, 1);
    await caughtUp(projector);
    expect(await total(views)).toBe(301);
    const back = await maintenance(views, projection).rollback('counting', new AbortController().signal);
    expect(back?.number).toBe(1);
    await append(stream, 2);
    await caughtUp(projector);
    expect([await total(views), await states(views)]).toEqual([302, ['1 v1 live', '2 v1 previous']]);
  });

  test('lists a difference, and drops what is not accepted', async () => {
    let wrong = true;
    const projection: Projection = {
      ...counting(),
      evolve: (before, event, target) => {
        const after = counting().evolve(before, event, target);
        return wrong && after !== null && target.collection === 'counting_total' ? { ...after, wrong } : after;
      },
    };
    const views = open(projection);
    const projector = await start(views, projection);
    await append(newStream(), 1, 2, 3);
    await caughtUp(projector);
    wrong = false;
    const seen: Built[] = [];
    const [no] = await rebuild(views, projection, (built) => {
      seen.push(built);
      return Promise.resolve(false);
    });
    expect(seen[0]?.comparison).toEqual({
      kind: 'different',
      documents: 2,
      differences: [{ collection: 'counting_total', missing: 0, added: 0, changed: 1, ids: ['all'] }],
    });
    expect([no?.switched, await states(views)]).toEqual([false, ['1 v1 live']]);
    await rebuild(views, projection);
    expect(await states(views)).toEqual(['1 v1 previous', '3 v1 live']);
    expect(await views.views.get('counting_total', 'all')).not.toHaveProperty('wrong');
  });

  test('no page finds an empty or an older view while it goes on under load', async () => {
    const projection = counting();
    const views = open(projection);
    const stream = newStream();
    await store().append(stream, 'none', statusEvents(500));
    const projector = await start(views, projection);
    await caughtUp(projector);
    const loading = { on: true };
    let least = 500;
    const reading = (async () => {
      while (loading.on) {
        const seen = await total(views);
        expect(seen).not.toBeNull();
        expect(seen).toBeGreaterThanOrEqual(least);
        least = seen ?? 0;
        await new Promise(setImmediate);
      }
    })();
    const writing = (async () => {
      for (let round = 0; loading.on; round += 1) {
        await append(stream, round);
        await new Promise((resolve) => setTimeout(resolve, 2));
      }
    })();
    for (let round = 0; round < 3; round += 1)
      expect(await rebuild(views, projection)).toMatchObject([{ switched: true, comparison: { kind: 'equal' } }]);
    loading.on = false;
    await Promise.all([reading, writing]);
    await caughtUp(projector);
    expect(await total(views)).toBe(Number(await store().head()));
  });

  test('goes on where an interrupted one stopped', async () => {
    const projection = counting();
    const views = open(projection);
    await store().append(newStream(), 'none', statusEvents(200));
    const projector = await start(views, projection);
    await caughtUp(projector);
    const stopped = new AbortController();
    stopped.abort();
    await rebuild(views, projection, async () => true, stopped.signal);
    expect(await states(views)).toEqual(['1 v1 live', '2 v1 building']);
    await rebuild(views, projection);
    expect(await states(views)).toEqual(['1 v1 previous', '2 v1 live']);
  });

  test('parked streams are forgotten when the repaired rules can apply them', async () => {
    let repaired = false;
    const projection = counting({ repaired: () => repaired });
    const views = open(projection);
    const [sick, sound] = [newStream(), newStream()];
    await append(sick, 1, POISON);
    await append(sound, 1, 2);
    const projector = await start(views, projection);
    await caughtUp(projector);
    repaired = true;
    const [built] = await rebuild(views, projection);
    expect(built).toMatchObject({ comparison: { kind: 'different' }, parked: 0, parkedBefore: 1 });
    expect([await total(views), await projector.parked(10)]).toEqual([4, []]);
  });

  // The twin knows one release for its life: what another one does with the same views needs files.
  if (kind.name !== 'node:sqlite') return;
  describe('another release on the same views', () => {
    test('a raised version is built beside the live one while pages go on, when pages can read both', async () => {
      const first = counting();
      const before = open(first);
      const old = await start(before, first);
      await store().append(newStream(), 'none', statusEvents(400));
      await caughtUp(old);
      await old.stop();
      const second: Projection = { ...counting({ version: 2 }), readsFrom: 1 };
      const views = open(second);
      const projector = await start(views, second);
      await append(newStream(), 1);
      await expect.poll(() => states(views), { timeout: 5_000 }).toEqual(['1 v1 previous', '2 v2 live']);
      await caughtUp(projector);
      expect(await total(views)).toBe(401);
    });

    test('an older release takes up the generation of its version again', async () => {
      const second: Projection = { ...counting({ version: 2 }), readsFrom: 1 };
      const first = counting();
      for (const [projection, expected] of [
        [first, ['1 v1 live']],
        [second, ['1 v1 previous', '2 v2 live']],
        [first, ['1 v1 live', '2 v2 previous']],
      ] as const) {
        const views = open(projection);
        const projector = await start(views, projection);
        await append(newStream(), 1, 2);
        await expect.poll(() => states(views), { timeout: 5_000 }).toEqual(expected);
        await caughtUp(projector);
        expect(await total(views)).toBe(Number(await store().head()));
        await projector.stop();
      }
    });

    test('a version whose rules park more than the live one is not switched to by itself', async () => {
      const sound = counting({ repaired: () => true });
      const before = open(sound);
      const old = await start(before, sound);
      await append(newStream(), 1, POISON);
      await caughtUp(old);
      await old.stop();
      const broken: Projection = { ...counting({ version: 2 }), readsFrom: 1 };
      const views = open(broken);
      const held: string[] = [];
      await start(views, broken, { onHeld: (name) => held.push(name) });
      await expect.poll(() => held, { timeout: 5_000 }).toEqual(['counting']);
      expect(await states(views)).toEqual(['1 v1 live', '2 v2 building']);
      expect(await total(views)).toBe(2);
    });
  });
});
