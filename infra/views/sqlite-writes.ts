import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpec, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { beginWrite, rollBack } from '#infra/sqlite/write-lock.ts';
import { specOf } from './query.ts';
import type { Prepare } from './statements.ts';
import { breathe } from '#infra/eventloop/turns.ts';

const WHAT = 'the views';
export const sqliteWrites = (db: DatabaseSync, prepare: Prepare, declared: ReadonlyMap<string, CollectionSpec>) => {
  const setCheckpoint =
    'INSERT INTO "vconnect.checkpoints" (projection, position) VALUES (?, ?) ON CONFLICT (projection) DO UPDATE SET position = excluded.position';

  const inTransaction = async (run: () => void | Promise<void>): Promise<void> => {
    await beginWrite(db, WHAT);
    try {
      await run();
      db.exec('COMMIT');
    } catch (error) {
      rollBack(db);
      throw error;
    }
  };

  const write = ({ collection, id, text }: Prepared): void => {
    if (text === null) prepare(`DELETE FROM "${collection}" WHERE id = ?`).run(id);
    else
      prepare(`INSERT INTO "${collection}" (id, body) VALUES (?, jsonb(?)) ON CONFLICT (id) DO UPDATE SET body = excluded.body`).run(
        id,
        text,
      );
  };

  return {
    commit: async (projection: string, checkpoint: bigint, writes: readonly ViewWrite[]): Promise<void> => {
      await inTransaction(async () => {
        const stored = prepare('SELECT position FROM "vconnect.checkpoints" WHERE projection = ?').get(projection);
        const before = Array.isArray(stored) ? Number(stored[0]) : 0;
        if (BigInt(before) > checkpoint) throw checkpointBehind();
        for (const change of writes) {
          write(prepareWrite(specOf(declared, change.collection), change));
          // A large commit is written in slices; the transaction stays open meanwhile.
          await breathe();
        }
        prepare(setCheckpoint).run(projection, checkpoint);
      });
    },
    reset: (projection: string, collections: readonly string[]): Promise<void> => {
      const names = collections.map((name) => specOf(declared, name).name);
      return inTransaction(() => {
        for (const name of names) db.exec(`DELETE FROM "${name}"`);
        prepare(setCheckpoint).run(projection, 0);
      });
    },
  };
};

export type Prepared = { readonly collection: string; readonly id: string; readonly text: string | null };

/** A document that JSON cannot hold is the projection's error and named as such. */
export const prepareWrite = (spec: CollectionSpec, { id, document }: ViewWrite): Prepared => {
  try {
    return { collection: spec.name, id, text: document === null ? null : JSON.stringify(document) };
  } catch {
    throw new StoreFault('VIEW_MALFORMED', `expected a document of ${spec.name} that JSON can hold, got another value`);
  }
};

/** A second projector that fell behind would write older documents over newer ones. */
export const checkpointBehind = () =>
  new StoreFault(
    'VIEW_CHECKPOINT_BEHIND',
    'expected a checkpoint at or behind the stored one, got an earlier one: another projector was faster',
  );
