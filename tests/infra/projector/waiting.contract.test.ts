import { describe, expect, test } from 'vitest';
import { newStream, statusEvents } from '../eventstore/sample-events.ts';
import { rebuildBench } from './rebuilding.ts';
import { counting } from './sample-projections.ts';
import { kinds } from './suite.ts';

describe.each(kinds)('waiting until what was built is live, over $name', (kind) => {
  const { store, open, start, states, maintenance, rebuild } = rebuildBench(kind);

  test('does not wait for a generation that was dropped meanwhile', async () => {
    const projection = counting();
    const views = open(projection);
    await store().append(newStream(), 'none', statusEvents(20));
    // Nobody runs the projector, so nothing is switched until the generation is gone.
    const rebuilding = rebuild(views, projection);
    await expect.poll(() => states(views), { timeout: 5_000 }).toEqual(['1 v1 ready']);
    const [ready] = await views.generations.list();
    if (ready !== undefined) await views.generations.drop(ready);
    await expect(rebuilding).rejects.toMatchObject({ code: 'GENERATION_GONE' });
  });

  test('gives up, and says the way out, when no projector of this release takes up what is ready', async () => {
    const projection = counting();
    const views = open(projection);
    await store().append(newStream(), 'none', statusEvents(20));
    // Of another release: it knows the projection in another version, and moves that one.
    const projector = await start(views, { ...counting({ version: 2 }), readsFrom: 2 });
    await expect.poll(() => states(views), { timeout: 5_000 }).toEqual(['1 v2 live']);
    const impatient = maintenance(views, projection, 300);
    const options = { signal: new AbortController().signal, onProgress: () => undefined, accept: async () => true };
    await expect(impatient.rebuild(['counting'], options)).rejects.toMatchObject({
      code: 'GENERATION_NOT_TAKEN',
      message: expect.stringContaining('start this release in its place'),
    });
    expect(await states(views)).toEqual(['1 v2 live', '2 v1 ready']);
    await projector.stop();
    await start(views, projection);
    await expect.poll(() => states(views), { timeout: 5_000 }).toEqual(['1 v2 previous', '2 v1 live']);
  });

  test('waits for a projector as long as it moves, however long it takes', async () => {
    const projection = counting();
    const views = open(projection);
    await store().append(newStream(), 'none', statusEvents(20));
    const rebuilding = maintenance(views, projection, 400).rebuild(['counting'], {
      signal: new AbortController().signal,
      onProgress: () => undefined,
      accept: async () => true,
    });
    await expect.poll(() => states(views), { timeout: 5_000 }).toEqual(['1 v1 ready']);
    for (let checkpoint = 1n; checkpoint <= 8n; checkpoint += 1n) {
      await new Promise((resolve) => setTimeout(resolve, 100));
      const said = { projection: 'counting', generation: 1, version: 1, state: 'ready' as const, fault: null, parkedStreams: 0 };
      await views.announcements.announce([{ ...said, checkpoint, seenAtMs: 1 }], []);
    }
    await start(views, projection);
    expect(await rebuilding).toMatchObject([{ switched: true }]);
  });
});
