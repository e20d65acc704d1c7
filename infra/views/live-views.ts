import type { DatabaseSync } from 'node:sqlite';
import type { Generation, ViewReads } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import type { Catalog } from './catalog.ts';
import { collectionsOf, declaredIn, generationFault, openForReading } from './generation-file.ts';
import { declaredCollections } from './query.ts';
import { isComplete, shapeOf } from './shape.ts';
import { sqliteReads } from './sqlite-reads.ts';
import { statements } from './statements.ts';
import { buildingFault, closedFault } from './states.ts';

type Reads = ReturnType<typeof sqliteReads>;
type Reader = {
  readonly number: number;
  readonly db: DatabaseSync;
  readonly reads: Reads;
  /** State of the catalogue to look again behind, when an index was missing; null when all are there. */
  readonly incompleteAt: number | null;
};
type Options = { readonly folder: string; readonly catalog: Catalog; readonly projections: readonly Projection[] };

/** A file can be dropped between the look at the catalogue and its opening; by the third look two switches have passed. */
const TRIES = 3;

export type LiveViews = ViewReads & {
  /**
   * To be called when the catalogue moved. Closes the files of generations that are not live any more, whether or not somebody reads that
   * projection again: a file that was dropped keeps its place on the disk for as long as it is open.
   */
  readonly letGo: () => void;
  readonly close: () => Promise<void>;
};

/** The documents that pages see: of each projection the live generation, looked up in the catalogue at each read (3 µs). */
export const liveViews = ({ folder, catalog, projections }: Options): LiveViews => {
  const owners = ownersOf(projections);
  const readers = new Map<string, Reader>();
  let closed = false;

  const forget = (projection: Projection): void => {
    readers.get(projection.name)?.db.close();
    readers.delete(projection.name);
  };
  const liveOf = ({ name }: Projection): Generation | undefined =>
    catalog.generations().find((one) => one.projection === name && one.state === 'live');
  const readerOf = (projection: Projection): Reader => {
    const generation = liveOf(projection);
    if (generation === undefined || generation.version < projection.readsFrom || generation.version > projection.version)
      throw buildingFault(projection.name);
    const known = readers.get(projection.name);
    const upToDate = known?.incompleteAt === null || known?.incompleteAt === catalog.dataVersion();
    if (known?.number === generation.number && upToDate) return known;
    forget(projection);
    const reader = openReader(generation, projection);
    readers.set(projection.name, reader);
    return reader;
  };
  const openReader = (generation: Generation, projection: Projection): Reader => {
    const db = openForReading({ folder, generation, projection });
    try {
      const shape = shapeOf(db);
      const incompleteAt = isComplete(shape, collectionsOf(projection)) ? null : catalog.dataVersion();
      return { number: generation.number, db, reads: sqliteReads(statements(db), declaredIn(projection), shape), incompleteAt };
    } catch (error) {
      db.close();
      throw error;
    }
  };
  const read = async <T>(collection: string, run: (reads: Reads) => T): Promise<T> => {
    if (closed) throw closedFault();
    const projection = owners.get(collection);
    if (projection === undefined) throw new StoreFault('VIEW_NOT_DECLARED', 'expected a declared collection, got another name');
    for (let tries = 1; ; tries += 1) {
      try {
        return await Promise.resolve(run(readerOf(projection).reads));
      } catch (error) {
        const fault = generationFault(projection.name, error);
        if (!mayPass(fault) || tries >= TRIES) throw fault;
        forget(projection);
      }
    }
  };

  return {
    get: (collection, id) => read(collection, (reads) => reads.get(collection, id)),
    getMany: (collection, ids) => read(collection, (reads) => reads.getMany(collection, ids)),
    find: (collection, query) => read(collection, (reads) => reads.find(collection, query)),
    count: (collection, where, cap) => read(collection, (reads) => reads.count(collection, where, cap)),
    letGo: () => {
      if (closed) return;
      for (const projection of projections) {
        const open = readers.get(projection.name);
        if (open !== undefined && open.number !== liveOf(projection)?.number) forget(projection);
      }
    },
    close: () => {
      closed = true;
      for (const projection of projections) forget(projection);
      return Promise.resolve();
    },
  };
};

/** What another look can mend: a file that was dropped meanwhile, an index that another program dropped. Not what the caller did wrong. */
const mayPass = ({ code }: StoreFault): boolean => code === 'STORE_DAMAGED' || code === 'STORE_UNAVAILABLE' || code === 'STORE_BUSY';

/** Which projection fills a collection. */
export const ownersOf = (projections: readonly Projection[]): ReadonlyMap<string, Projection> => {
  declaredCollections(projections.flatMap(({ collections }) => collections));
  return new Map(projections.flatMap((projection) => projection.collections.map((spec) => [spec.name, projection] as const)));
};
