import type { DatabaseSync } from 'node:sqlite';
import { parseId, parseStream, type StreamName } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import type { Hub } from '#infra/eventloop/hub.ts';
import { StoreFault, toStoreFault } from '#infra/sqlite/store-fault.ts';
import type { EventCodec } from './codec.ts';
import { watchForeignWrites } from './foreign-writes.ts';
import { WHAT } from './log-file.ts';
import { damagedRow, numberOr, type Row, rowStatement } from './rows.ts';
import { follow, soundPrefix } from './subscription.ts';

export type LogReads = Pick<EventStore, 'readStream' | 'readStreams' | 'readAll' | 'streams' | 'head' | 'subscribe'> & {
  /** Ends subscriptions and refuses further reads. */
  readonly stop: () => void;
};

type Parts = {
  readonly db: DatabaseSync;
  readonly codec: EventCodec;
  readonly hub: Hub;
  /** Hears every fault of the file, before the caller does. */
  readonly onFault?: (fault: StoreFault) => void;
};

const COLUMNS = 'e.position, s.name, e.revision, e.id, e.type, e.version, e.body';

/** The reading half of the port over a connection: the same for the store that writes and for a reader beside it. */
export const createLogReads = ({ db, codec, hub, onFault }: Parts): LogReads => {
  const selectHead = rowStatement(db, 'SELECT max(position) FROM events');
  const selectStream = rowStatement(
    db,
    `SELECT ${COLUMNS} FROM streams s JOIN events e ON e.stream = s.key WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`,
  );
  const selectStreams = rowStatement(
    db,
    `SELECT ${COLUMNS} FROM json_each(?) j JOIN streams s ON s.name = j.value JOIN events e ON e.stream = s.key ORDER BY s.key, e.revision`,
  );
  const selectAfter = rowStatement(
    db,
    `SELECT ${COLUMNS} FROM events e JOIN streams s ON s.key = e.stream WHERE e.position > ? ORDER BY e.position LIMIT ?`,
  );
  const selectNextName = rowStatement(db, 'SELECT name FROM streams WHERE name > ? ORDER BY name LIMIT 1');
  const selectNames = rowStatement(db, 'SELECT name FROM streams WHERE name > ? AND name < ? ORDER BY name');
  const decode = (row: Row): RecordedEvent => decodeRow(codec, row);
  const watcher = watchForeignWrites(db, hub.wake);
  const closing = new AbortController();

  /** Runs a read now; SQLite is synchronous, the port is not. */
  const reading = <T>(read: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closing.signal.aborted) return reject(new StoreFault('STORE_CLOSED', 'expected an open event log, got one that was closed'));
      try {
        resolve(read());
      } catch (error) {
        const fault = toStoreFault(WHAT, error);
        onFault?.(fault);
        reject(fault);
      }
    });
  const readAll: EventStore['readAll'] = (after, limit) => reading(() => soundPrefix(selectAfter.all(after, limit), decode));

  return {
    readStream: (stream, { from = 0n, limit } = {}) => reading(() => selectStream.all(stream, from, limit ?? -1).map(decode)),
    readStreams: (streams) => reading(() => Map.groupBy(selectStreams.all(JSON.stringify(streams)).map(decode), ({ stream }) => stream)),
    readAll,
    streams: (category) => reading(() => [...namesIn(category, { selectNextName, selectNames })]),
    head: () => reading(() => BigInt(numberOr(selectHead.get(), 0))),
    subscribe: (after, { batch, signal }) =>
      watcher.during(follow({ hub, readAll }, after, { batch, signal: AbortSignal.any([signal, closing.signal]) })),
    stop: () => {
      closing.abort();
      watcher.stop();
    },
  };
};

/** Jumps from organisation to organisation along the index of names, so that it costs what it finds, not what the log holds. */
function* namesIn(
  category: string,
  { selectNextName, selectNames }: Readonly<Record<'selectNextName' | 'selectNames', ReturnType<typeof rowStatement>>>,
): Generator<StreamName> {
  for (let after = ''; ;) {
    const next = selectNextName.get(after)?.[0];
    if (typeof next !== 'string') return;
    const tenant = next.slice(0, next.indexOf('.'));
    // In ASCII, "-" is followed by "." and that by "/".
    for (const [name] of selectNames.all(`${tenant}.${category}-`, `${tenant}.${category}.`)) {
      const stream = parseStream(name);
      if (stream === null) throw damagedRow();
      yield stream;
    }
    after = `${tenant}/`;
  }
}

const decodeRow = (codec: EventCodec, [position, name, revision, id, type, version, body]: Row): RecordedEvent => {
  const stream = parseStream(name);
  const eventId = id instanceof Uint8Array ? parseId<'event'>(Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')) : null;
  const numbers = typeof position === 'number' && typeof revision === 'number' && typeof version === 'number';
  if (stream === null || eventId === null || !numbers || typeof type !== 'string' || typeof body !== 'string') throw damagedRow();
  return codec.decode({ id: eventId, type, version, body }, { stream, revision: BigInt(revision), position: BigInt(position) });
};
