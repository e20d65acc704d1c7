import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpec, ViewStore } from '#domain/ports.ts';
import { StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';
import { openSqliteFile } from '#infra/sqlite/file.ts';
import { createCollection, indexNames } from './sql.ts';
import { declaredCollections } from './query.ts';
import { sqliteReads } from './sqlite-reads.ts';
import { sqliteWrites } from './sqlite-writes.ts';
import { statements } from './statements.ts';

const WHAT = 'the views';
/** `VCVW` in ASCII. */
const APPLICATION_ID = 0x56435657;
const FORMAT_VERSION = 1;

const CHECKPOINTS =
  'CREATE TABLE IF NOT EXISTS "vconnect.checkpoints" (projection TEXT PRIMARY KEY NOT NULL, position INTEGER NOT NULL) STRICT;';

export type SqliteViewsOptions = { readonly file: string; readonly collections: readonly CollectionSpec[] };

/**
 * View documents in one SQLite file. Views can be built again from the log, so commits need not reach the disk one by one
 * (`synchronous=NORMAL`): after a power loss documents and checkpoint stand together at an earlier place and the projector goes on there.
 * Writing has a connection of its own: a commit is written in slices, and readers see all of it or nothing.
 */
export const openSqliteViews = ({ file, collections }: SqliteViewsOptions): ViewStore => {
  const declared = declaredCollections(collections);
  const schema = [CHECKPOINTS, ...collections.map(createCollection)].join('\n');
  const options = { file, what: WHAT, applicationId: APPLICATION_ID, formatVersion: FORMAT_VERSION, synchronous: 'NORMAL' } as const;
  const writer = openSqliteFile({ ...options, schema });
  const reader = openSqliteFile({ ...options, schema: '' });
  dropForgottenIndexes(writer, collections);
  const reads = sqliteReads(statements(reader), declared);
  const writes = sqliteWrites(writer, statements(writer), declared);
  let closed = false;
  let last: Promise<unknown> = Promise.resolve();

  const open = <T>(run: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(closedFault());
      try {
        resolve(run());
      } catch (error) {
        reject(toStoreFault(WHAT, error));
      }
    });
  /** One write after the other: they share a connection. */
  const writing = (run: () => Promise<void>): Promise<void> => {
    if (closed) return Promise.reject(closedFault());
    const mine = last.then(run).catch((error: unknown) => {
      throw toStoreFault(WHAT, error);
    });
    last = mine.catch(() => undefined);
    return mine;
  };

  return {
    get: (collection, id) => open(() => reads.get(collection, id)),
    getMany: (collection, ids) => open(() => reads.getMany(collection, ids)),
    find: (collection, query) => open(() => reads.find(collection, query)),
    count: (collection, where, cap) => open(() => reads.count(collection, where, cap)),
    checkpoint: (projection) => open(() => reads.checkpoint(projection)),
    commit: (projection, checkpoint, changes) => writing(() => writes.commit(projection, checkpoint, changes)),
    reset: (projection, names) => writing(() => writes.reset(projection, names)),
    close: async () => {
      if (closed) return;
      closed = true;
      await last;
      reader.close();
      writer.close();
    },
  };
};

const closedFault = () => new StoreFault('STORE_CLOSED', 'expected open views, got views that were closed');

const dropForgottenIndexes = (db: DatabaseSync, collections: readonly CollectionSpec[]): void => {
  const list = db.prepare(`SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL`);
  for (const spec of collections) {
    const wanted = indexNames(spec);
    for (const row of list.all(spec.name)) {
      const name = row['name'];
      if (typeof name === 'string' && !wanted.has(name)) db.exec(`DROP INDEX "${name}"`);
    }
  }
};
