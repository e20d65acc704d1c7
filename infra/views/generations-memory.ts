import type { Generation, GenerationCommit, GenerationViews, ViewGenerations } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { memoryAnnouncements } from './announcements-memory.ts';
import { collectionsOf, declaredIn } from './generation-file.ts';
import type { OpenViews } from './generations-sqlite.ts';
import { ownersOf } from './live-views.ts';
import { copyTables, emptyTables, memoryReads, type Tables, writeAll } from './memory-reads.ts';
import { applyStep, buildingFault, closedFault, dropStep, goneFault, readyStep, type Step, switchStep } from './states.ts';

/** What one generation holds; shared by all that opened it. */
type Content = { readonly tables: Tables; checkpoint: bigint; commits: number };
type Shelf = {
  readonly of: (generation: Pick<Generation, 'projection' | 'number'>) => { readonly generation: Generation; readonly content: Content };
  readonly projectionOf: (name: string) => Projection;
};

/** The twin of the view generations for tests: same rules and faults, nothing on disk. */
export const createMemoryViewGenerations = (projections: readonly Projection[]): OpenViews => {
  const owners = ownersOf(projections);
  const contents = new Map<string, Content>();
  const counters = new Map<string, number>();
  let generations: readonly Generation[] = [];
  let closed = false;

  const open = <T>(run: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (closed) throw closedFault();
      resolve(run());
    });
  const find = (projection: string, number: number) => generations.find((one) => one.projection === projection && one.number === number);
  const shelf: Shelf = {
    of: ({ projection, number }) => {
      const [generation, content] = [find(projection, number), contents.get(keyOf(projection, number))];
      if (generation === undefined || content === undefined) throw goneFault();
      return { generation, content };
    },
    projectionOf: (name) => {
      const projection = projections.find((one) => one.name === name);
      if (projection === undefined) throw new StoreFault('VIEW_NOT_DECLARED', 'expected a declared projection, got another name');
      return projection;
    },
  };
  const step = ({ projection }: Generation, rule: (mine: readonly Generation[]) => Step): void => {
    const mine = generations.filter((one) => one.projection === projection);
    const decided = rule(mine);
    generations = [...generations.filter((one) => one.projection !== projection), ...applyStep(mine, decided)].sort(byName);
    for (const number of decided.dropped) contents.delete(keyOf(projection, number));
  };
  const begin = (name: string, version: number): Generation => {
    const projection = shelf.projectionOf(name);
    const number = (counters.get(name) ?? 0) + 1;
    counters.set(name, number);
    const generation: Generation = { projection: name, number, version, state: 'building' };
    contents.set(keyOf(name, number), { tables: emptyTables(collectionsOf(projection)), checkpoint: 0n, commits: 0 });
    generations = [...generations, generation].sort(byName);
    return generation;
  };
  const announcements = memoryAnnouncements((projection, number) => find(projection, number) !== undefined);
  const close = async (): Promise<void> => {
    closed = true;
    await views.close();
    await announcements.close();
  };

  const store: ViewGenerations = {
    list: () => open(() => generations),
    begin: (projection, version) => open(() => begin(projection, version)),
    open: (generation) => open(() => memoryGeneration(shelf, generation)),
    openForReading: (generation) => open(() => memoryGeneration(shelf, generation)),
    markReady: (generation) => open(() => step(generation, (all) => readyStep(all, generation.number))),
    switchTo: (generation) => open(() => step(generation, (all) => switchStep(all, generation.number))),
    drop: (generation) => open(() => step(generation, (all) => dropStep(all, generation.number))),
    close,
  };
  const live = (collection: string) => {
    const projection = owners.get(collection);
    if (projection === undefined) throw new StoreFault('VIEW_NOT_DECLARED', 'expected a declared collection, got another name');
    const found = generations.find((one) => one.projection === projection.name && one.state === 'live');
    if (found === undefined || found.version < projection.readsFrom || found.version > projection.version)
      throw buildingFault(projection.name);
    return memoryReads(shelf.of(found).content.tables, declaredIn(projection));
  };
  const reading = createGate();
  const views: OpenViews['views'] = {
    get: (collection, id) => reading.ask(() => live(collection).get(collection, id)),
    getMany: (collection, ids) => reading.ask(() => live(collection).getMany(collection, ids)),
    find: (collection, query) => reading.ask(() => live(collection).find(collection, query)),
    count: (collection, where, cap) => reading.ask(() => live(collection).count(collection, where, cap)),
    close: reading.close,
  };
  return { views, generations: store, announcements, close };
};

/** What was opened can be read until it is closed, also when it is dropped meanwhile. */
const memoryGeneration = (shelf: Shelf, opened: Generation): GenerationViews => {
  const { content } = shelf.of(opened);
  const declared = declaredIn(shelf.projectionOf(opened.projection));
  const open = createGate();
  const reads = memoryReads(content.tables, declared);
  const commit = ({ after, checkpoint, writes }: GenerationCommit): boolean => {
    if (shelf.of(opened).generation.state === 'previous' || content.commits !== after) return false;
    writeAll(content.tables, declared, writes);
    content.checkpoint = checkpoint;
    content.commits += 1;
    return true;
  };
  return {
    get: (collection, id) => open.ask(() => reads.get(collection, id)),
    getMany: (collection, ids) => open.ask(() => reads.getMany(collection, ids)),
    find: (collection, query) => open.ask(() => reads.find(collection, query)),
    count: (collection, where, cap) => open.ask(() => reads.count(collection, where, cap)),
    progress: () => open.ask(() => ({ checkpoint: content.checkpoint, commits: content.commits })),
    scan: (collection, afterId, limit) => open.ask(() => reads.scan(collection, afterId, limit)),
    lastId: (collection) => open.ask(() => reads.lastId(collection)),
    commit: (change) => open.ask(() => commit(change)),
    snapshot: () =>
      open.ask(() => {
        const [progress, frozen] = [
          { checkpoint: content.checkpoint, commits: content.commits },
          memoryReads(copyTables(content.tables), declared),
        ];
        const gate = createGate();
        return {
          progress: () => gate.ask(() => progress),
          scan: <D extends object>(collection: string, afterId: string | null, limit: number) =>
            gate.ask(() => frozen.scan<D>(collection, afterId, limit)),
          close: gate.close,
        };
      }),
    close: open.close,
  };
};

const createGate = () => {
  let closed = false;
  return {
    ask: <T>(run: () => T): Promise<T> =>
      new Promise((resolve) => {
        if (closed) throw closedFault();
        resolve(run());
      }),
    close: (): Promise<void> => {
      closed = true;
      return Promise.resolve();
    },
  };
};

const keyOf = (projection: string, number: number): string => `${projection}.${String(number)}`;
const byName = (a: Generation, b: Generation): number =>
  a.projection === b.projection ? a.number - b.number : a.projection < b.projection ? -1 : 1;
