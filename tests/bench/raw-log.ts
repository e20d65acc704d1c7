import { randomBytes } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { EVENT_LOG_SCHEMA } from '#infra/eventstore/log-file.ts';
import { WAL_CHECKPOINT_PAGES } from '#infra/sqlite/file.ts';

/** The limit: bare `node:sqlite` with the same tables, indexes and durability, and none of the checks. */
export const openRawLog = (file: string) => {
  const db = new DatabaseSync(file);
  db.exec(
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = ${String(WAL_CHECKPOINT_PAGES)}; ${EVENT_LOG_SCHEMA}`,
  );
  const insertStream = db.prepare('INSERT INTO streams (name) VALUES (?)');
  const insert = db.prepare('INSERT INTO events (position, stream, revision, id, type, version, body) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const page = db.prepare(
    'SELECT position, stream, revision, id, type, version, body FROM events WHERE position > ? ORDER BY position LIMIT ?',
  );
  page.setReturnArrays(true);
  const revisions = new Map<number, number>();
  let position = 0;
  return {
    stream: (name: string): number => Number(insertStream.run(name).lastInsertRowid),
    append: (stream: number, body: string): void => {
      position += 1;
      const revision = (revisions.get(stream) ?? -1) + 1;
      revisions.set(stream, revision);
      insert.run(position, stream, revision, timeOrderedId(position), 'MessageReceived', 1, body);
    },
    begin: () => db.exec('BEGIN IMMEDIATE'),
    commit: () => db.exec('COMMIT'),
    page: (after: number, limit: number): readonly (readonly unknown[])[] =>
      page.all(after, limit).flatMap((row: unknown) => (Array.isArray(row) ? [row] : [])),
    close: () => db.close(),
  };
};

const timeOrderedId = (order: number): Uint8Array => {
  const id = randomBytes(16);
  id.writeUIntBE(order, 0, 6);
  return id;
};
