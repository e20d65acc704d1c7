import { isDeepStrictEqual } from 'node:util';
import { join } from 'node:path';
import type { RecordedEvent } from '#domain/message.ts';
import type { GenerationViews, ViewGenerations } from '#domain/ports.ts';
import { applyItems } from '#infra/projector/apply.ts';
import { PARKED } from '#infra/projector/parked.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import type { Projection } from '#projections/projection.ts';

/** The live views of a folder whose processes have ended, against the same log projected anew in memory by the product's own rules. */
export const viewFaults = async (folder: string, log: readonly RecordedEvent[]): Promise<readonly string[]> => {
  const live = openViewGenerations({ folder: join(folder, 'views'), projections: allProjections });
  try {
    const faults: string[] = [];
    for (const projection of allProjections) faults.push(...(await faultsOf(projection, live.generations, log)));
    return faults;
  } finally {
    await live.close();
  }
};

const faultsOf = async (
  projection: Projection,
  generations: ViewGenerations,
  log: readonly RecordedEvent[],
): Promise<readonly string[]> => {
  const { name } = projection;
  const generation = (await generations.list()).find((each) => each.projection === name && each.state === 'live');
  if (generation === undefined) return [`projection ${name} has nothing live`];
  const live = await generations.open(generation);
  const anew = await projectAnew(projection, log);
  try {
    const { checkpoint } = await live.progress();
    const parked = (await contentsOf(live, PARKED)).size;
    const behind = BigInt(log.length) - checkpoint;
    return [
      ...(parked > 0 ? [`projection ${name} has ${String(parked)} streams parked`] : []),
      ...(behind > 0n ? [`projection ${name} is ${String(behind)} events behind`] : []),
      ...(await differences(projection, live, anew)),
    ];
  } finally {
    await live.close();
  }
};

const BATCH = 1_000;

const projectAnew = async (projection: Projection, log: readonly RecordedEvent[]): Promise<GenerationViews> => {
  const { generations } = createMemoryViewGenerations([projection]);
  const views = await generations.open(await generations.begin(projection.name, projection.version));
  for (let start = 0; start < log.length; start += BATCH) {
    const items = log.slice(start, start + BATCH).map((event) => ({ kind: 'event', event }) as const);
    const { writes } = await applyItems(items, { projection, views, waiting: () => false });
    const { commits } = await views.progress();
    await views.commit({ after: commits, checkpoint: BigInt(start + items.length), writes });
  }
  return views;
};

const differences = async (projection: Projection, live: GenerationViews, anew: GenerationViews): Promise<readonly string[]> => {
  const different: string[] = [];
  for (const { name } of projection.collections) {
    const [shown, expected] = [await contentsOf(live, name), await contentsOf(anew, name)];
    for (const id of new Set([...shown.keys(), ...expected.keys()])) {
      if (!isDeepStrictEqual(shown.get(id), expected.get(id))) different.push(`document ${name}/${id} differs from what the log says`);
    }
  }
  return different;
};

const contentsOf = async (views: GenerationViews, collection: string): Promise<ReadonlyMap<string, object>> => {
  const contents = new Map<string, object>();
  for (let after: string | null = null; ;) {
    const page: readonly { readonly id: string; readonly document: object }[] = await views.scan<object>(collection, after, BATCH);
    for (const { id, document } of page) contents.set(id, document);
    const last = page.at(-1);
    if (last === undefined || page.length < BATCH) return contents;
    after = last.id;
  }
};
