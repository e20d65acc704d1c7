import type { DatabaseSync } from 'node:sqlite';
import type { EventId, StreamName } from '#domain/ids.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Member, Outcome } from './append-queue.ts';
import { type Found, judge } from './judge.ts';
import { numberAt, numberOr, rowStatement } from './rows.ts';
import { eventSum } from './sum.ts';

export type WriteRows = {
  /** Writes a group inside the caller's transaction and answers each member. */
  readonly write: (group: readonly Member[]) => readonly Outcome[];
  /** To be called when a transaction failed: stream keys given out in it are void. */
  readonly forget: () => void;
};

/** Names kept in memory, so that a busy stream is not looked up again. About 150 bytes each. */
const CACHED_STREAMS = 20_000;

export const writeRows = (db: DatabaseSync): WriteRows => {
  const selectKey = rowStatement(db, 'SELECT key FROM streams WHERE name = ?');
  const insertStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
  const selectLast = rowStatement(db, 'SELECT max(revision) FROM events WHERE stream = ?');
  const selectFound = rowStatement(db, 'SELECT stream, revision, position FROM events WHERE id = ?');
  const selectHead = rowStatement(db, 'SELECT max(position) FROM events');
  const insertEvent = db.prepare(
    'INSERT INTO events (position, stream, revision, id, type, version, body, sum) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const keys = new Map<StreamName, number>();

  const keyOf = (stream: StreamName): number | null => {
    const cached = keys.get(stream);
    if (cached !== undefined) return cached;
    const found = selectKey.get(stream);
    return found === undefined ? null : remember(keys, stream, numberAt(found, 0));
  };
  const find = (id: EventId): Found | undefined => {
    const found = selectFound.get(Buffer.from(id, 'hex'));
    return found === undefined ? undefined : { stream: numberAt(found, 0), revision: numberAt(found, 1), position: numberAt(found, 2) };
  };

  const writeMember = (member: Member, headBefore: number): Outcome => {
    const known = keyOf(member.stream);
    const last = known === null ? -1 : numberOr(selectLast.get(known), -1);
    const judgement = judge({ ...member, stream: known === null ? null : { key: known, last }, find });
    if (judgement.kind === 'done') return judgement.outcome;
    const key = known ?? remember(keys, member.stream, Number(insertStream.run(member.stream).lastInsertRowid));
    member.events.forEach((event, index) => {
      const { id, type, version, body } = event;
      const [position, revision] = [headBefore + 1 + index, last + 1 + index];
      const sum = eventSum({ position, stream: member.stream, revision, id, type, version, body });
      insertEvent.run(position, key, revision, Buffer.from(id, 'hex'), type, version, body, sum);
    });
    const count = member.events.length;
    return { kind: 'appended', revision: BigInt(last + count), position: BigInt(headBefore + count), repeated: false };
  };

  return {
    write: (group) => {
      let position = numberOr(selectHead.get(), 0);
      return group.map((member) => {
        const outcome = writeMember(member, position);
        if (!(outcome instanceof StoreFault) && outcome.kind === 'appended' && !outcome.repeated) position += member.events.length;
        return outcome;
      });
    },
    forget: () => keys.clear(),
  };
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
