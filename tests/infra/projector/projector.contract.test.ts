import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StreamName } from '#domain/ids.ts';
import type { EventStore, ViewStore } from '#domain/ports.ts';
import { type Parked, PARKED } from '#infra/projector/collections.ts';
import { type Projector, type ProjectorOptions, startProjector } from '#infra/projector/run.ts';
import type { Projection } from '#projections/projection.ts';
import { newStream, statusEvent, statusEvents } from '../eventstore/sample-events.ts';
import { type Counted, counting, POISON } from './sample-projections.ts';
import { clock, kinds } from './suite.ts';

describe.each(kinds)('projector over $name', ({ log, read }) => {
  let folder: string;
  let store: EventStore;
  let views: ViewStore;
  let running: Projector[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vconnect-projector-'));
    [store, views, running] = [log(folder), read(folder), []];
  });
  afterEach(async () => {
    await Promise.all(running.map((projector) => projector.stop()));
    await Promise.all([store.close(), views.close()]);
    rmSync(folder, { recursive: true });
  });

  const start = async (projections: readonly Projection[], options: Partial<ProjectorOptions> = {}) => {
    const projector = await startProjector({ store, views, projections, clock, ...options });
    running.push(projector);
    return projector;
  };
  const append = (stream: StreamName, ...codes: number[]) =>
    store.append(
      stream,
      'any',
      codes.map((providerCode) => statusEvent({ providerCode })),
    );
  const caughtUp = async (projector: Projector) => expect(await projector.caughtUpTo(await store.head(), 5_000)).toBe(true);
  const counted = async (stream: string, name = 'counting') => (await views.get<Counted>(`${name}_streams`, stream))?.count ?? 0;
  const total = async (name = 'counting') => (await views.get<Counted>(`${name}_total`, 'all'))?.count ?? 0;

  test('fills views from the log and then follows it', async () => {
    const streams = [newStream(), newStream()] as const;
    await store.append(streams[0], 'none', statusEvents(600));
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

  test('skips an event that a document has taken in already, even when the checkpoint was lost', async () => {
    const stream = newStream();
    await append(stream, 1, 2, 3);
    const first = await start([counting()]);
    await caughtUp(first);
    await first.stop();
    const before = await views.get<Counted>('counting_streams', stream);
    await views.reset('counting', []);
    const second = await start([counting()]);
    await append(stream, 4);
    await caughtUp(second);
    expect(before?.count).toBe(3);
    expect([await counted(stream), await total()]).toEqual([4, 4]);
  });

  test('keeps no revision where the projection says that it needs none', async () => {
    const stream = newStream();
    await append(stream, 1);
    const projector = await start([{ ...counting(), guard: (_, target) => target.collection === 'counting_streams' }]);
    await caughtUp(projector);
    expect(await views.get('counting_streams', stream)).toHaveProperty('applied', { [stream]: 0 });
    expect(await views.get('counting_total', 'all')).not.toHaveProperty('applied');
  });

  test('parks the stream of an event that cannot be applied, whole, and goes on with the rest', async () => {
    const [sick, sound] = [newStream(), newStream()];
    await append(sick, 1, POISON, 2);
    await append(sound, 1, 2);
    const projector = await start([counting(), counting({ name: 'second', repaired: () => true })]);
    await append(sick, 3);
    await append(sound, 3);
    await caughtUp(projector);
    expect([await counted(sick), await counted(sound), await total()]).toEqual([1, 3, 4]);
    expect([await counted(sick, 'second'), await total('second')]).toEqual([4, 7]);
    const expected = {
      projection: 'counting',
      stream: sick,
      revision: 1,
      position: 2,
      eventType: 'StatusReported',
      code: 'TypeError',
      parkedAt: clock.now(),
    };
    expect(projector.parked()).toEqual([expected]);
    const stored = await views.find<Parked>(PARKED, {
      where: { projection: 'counting' },
      sort: { field: 'position', direction: 'ascending' },
      limit: 5,
    });
    expect(stored.items).toEqual([expected]);
    expect((await projector.status()).map((status) => status.parkedStreams)).toEqual([1, 0]);
  });

  test('knows after a restart what is parked, and after a repair the view is as if it had never failed', async () => {
    const [sick, sound] = [newStream(), newStream()];
    const first = await start([counting()]);
    await append(sick, 1, POISON, 2);
    await append(sound, 1);
    await caughtUp(first);
    await first.stop();
    let repaired = false;
    const second = await start([counting({ repaired: () => repaired })]);
    await append(sick, 3);
    await caughtUp(second);
    expect(await counted(sick)).toBe(1);
    expect(await second.replay('counting', sick)).toEqual({ kind: 'parked', code: 'TypeError' });
    repaired = true;
    expect(await second.replay('counting', sick)).toEqual({ kind: 'caught-up' });
    await append(sick, 4);
    await caughtUp(second);
    expect([await counted(sick), await counted(sound), await total()]).toEqual([5, 1, 6]);
    expect(second.parked()).toEqual([]);
    expect(await second.replay('counting', sick)).toEqual({ kind: 'not-parked' });
  });

  test('replays a long parked stream in chunks while others write to it', async () => {
    const sick = newStream();
    let repaired = false;
    const projector = await start([counting({ repaired: () => repaired })]);
    await append(sick, POISON, ...Array.from({ length: 620 }, (_, index) => index));
    await caughtUp(projector);
    repaired = true;
    const [result] = await Promise.all([projector.replay('counting', sick), append(sick, 1, 2)]);
    expect(result).toEqual({ kind: 'caught-up' });
    await caughtUp(projector);
    expect([await counted(sick), await total()]).toEqual([623, 623]);
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
    expect(projector.parked()).toMatchObject([{ stream: sick, code: 'VIEW_MALFORMED' }]);
  });

  test('tells which documents changed, at which position, after they can be read', async () => {
    const stream = newStream();
    const seen: unknown[] = [];
    const projector = await start([counting()], { onChange: (change) => seen.push(change) });
    const appended = await append(stream, 1);
    await caughtUp(projector);
    const views = [
      { collection: 'counting_streams', id: stream, tenant: null },
      { collection: 'counting_total', id: 'all', tenant: null },
    ];
    expect(appended).toMatchObject({ position: 1n });
    expect(seen).toEqual([{ position: 1n, views }]);
  });

  test('fills a projection again when its version changed', async () => {
    const stream = newStream();
    await append(stream, 1, 2);
    const first = await start([counting()]);
    await caughtUp(first);
    await first.stop();
    const doubled: Projection = {
      ...counting({ version: 2 }),
      evolve: (before) => ({ count: ((before as Counted | null)?.count ?? 0) + 2 }),
    };
    const second = await start([doubled]);
    await caughtUp(second);
    expect([await counted(stream), await total()]).toEqual([4, 4]);
  });

  test('rebuilds a projection to the same documents, with progress, and forgets what was parked', async () => {
    const [sick, sound] = [newStream(), newStream()];
    await append(sick, 1, POISON);
    await append(sound, 1, 2);
    let repaired = false;
    const projector = await start([counting({ repaired: () => repaired })]);
    await caughtUp(projector);
    repaired = true;
    const progress: bigint[] = [];
    await projector.rebuild('counting', ({ done }) => progress.push(done));
    expect(progress.at(-1)).toBe(4n);
    expect([await counted(sick), await counted(sound), await total()]).toEqual([2, 2, 4]);
    expect(await views.count(PARKED, { projection: 'counting' }, 10)).toBe(0);
  });

  test('says no when the views are not there in time, and when the caller leaves', async () => {
    const projector = await start([counting()]);
    expect(await projector.caughtUpTo(1n, 20)).toBe(false);
    expect(await projector.caughtUpTo(1n, 10_000, AbortSignal.abort())).toBe(false);
    expect(await projector.caughtUpTo(0n, 0)).toBe(true);
  });

  test('shows lag while the views cannot be written, names the fault, and catches up afterwards', async () => {
    let broken = true;
    const faults = new Set<string>();
    const commit: ViewStore['commit'] = (...change) =>
      broken && change[1] > 0n ? Promise.reject(Object.assign(new Error('x'), { code: 'STORE_FULL' })) : read0.commit(...change);
    const read0 = views;
    views = { ...read0, commit };
    const projector = await start([counting()], { onFault: (_, code) => faults.add(code) });
    await append(newStream(), 1, 2);
    expect(await projector.caughtUpTo(2n, 300)).toBe(false);
    const [held] = await projector.status();
    expect(held).toMatchObject({ lag: 2n, checkpoint: 0n, fault: 'STORE_FULL' });
    expect(held?.secondsSinceProgress).toBeGreaterThan(0.25);
    expect(faults).toEqual(new Set(['STORE_FULL']));
    broken = false;
    await caughtUp(projector);
    expect(await projector.status()).toMatchObject([{ lag: 0n, checkpoint: 2n }]);
  });
});
