import { describe, expect, test } from 'vitest';
import type { ViewGenerations } from '#domain/ports.ts';
import type { Projection } from '#projections/projection.ts';
import { newStream, statusEvents } from '../eventstore/sample-events.ts';
import { projectorBench } from './running.ts';
import { counting, POISON } from './sample-projections.ts';
import { clock, kinds } from './suite.ts';

describe.each(kinds)('projector over $name', (kind) => {
  const bench = projectorBench(kind, [counting(), counting({ name: 'second' })]);
  const { store, opened, start, append, caughtUp, counted, total } = bench;

  test('fills views from the log and then follows it', async () => {
    const streams = [newStream(), newStream()] as const;
    await store().append(streams[0], 'none', statusEvents(600));
    const projector = await start([counting(), counting({ name: 'second' })]);
    await caughtUp(projector);
    await append(streams[1], 1, 2, 3);
    await caughtUp(projector);
    expect([await counted(streams[0]), await counted(streams[1]), await total(), await total('second')]).toEqual([600, 3, 603, 603]);
  });

  test('applies nothing twice over stops and starts', async () => {
    const stream = newStream();
    for (let round = 1; round <= 4; round += 1) {
      const projector = await start([counting()]);
      await append(stream, 1, 2, 3);
      if (round % 2 === 0) await caughtUp(projector);
      await projector.stop();
    }
    const projector = await start([counting()]);
    await caughtUp(projector);
    expect([await counted(stream), await total()]).toEqual([12, 12]);
  });

  test('keeps no revision where the projection says that it needs none', async () => {
    const stream = newStream();
    await append(stream, 1);
    const projector = await start([{ ...counting(), guard: (_, target) => target.collection === 'counting_streams' }]);
    await caughtUp(projector);
    expect(await opened().views.get('counting_streams', stream)).toHaveProperty('applied', { [stream]: 0 });
    expect(await opened().views.get('counting_total', 'all')).not.toHaveProperty('applied');
  });

  test('parks a stream whose document cannot be stored', async () => {
    const [sick, sound] = [newStream(), newStream()];
    await append(sick, 7);
    await append(sound, 8);
    const unstorable: Projection = {
      ...counting(),
      evolve: (before, event, target) => (event.stream === sick ? { bad: 1n } : counting().evolve(before, event, target)),
    };
    const projector = await start([unstorable]);
    await caughtUp(projector);
    expect([await counted(sick), await counted(sound), await total()]).toEqual([0, 1, 1]);
    expect(await projector.parked(10)).toMatchObject([{ stream: sick, code: 'VIEW_MALFORMED' }]);
  });

  test('says no when the views are not there in time, and when the caller leaves', async () => {
    const projector = await start([counting()]);
    expect(await projector.caughtUpTo(1n, 20)).toBe(false);
    expect(await projector.caughtUpTo(1n, 10_000, AbortSignal.abort())).toBe(false);
    expect(await projector.caughtUpTo(0n, 0)).toBe(true);
  });

  test('skips an event that a document has taken in already, when the checkpoint is older than the documents', async () => {
    const stream = newStream();
    await append(stream, 1, 2, 3);
    const first = await start([counting()]);
    await caughtUp(first);
    await first.stop();
    const generation = (await opened().generations.list()).find(({ state }) => state === 'live');
    if (generation === undefined) throw new Error('expected a live generation');
    const views = await opened().generations.open(generation);
    const { commits } = await views.progress();
    expect(await views.commit({ after: commits, checkpoint: 0n, writes: [] })).toBe(true);
    await views.close();
    const second = await start([counting()]);
    await append(stream, 4);
    await caughtUp(second);
    expect([await counted(stream), await total()]).toEqual([4, 4]);
  });

  test('parks the stream of an event that cannot be applied, whole, with error and place, and goes on with the rest', async () => {
    const [sick, sound] = [newStream(), newStream()];
    await append(sick, 1, POISON, 2);
    await append(sound, 1, 2);
    const projector = await start([counting(), counting({ name: 'second', repaired: () => true })]);
    await append(sick, 3);
    await append(sound, 3);
    await caughtUp(projector);
    expect([await counted(sick), await counted(sound), await total()]).toEqual([1, 3, 4]);
    expect([await counted(sick, 'second'), await total('second')]).toEqual([4, 7]);
    const parked = await projector.parked(10);
    expect(parked).toMatchObject([
      {
        projection: 'counting',
        stream: sick,
        revision: 1,
        position: 2,
        eventType: 'StatusReported',
        code: 'TypeError',
        parkedAt: clock.now(),
      },
    ]);
    expect(parked[0]?.frames[0]).toMatch(/tests\/infra\/projector\/sample-projections\.ts:\d+:\d+/);
    expect(JSON.stringify(parked)).not.toContain('Mona');
    expect((await projector.status()).map((status) => status.parkedStreams)).toEqual([1, 0]);
  });

  test('tells which documents changed, at which position, after they can be read', async () => {
    const stream = newStream();
    const projector = await start([counting()]);
    await caughtUp(projector);
    const appended = await append(stream, 1);
    await caughtUp(projector);
    const views = [
      { collection: 'counting_streams', id: stream, tenant: null },
      { collection: 'counting_total', id: 'all', tenant: null },
    ];
    expect(appended).toMatchObject({ position: 1n });
    expect(projector.changes).toEqual([{ position: 1n, views }]);
  });

  test('two projectors on the same views apply nothing twice', async () => {
    const streams = Array.from({ length: 5 }, newStream);
    await start([counting()]);
    const second = await start([counting()]);
    for (let round = 0; round < 20; round += 1) await Promise.all(streams.map((stream) => append(stream, round)));
    await caughtUp(second);
    for (const stream of streams) expect(await counted(stream)).toBe(20);
    expect(await total()).toBe(100);
  });

  test('shows lag while the views cannot be written, names the fault, and catches up afterwards', async () => {
    let broken = false;
    const breakable: ViewGenerations = {
      ...opened().generations,
      open: async (generation) => {
        const views = await opened().generations.open(generation);
        return {
          ...views,
          commit: (change) => (broken ? Promise.reject(Object.assign(new Error('x'), { code: 'STORE_FULL' })) : views.commit(change)),
        };
      },
    };
    const projector = await start([counting()], { generations: breakable });
    await caughtUp(projector);
    broken = true;
    await append(newStream(), 1, 2);
    expect(await projector.caughtUpTo(2n, 300)).toBe(false);
    expect(await projector.status()).toMatchObject([{ lag: 2n, checkpoint: 0n, fault: 'STORE_FULL' }]);
    expect(new Set(projector.faults)).toEqual(new Set(['STORE_FULL']));
    broken = false;
    await caughtUp(projector);
    expect(await projector.status()).toMatchObject([{ lag: 0n, checkpoint: 2n, fault: null }]);
  });

  test('a projector that ended shows its lag and the time since it moved', async () => {
    const projector = await start([counting()]);
    await caughtUp(projector);
    await projector.stop();
    await append(newStream(), 1, 2, 3);
    await new Promise((resolve) => setTimeout(resolve, 60));
    const [status] = await projector.status();
    expect(status?.lag).toBe(3n);
    expect(status?.secondsSinceProgress).toBeGreaterThan(0.05);
  });
});
