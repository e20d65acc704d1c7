import type { DatabaseSync } from 'node:sqlite';
import type { EventId, StreamName } from '#domain/ids.ts';
import { isTaken, StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Member, Outcome } from './append-queue.ts';
import { fits, type Found, judge } from './judge.ts';
import { numberAt, numberOr, rowStatement } from './rows.ts';
import { eventSum } from './sum.ts';

export type WriteRows = {
  /** Writes a group inside the caller's transaction and answers each member. */
  readonly write: (group: readonly Member[]) => readonly Outcome[];
  /** To be called when a transaction failed: what it left in memory is void. */
  readonly forget: () => void;
};

/** Where a stream ends: the store's own key of it, and its last revision. */
type End = { readonly key: number; readonly last: number };

/** Ends of streams kept in memory, so that a busy stream is not looked up again. About 200 bytes each. */
const CACHED_STREAMS = 20_000;

export const writeRows = (db: DatabaseSync): WriteRows => {
  const selectKey = rowStatement(db, 'SELECT key FROM streams WHERE name = ?');
  const insertStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
  const deleteStream = db.prepare('DELETE FROM streams WHERE key = ?');
  const selectLast = rowStatement(db, 'SELECT max(revision) FROM events WHERE stream = ?');
  const selectFound = rowStatement(db, 'SELECT stream, revision, position FROM events WHERE id = ?');
  const selectHead = rowStatement(db, 'SELECT max(position) FROM events');
  const selectVersion = rowStatement(db, 'PRAGMA data_version');
  const insertEvent = db.prepare(
    'INSERT INTO events (position, stream, revision, id, type, version, body, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const deleteBehind = db.prepare('DELETE FROM events WHERE position > ?');
  const ends = new Map<StreamName, End>();
  let head: number | null = null;
  let version: number | null = null;

  const forget = (): void => {
    ends.clear();
    head = null;
  };
  /** Inside the transaction nobody else can commit any more: what was remembered holds until its end, unless somebody did before. */
  const refresh = (): number => {
    const now = numberOr(selectVersion.get(), 0);
    if (now !== version) forget();
    version = now;
    return (head ??= numberOr(selectHead.get(), 0));
  };
  const endOf = (stream: StreamName): End | null => {
    const known = ends.get(stream);
    if (known !== undefined) return known;
    const found = selectKey.get(stream);
    if (found === undefined) return null;
    const key = numberAt(found, 0);
    return remember(ends, stream, { key, last: numberOr(selectLast.get(key), -1) });
  };
  const find = (id: EventId): Found | undefined => {
    const found = selectFound.get(Buffer.from(id, 'hex'));
    return found === undefined ? undefined : { stream: numberAt(found, 0), revision: numberAt(found, 1), position: numberAt(found, 2) };
  };
  const insert = ({ stream, events }: Member, { key, last }: End, headBefore: number): void => {
    events.forEach((event, index) => {
      const { id, type, version: ofType, body } = event;
      const [position, revision] = [headBefore + 1 + index, last + 1 + index];
      const sum = eventSum({ position, stream, revision, id, type, version: ofType, body });
      insertEvent.run(position, key, revision, Buffer.from(id, 'hex'), type, ofType, body, sum);
    });
  };

  /**
   * A member that fits is written without looking for its ids first: the index refuses those that stand in the log already, and then what was
   * written of the member is taken back and the rules are asked.
   */
  const writeMember = (member: Member, headBefore: number): Outcome => {
    const known = endOf(member.stream);
    let refused: Error | null = null;
    if (fits(member.expected, known)) {
      const end = known ?? { key: Number(insertStream.run(member.stream).lastInsertRowid), last: -1 };
      const count = member.events.length;
      try {
        insert(member, end, headBefore);
        remember(ends, member.stream, { key: end.key, last: end.last + count });
        return { kind: 'appended', revision: BigInt(end.last + count), position: BigInt(headBefore + count), repeated: false };
      } catch (error) {
        if (!(error instanceof Error) || !isTaken(error)) throw error;
        refused = error;
        deleteBehind.run(headBefore);
        if (known === null) deleteStream.run(end.key);
      }
    }
    const judgement = judge({ ...member, stream: known, find });
    if (judgement.kind === 'done') return judgement.outcome;
    throw refused ?? new StoreFault('STORE_UNAVAILABLE', 'expected an append that fits to have been written, it was not');
  };

  return {
    write: (group) => {
      let position = refresh();
      const outcomes = group.map((member) => {
        const outcome = writeMember(member, position);
        if (!(outcome instanceof StoreFault) && outcome.kind === 'appended' && !outcome.repeated) position += member.events.length;
        return outcome;
      });
      head = position;
      return outcomes;
    },
    forget,
  };
};

/** Oldest entry out: a Map keeps the order of insertion. */
const remember = (ends: Map<StreamName, End>, stream: StreamName, end: End): End => {
  if (ends.size >= CACHED_STREAMS && !ends.has(stream))
    for (const oldest of ends.keys()) {
      ends.delete(oldest);
      break;
    }
  ends.set(stream, end);
  return end;
};
