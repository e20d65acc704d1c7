import type { DatabaseSync } from 'node:sqlite';
import type { EventStore } from '#domain/ports.ts';
import { createAppendQueue, type Member, type Outcome } from './append-queue.ts';
import { type CatalogueOf, createEventCodec } from './codec.ts';
import { StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';
import { checkBatch } from './judge.ts';
import { openSqliteFile } from '#infra/sqlite/file.ts';
import { EVENT_LOG_SCHEMA, eventRows } from './sqlite-rows.ts';
import { createHub } from '#infra/eventloop/hub.ts';
import { follow, soundPrefix } from './subscription.ts';
import { beginWrite, rollBack } from '#infra/sqlite/write-lock.ts';

const WHAT = 'the event log';
/** `VCEL` in ASCII. */
const APPLICATION_ID = 0x5643454c;
const FORMAT_VERSION = 1;
/** How soon events of another process are seen. The question costs 2 µs. */
const FOREIGN_POLL_MS = 20;

export type SqliteEventStoreOptions = { readonly file: string; readonly catalogueOf: CatalogueOf };

/** The event log in one SQLite file: durable when `append` resolves, safe for several processes. */
export const openSqliteEventStore = ({ file, catalogueOf }: SqliteEventStoreOptions): EventStore => {
  const db = openSqliteFile({
    file,
    what: WHAT,
    applicationId: APPLICATION_ID,
    formatVersion: FORMAT_VERSION,
    schema: EVENT_LOG_SCHEMA,
    synchronous: 'FULL',
  });
  const codec = createEventCodec(catalogueOf);
  const rows = eventRows(db, codec);
  const hub = createHub();
  const closing = new AbortController();
  const watcher = watchForeignWrites(db, hub.wake);

  const writeGroup = async (group: readonly Member[]): Promise<readonly Outcome[]> => {
    try {
      await beginWrite(db, WHAT);
      const outcomes = rows.write(group);
      db.exec('COMMIT');
      hub.wake();
      return outcomes;
    } catch (error) {
      rows.forget();
      rollBack(db);
      throw toStoreFault(WHAT, error);
    }
  };
  const queue = createAppendQueue(writeGroup);

  /** Runs a read now; SQLite is synchronous, the port is not. */
  const reading = <T>(read: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closing.signal.aborted) return reject(new StoreFault('STORE_CLOSED', 'expected an open event log, got one that was closed'));
      try {
        resolve(read());
      } catch (error) {
        reject(toStoreFault(WHAT, error));
      }
    });
  const readAll: EventStore['readAll'] = (after, limit) => reading(() => soundPrefix(rows.after(after, limit), rows.decode));

  return {
    append: async (stream, expected, events, signal) => {
      signal?.throwIfAborted();
      const encoded = events.map((event) => codec.encode(stream, event));
      checkBatch(encoded);
      return queue.push({ stream, expected, events: encoded }, signal);
    },
    readStream: (stream, { from = 0n, limit } = {}) => reading(() => rows.ofStream(stream, from, limit ?? -1).map(rows.decode)),
    readAll,
    head: () => reading(rows.head),
    subscribe: (after, { batch, signal }) =>
      watcher.during(follow({ hub, readAll }, after, { batch, signal: AbortSignal.any([signal, closing.signal]) })),
    close: async () => {
      await queue.close();
      if (closing.signal.aborted) return;
      closing.abort();
      watcher.stop();
      db.close();
    },
  };
};

/** `PRAGMA data_version` changes when another connection has committed. Asked only while somebody follows the log. */
const watchForeignWrites = (db: DatabaseSync, wake: () => void) => {
  const version = db.prepare('PRAGMA data_version');
  const read = (): unknown => version.get()?.['data_version'];
  let last = read();
  let followers = 0;
  let timer: NodeJS.Timeout | null = null;

  const poll = () => {
    const now = read();
    if (now !== last) wake();
    last = now;
  };
  const stop = () => {
    if (timer !== null) clearInterval(timer);
    timer = null;
  };
  return {
    stop,
    during: async function* <T>(source: AsyncIterable<T>): AsyncGenerator<T> {
      followers += 1;
      timer ??= setInterval(poll, FOREIGN_POLL_MS);
      try {
        yield* source;
      } finally {
        followers -= 1;
        if (followers === 0) stop();
      }
    },
  };
};
