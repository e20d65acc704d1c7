import type { DatabaseSync } from 'node:sqlite';
import type { EventId, StreamName } from '#domain/ids.ts';
import { parseId, parseStream } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { Member, Outcome } from './append-queue.ts';
import type { EventCodec } from './codec.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { type Found, judge } from './judge.ts';

/**
 * Streams have integer keys (twice the batch throughput of text keys), event ids are 16 bytes and time-ordered, so their unique index
 * grows at its end. Positions are given out inside the write transaction: dense, and never visible before they are final.
 */
export const EVENT_LOG_SCHEMA = `
  CREATE TABLE IF NOT EXISTS streams (
    key INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
  ) STRICT;
  CREATE TABLE IF NOT EXISTS events (
    position INTEGER PRIMARY KEY,
    stream INTEGER NOT NULL REFERENCES streams (key),
    revision INTEGER NOT NULL,
    id BLOB NOT NULL CHECK (length(id) = 16),
    type TEXT NOT NULL,
    version INTEGER NOT NULL,
    body TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_stream ON events (stream, revision);
  CREATE UNIQUE INDEX IF NOT EXISTS events_by_id ON events (id);
`;

const COLUMNS = 'e.position, s.name, e.revision, e.id, e.type, e.version, e.body';
/** Names kept in memory, so that a busy stream is not looked up again. About 150 bytes each. */
const CACHED_STREAMS = 20_000;

export type EventRow = readonly unknown[];

export type EventRows = {
  /** Writes a group inside the caller's transaction and answers each member. */
  readonly write: (group: readonly Member[]) => readonly Outcome[];
  /** To be called when a transaction failed: stream keys given out in it are void. */
  readonly forget: () => void;
  readonly ofStream: (stream: StreamName, from: bigint, limit: number) => readonly EventRow[];
  readonly after: (position: bigint, limit: number) => readonly EventRow[];
  readonly head: () => bigint;
  readonly decode: (row: EventRow) => RecordedEvent;
};

export const eventRows = (db: DatabaseSync, codec: EventCodec): EventRows => {
  const statement = (sql: string) => {
    const prepared = db.prepare(sql);
    prepared.setReturnArrays(true);
    return { get: (...values: Value[]) => row(prepared.get(...values)), all: (...values: Value[]) => prepared.all(...values).map(rowOf) };
  };
  const selectKey = statement('SELECT key FROM streams WHERE name = ?');
  const insertStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
  const selectLast = statement('SELECT max(revision) FROM events WHERE stream = ?');
  const selectFound = statement('SELECT stream, revision, position FROM events WHERE id = ?');
  const selectHead = statement('SELECT max(position) FROM events');
  const insertEvent = db.prepare('INSERT INTO events (position, stream, revision, id, type, version, body) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const selectStream = statement(
    `SELECT ${COLUMNS} FROM streams s JOIN events e ON e.stream = s.key WHERE s.name = ? AND e.revision >= ? ORDER BY e.revision LIMIT ?`,
  );
  const selectAfter = statement(
    `SELECT ${COLUMNS} FROM events e JOIN streams s ON s.key = e.stream WHERE e.position > ? ORDER BY e.position LIMIT ?`,
  );
  const keys = new Map<StreamName, number>();

  const keyOf = (stream: StreamName): number | null => {
    const cached = keys.get(stream);
    if (cached !== undefined) return cached;
    const found = selectKey.get(stream);
    if (found === undefined) return null;
    return remember(keys, stream, numberAt(found, 0));
  };
  const find = (id: EventId): Found | undefined => {
    const found = selectFound.get(Buffer.from(id, 'hex'));
    return found === undefined ? undefined : { stream: numberAt(found, 0), revision: numberAt(found, 1), position: numberAt(found, 2) };
  };
  const head = (): number => nullableNumberAt(selectHead.get() ?? [null], 0) ?? 0;

  const writeMember = (member: Member, headBefore: number): Outcome => {
    const known = keyOf(member.stream);
    const last = known === null ? -1 : (nullableNumberAt(selectLast.get(known) ?? [null], 0) ?? -1);
    const judgement = judge({ ...member, stream: known === null ? null : { key: known, last }, find });
    if (judgement.kind === 'done') return judgement.outcome;
    const key = known ?? remember(keys, member.stream, Number(insertStream.run(member.stream).lastInsertRowid));
    member.events.forEach((event, index) => {
      const id = Buffer.from(event.id, 'hex');
      insertEvent.run(headBefore + 1 + index, key, last + 1 + index, id, event.type, event.version, event.body);
    });
    const count = member.events.length;
    return { kind: 'appended', revision: BigInt(last + count), position: BigInt(headBefore + count), repeated: false };
  };

  return {
    write: (group) => {
      let position = head();
      return group.map((member) => {
        const outcome = writeMember(member, position);
        if (!(outcome instanceof StoreFault) && outcome.kind === 'appended' && !outcome.repeated) position += member.events.length;
        return outcome;
      });
    },
    forget: () => keys.clear(),
    ofStream: (stream, from, limit) => selectStream.all(stream, from, limit),
    after: (position, limit) => selectAfter.all(position, limit),
    head: () => BigInt(head()),
    decode: (stored) => decodeRow(codec, stored),
  };
};

type Value = string | number | bigint | Uint8Array;

const decodeRow = (codec: EventCodec, [position, name, revision, id, type, version, body]: EventRow): RecordedEvent => {
  const stream = parseStream(name);
  const eventId = id instanceof Uint8Array ? parseId<'event'>(Buffer.from(id.buffer, id.byteOffset, id.byteLength).toString('hex')) : null;
  const numbers = typeof position === 'number' && typeof revision === 'number' && typeof version === 'number';
  if (stream === null || eventId === null || !numbers || typeof type !== 'string' || typeof body !== 'string') throw damagedRow();
  return codec.decode({ id: eventId, type, version, body }, { stream, revision: BigInt(revision), position: BigInt(position) });
};

const damagedRow = () =>
  new StoreFault('STORE_DAMAGED', 'The file of the event log is damaged: a row holds other kinds of values than expected.');

/** With `setReturnArrays` a row is an array; the type definitions say record. */
const rowOf = (value: unknown): EventRow => {
  if (!Array.isArray(value)) throw damagedRow();
  return value;
};
const row = (value: unknown): EventRow | undefined => (value === undefined ? undefined : rowOf(value));

const numberAt = (values: EventRow, index: number): number => nullableNumberAt(values, index) ?? -1;
const nullableNumberAt = (values: EventRow, index: number): number | null => {
  const value = values[index];
  return typeof value === 'number' ? value : null;
};

/** Oldest entry out: a Map keeps the order of insertion. */
const remember = (keys: Map<StreamName, number>, stream: StreamName, key: number): number => {
  if (keys.size >= CACHED_STREAMS)
    for (const oldest of keys.keys()) {
      keys.delete(oldest);
      break;
    }
  keys.set(stream, key);
  return key;
};
