import type { CollectionSpec, ViewStore, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { emptyTables, memoryReads, writeAll } from './memory-reads.ts';
import { declaredCollections, specOf } from './query.ts';
import { checkpointBehind } from './sqlite-writes.ts';

/** The twin of the SQLite views for tests: same queries allowed, same order, same cursors, nothing on disk. */
export const openMemoryViews = ({ collections }: { readonly collections: readonly CollectionSpec[] }): ViewStore => {
  const declared = declaredCollections(collections);
  const tables = emptyTables(collections);
  const reads = memoryReads(tables, declared);
  const checkpoints = new Map<string, bigint>();
  let closed = false;

  const open = <T>(run: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (closed) throw new StoreFault('STORE_CLOSED', 'expected open views, got views that were closed');
      resolve(run());
    });
  const commit = (projection: string, checkpoint: bigint, writes: readonly ViewWrite[]): void => {
    if ((checkpoints.get(projection) ?? 0n) > checkpoint) throw checkpointBehind();
    writeAll(tables, declared, writes);
    checkpoints.set(projection, checkpoint);
  };

  return {
    get: (collection, id) => open(() => reads.get(collection, id)),
    getMany: (collection, ids) => open(() => reads.getMany(collection, ids)),
    find: (collection, query) => open(() => reads.find(collection, query)),
    count: (collection, where, cap) => open(() => reads.count(collection, where, cap)),
    checkpoint: (projection) => open(() => checkpoints.get(projection) ?? 0n),
    commit: (projection, checkpoint, writes) => open(() => commit(projection, checkpoint, writes)),
    reset: (projection, names) =>
      open(() => {
        for (const name of names) tables.get(specOf(declared, name).name)?.clear();
        checkpoints.set(projection, 0n);
      }),
    close: () => {
      closed = true;
      return Promise.resolve();
    },
  };
};
