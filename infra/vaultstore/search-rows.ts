import { SEARCH_TAG_BYTES } from '#vault/blind-tag.ts';
import type { SearchField } from '#vault/vault.ts';
import type { Database } from './database.ts';
import { bytesOf, hexOf, idBytes, numberOf, ownerOf } from './values.ts';

const REMOVED = `x'${'00'.repeat(16)}'`;

/**
 * One row per word of a person, under the rules of the claims beside it: tenant and subject side by side, removed rows overwritten where they
 * stand. The index by tag ends with the owner's 6 bytes, so that a copy that SQLite left behind can be recognised by both.
 */
export const SEARCH_SCHEMA = `
CREATE TABLE words(
  id INTEGER PRIMARY KEY, tenant BLOB NOT NULL, subject BLOB NOT NULL, owner INTEGER NOT NULL, field TEXT NOT NULL, tag BLOB NOT NULL
) STRICT;
CREATE INDEX word_tag ON words(tag, owner) WHERE tenant <> ${REMOVED};
CREATE INDEX word_owner ON words(owner) WHERE tenant <> ${REMOVED};
CREATE TABLE indexer(one INTEGER PRIMARY KEY CHECK (one = 1), forms INTEGER NOT NULL, position INTEGER NOT NULL) STRICT;`;

const OVERWRITE = `UPDATE words SET tenant = ${REMOVED}, subject = ${REMOVED}, owner = ${String(2 ** 32)},
  tag = zeroblob(${String(SEARCH_TAG_BYTES)})`;
const OF_SUBJECT = `owner = ? AND tenant = ? AND subject = ? AND tenant <> ${REMOVED}`;
const OWNER_BYTES = 6;

export type WordRow = { readonly id: number; readonly tag: Uint8Array };

/** The rows of the search index, in `identity.db`. Writing happens inside a transaction of the caller. */
export const searchRows = (database: Database) => {
  const ofField = database.prepare(`SELECT id, tag FROM words WHERE ${OF_SUBJECT} AND field = ?`);
  const ofSubject = database.prepare(`SELECT tag FROM words WHERE ${OF_SUBJECT}`);
  const byTag = database.prepare(`SELECT subject FROM words WHERE tag = ? AND tenant = ? AND tenant <> ${REMOVED} LIMIT ?`);
  const one = database.prepare(`SELECT 1 FROM words WHERE tag = ? AND ${OF_SUBJECT}`);
  const insert = database.prepare('INSERT INTO words(tenant, subject, owner, field, tag) VALUES (?, ?, ?, ?, ?)');
  const drop = database.prepare(`${OVERWRITE} WHERE id = ?`);
  const dropAll = database.prepare(`${OVERWRITE} WHERE ${OF_SUBJECT}`);
  const position = database.prepare('SELECT position FROM indexer WHERE forms = ?');
  const setPosition = database.prepare(
    `INSERT INTO indexer(one, forms, position) VALUES (1, ?, ?)
     ON CONFLICT (one) DO UPDATE SET forms = excluded.forms, position = excluded.position`,
  );
  const keyOf = (tenant: string, subject: string) => [ownerOf(tenant, subject), idBytes(tenant), idBytes(subject)] as const;

  return {
    ofField: (tenant: string, subject: string, field: SearchField): readonly WordRow[] =>
      ofField.all(...keyOf(tenant, subject), field).map((row) => ({ id: numberOf(row, 'id'), tag: bytesOf(row, 'tag') })),
    insert: (tenant: string, subject: string, field: SearchField, tag: Uint8Array): void => {
      insert.run(idBytes(tenant), idBytes(subject), ownerOf(tenant, subject), field, tag);
    },
    drop: (id: number): void => {
      drop.run(id);
    },
    byTag: (tenant: string, tag: Uint8Array, limit: number): readonly string[] =>
      byTag.all(tag, idBytes(tenant), limit).map((row) => hexOf(bytesOf(row, 'subject'))),
    has: (tenant: string, subject: string, tag: Uint8Array): boolean => one.get(tag, ...keyOf(tenant, subject)) !== undefined,
    /** A person has a few dozen words at most. @returns rows overwritten */
    removeAllOf: (tenant: string, subject: string): number => dropAll.run(...keyOf(tenant, subject)),
    /** What copies of the person's index entries look like. The tag alone may be another's: namesakes in one drawer share it. */
    needlesOf: (tenant: string, subject: string): readonly Uint8Array[] => {
      const owner = Buffer.alloc(OWNER_BYTES);
      owner.writeUIntBE(ownerOf(tenant, subject), 0, OWNER_BYTES);
      return ofSubject.all(...keyOf(tenant, subject)).map((row) => Buffer.concat([bytesOf(row, 'tag'), owner]));
    },
    position: (forms: number): bigint => BigInt(Number(position.get(forms)?.['position'] ?? 0)),
    setPosition: (forms: number, at: bigint): void => {
      setPosition.run(forms, at);
    },
  };
};
