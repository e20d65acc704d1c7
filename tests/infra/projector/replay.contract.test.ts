import { describe, expect, test } from 'vitest';
import type { EventStore } from '#domain/ports.ts';
import type { ViewChange } from '#infra/projector/announcements.ts';
import { replayParked } from '#infra/projector/replay.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { newStream } from '../eventstore/sample-events.ts';
import { projectorBench } from './running.ts';
import { counting, POISON } from './sample-projections.ts';
import { clock, kinds } from './suite.ts';

describe.each(kinds)('replaying a parked stream over $name', (kind) => {
  const { store, opened, start, append, caughtUp, counted, total, replay } = projectorBench(kind, [counting()]);

  test('knows after a restart what is parked, and after a repair the view is as if it had never failed', async () => {
    const [sick, sound] = [newStream(), newStream()];
    const first = await start([counting()]);
    await append(sick, 1, POISON, 2);
    await append(sound, 1);
    await caughtUp(first);
    await first.stop();
    let repaired = false;
    const projection = counting({ repaired: () => repaired });
    const second = await start([projection]);
    await append(sick, 3);
    await caughtUp(second);
    expect(await counted(sick)).toBe(1);
    expect(await replay(projection, sick)).toEqual({ kind: 'parked', code: 'TypeError' });
    repaired = true;
    expect(await replay(projection, sick)).toEqual({ kind: 'caught-up' });
    await append(sick, 4);
    await caughtUp(second);
    expect([await counted(sick), await counted(sound), await total()]).toEqual([5, 1, 6]);
    expect(await second.parked(10)).toEqual([]);
    expect(await replay(projection, sick)).toEqual({ kind: 'not-parked' });
  });

  test('takes up what came while it was parked, also when nothing new comes after the replay', async () => {
    const [sick, sound] = [newStream(), newStream()];
    let repaired = false;
    const projection = counting({ repaired: () => repaired });
    const projector = await start([projection]);
    await append(sick, POISON);
    await append(sound, 1);
    await caughtUp(projector);
    await append(sick, 1, 2);
    await caughtUp(projector);
    repaired = true;
    await replay(projection, sick);
    await expect.poll(() => counted(sick), { timeout: 5_000 }).toBe(3);
    expect(await total()).toBe(4);
  });

  test('tells of what a replay repaired, once it can be read', async () => {
    const sick = newStream();
    let repaired = false;
    const projection = counting({ repaired: () => repaired });
    const projector = await start([projection]);
    await append(sick, POISON, 1);
    await caughtUp(projector);
    repaired = true;
    const told: unknown[] = [];
    const onChange = (change: ViewChange) => told.push(change.views.map(({ collection }) => collection));
    await replayParked({ log: store(), generations: opened().generations, clock, projection, stream: sick, onChange });
    expect(told).toEqual([['counting_streams', 'counting_total']]);
  });

  test('leaves a stream parked, with the error of now, when the replay meets what cannot be stored', async () => {
    const sick = newStream();
    const repaired = { poison: false, unstorable: false };
    const base = counting({ repaired: () => repaired.poison });
    const projection: Projection = {
      ...base,
      evolve: (before, event, target) =>
        event.data['providerCode'] === 13 && !repaired.unstorable ? { bad: 1n } : base.evolve(before, event, target),
    };
    const projector = await start([projection]);
    await append(sick, POISON, 1, 13);
    await caughtUp(projector);
    repaired.poison = true;
    expect(await replay(projection, sick)).toEqual({ kind: 'parked', code: 'VIEW_MALFORMED' });
    expect(await projector.parked(10)).toMatchObject([{ stream: sick, revision: 2, position: 3, code: 'VIEW_MALFORMED' }]);
    expect([await counted(sick), await total()]).toEqual([2, 2]);
    repaired.unstorable = true;
    expect(await replay(projection, sick)).toEqual({ kind: 'caught-up' });
    await expect.poll(() => counted(sick), { timeout: 5_000 }).toBe(3);
  });

  test('leaves a stream parked, with the error of now, when the replay meets what cannot be read', async () => {
    const sick = newStream();
    let repaired = false;
    const projection = counting({ repaired: () => repaired });
    const projector = await start([projection]);
    await append(sick, POISON, 1, 2);
    await caughtUp(projector);
    repaired = true;
    const log: EventStore = {
      ...store(),
      readStream: async (stream, options) => {
        const events = await store().readStream(stream, options);
        const bad = events.find(({ revision }) => revision === 2n);
        if (bad !== undefined) throw new StoreFault('EVENT_MALFORMED', 'expected JSON, got other bytes', { at: bad });
        return events;
      },
    };
    const result = await replayParked({ log, generations: opened().generations, clock, projection, stream: sick });
    expect(result).toEqual({ kind: 'parked', code: 'EVENT_MALFORMED' });
    expect(await projector.parked(10)).toMatchObject([{ stream: sick, revision: 2, code: 'EVENT_MALFORMED', eventType: null }]);
    expect(await counted(sick)).toBe(2);
    expect(await replay(projection, sick)).toEqual({ kind: 'caught-up' });
    expect(await counted(sick)).toBe(3);
  });

  test('tells nobody of documents that only sums read', async () => {
    const stream = newStream();
    const projector = await start([{ ...counting(), untold: ['counting_streams'] }]);
    await append(stream, POISON, 1);
    await append(newStream(), 1);
    await caughtUp(projector);
    expect(await projector.parked(10)).toMatchObject([{ stream }]);
    expect(projector.changes.flatMap(({ views }) => views.map(({ collection }) => collection))).toEqual(['counting_total']);
    const told: string[] = [];
    const onChange = (change: ViewChange) => told.push(...change.views.map(({ collection }) => collection));
    const projection = { ...counting({ repaired: () => true }), untold: ['counting_streams'] };
    await replayParked({ log: store(), generations: opened().generations, clock, projection, stream, onChange });
    expect(told).toEqual(['counting_total']);
  });

  test('replays a long parked stream in chunks while others write to it', async () => {
    const sick = newStream();
    let repaired = false;
    const projection = counting({ repaired: () => repaired });
    const projector = await start([projection]);
    await append(sick, POISON, ...Array.from({ length: 620 }, (_, index) => index));
    await caughtUp(projector);
    repaired = true;
    const [result] = await Promise.all([replay(projection, sick), append(sick, 1, 2)]);
    expect(result).toEqual({ kind: 'caught-up' });
    await expect.poll(() => counted(sick), { timeout: 5_000 }).toBe(623);
    expect(await total()).toBe(623);
  });
});
