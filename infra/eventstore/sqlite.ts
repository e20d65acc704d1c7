import type { EventStore } from '#domain/ports.ts';
import { createHub } from '#infra/eventloop/hub.ts';
import { createCheckpointer } from '#infra/sqlite/checkpointer.ts';
import { type StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';
import { beginWrite, rollBack } from '#infra/sqlite/write-lock.ts';
import { createAppendQueue, type GroupDone, type Member, type Outcome } from './append-queue.ts';
import { type CatalogueOf, createEventCodec } from './codec.ts';
import { checkBatch } from './judge.ts';
import { openLogFile, WHAT } from './log-file.ts';
import { createLogReads } from './reads.ts';
import { writeRows } from './write-rows.ts';

export type SqliteEventStoreOptions = {
  readonly file: string;
  readonly catalogueOf: CatalogueOf;
  /** Called after each group that wrote something durable, so that readers in other threads can be woken at once. Must not throw. */
  readonly onAppended?: () => void;
  /** Called after each group, for the metrics. Must not throw. */
  readonly onGroup?: (group: GroupDone) => void;
  /** Pages in the WAL after which they move to the main file; for measuring. */
  readonly checkpointPages?: number;
};

export type SqliteEventStore = EventStore & {
  /** Events that wait to be written. */
  readonly queued: () => number;
  /** True once damage was seen: nothing more is written until the log is opened again. */
  readonly damaged: () => boolean;
};

/** The event log in one SQLite file: durable when `append` resolves, safe for several processes. */
export const openSqliteEventStore = ({
  file,
  catalogueOf,
  onAppended,
  onGroup,
  checkpointPages,
}: SqliteEventStoreOptions): SqliteEventStore => {
  const db = openLogFile(file);
  const codec = createEventCodec(catalogueOf);
  const rows = writeRows(db);
  const checkpointer = createCheckpointer(db, file, { pages: checkpointPages });
  const hub = createHub();
  // A damaged file is not written to any more, wherever the damage showed; what is sound in it can still be read.
  let damage: StoreFault | null = null;
  const onFault = (fault: StoreFault) => {
    if (fault.code === 'STORE_DAMAGED') damage ??= fault;
    return fault;
  };
  const { stop, ...reads } = createLogReads({ db, codec, hub, onFault });
  let closed = false;

  const commit = async (group: readonly Member[]): Promise<readonly Outcome[]> => {
    if (damage !== null) throw damage;
    try {
      await beginWrite(db, WHAT);
      const outcomes = rows.write(group);
      db.exec('COMMIT');
      return outcomes;
    } catch (error) {
      rows.forget();
      rollBack(db);
      throw onFault(toStoreFault(WHAT, error));
    }
  };
  const queue = createAppendQueue(async (group) => {
    const outcomes = await commit(group);
    hub.wake();
    onAppended?.();
    checkpointer.committed();
    return outcomes;
  }, onGroup);

  return {
    ...reads,
    append: async (stream, expected, events, signal) => {
      signal?.throwIfAborted();
      const encoded = events.map((event) => codec.encode(stream, event));
      checkBatch(encoded);
      return queue.push({ stream, expected, events: encoded }, signal);
    },
    damaged: () => damage !== null,
    queued: queue.queued,
    close: async () => {
      await queue.close();
      if (closed) return;
      closed = true;
      stop();
      await checkpointer.stop();
      db.close();
    },
  };
};
