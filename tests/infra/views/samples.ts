import type { GenerationViews, ViewGenerations, ViewWrite } from '#domain/ports.ts';
import type { Projection } from '#projections/projection.ts';

/** Projections that are only looked at, never run. */
export const sampleProjection = (name: string, more: Partial<Projection> = {}): Projection => ({
  name,
  version: 1,
  readsFrom: 1,
  collections: [],
  route: () => [],
  evolve: (document) => document,
  ...more,
});

export const rows = {
  name: 'rows',
  indexes: [
    ['tenant', 'open', 'at'],
    ['tenant', 'at'],
  ],
} as const;

export const list = sampleProjection('list', { collections: [rows, { name: 'others', indexes: [] }] });
export const sums = sampleProjection('sums', { version: 3, readsFrom: 2, collections: [{ name: 'totals', indexes: [['day']] }] });

export const put = (collection: string, id: string, document: object | null): ViewWrite => ({ collection, id, document });

/** Commits on top of what is there now. */
export const write = async (views: GenerationViews, writes: readonly ViewWrite[], checkpoint?: bigint): Promise<boolean> => {
  const now = await views.progress();
  return views.commit({ after: now.commits, checkpoint: checkpoint ?? now.checkpoint + 1n, writes });
};

/** A generation with these documents, live. */
export const makeLive = async (generations: ViewGenerations, projection: Projection, writes: readonly ViewWrite[] = []) => {
  const generation = await generations.begin(projection.name, projection.version);
  const views = await generations.open(generation);
  await write(views, writes);
  await generations.markReady(generation);
  await generations.switchTo(generation);
  return { generation, views };
};
