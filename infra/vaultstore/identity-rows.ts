import type { IdentityField } from '#vault/vault.ts';
import { openDatabase } from './database.ts';
import { searchRows, SEARCH_SCHEMA } from './search-rows.ts';
import { bytesOf, fenceKey, hexOf, idBytes, numberOf, ownerOf } from './values.ts';

const VERSION = 2;

/**
 * As in the payload file, tenant and subject stand side by side, fences name subjects by hash, and removed rows are overwritten where they
 * stand. A claim carries its "already seen" tag; it moves to `seen` when the subject is erased, so that the common way writes one row per
 * identifier.
 */
const REMOVED = `x'${'00'.repeat(16)}'`;
const NO_TAG = `x'${'00'.repeat(32)}'`;
const SCHEMA = `
CREATE TABLE claims(
  id INTEGER PRIMARY KEY, tenant BLOB NOT NULL, subject BLOB NOT NULL, owner INTEGER NOT NULL, field TEXT NOT NULL, tag BLOB NOT NULL,
  claimed BLOB NOT NULL, seen_week INTEGER, seen_tag BLOB
) STRICT;
CREATE UNIQUE INDEX claim_tag ON claims(tenant, field, tag) WHERE tenant <> ${REMOVED};
CREATE INDEX claim_owner ON claims(owner, field) WHERE tenant <> ${REMOVED};
CREATE TABLE seen(tenant BLOB NOT NULL, week INTEGER NOT NULL, tag BLOB NOT NULL, PRIMARY KEY(tenant, week, tag)) STRICT, WITHOUT ROWID;
CREATE TABLE fences(subject BLOB PRIMARY KEY, unlinked INTEGER NOT NULL, removed INTEGER NOT NULL DEFAULT 0) STRICT;
${SEARCH_SCHEMA}`;

const BY_TAG = `tenant = ? AND field = ? AND tag = ? AND tenant <> ${REMOVED}`;
const OF_SUBJECT = `owner = ? AND tenant = ? AND subject = ? AND tenant <> ${REMOVED}`;
/** What names a person or a channel; wamids are counted and searched by nobody. By field, so that the cost does not grow with messages. */
const NAMING = `field IN ('phone', 'bsuid', 'email', 'phoneNumberId', 'conversation')`;
const OVERWRITE = `UPDATE claims SET tenant = ${REMOVED}, subject = ${REMOVED}, owner = ${String(2 ** 32)}, tag = ${NO_TAG}, claimed = ${REMOVED},
  seen_tag = zeroblob(length(seen_tag))`;
const REMOVE_BATCH_ROWS = 2_000;

export type SeenTag = { readonly week: number; readonly tag: Uint8Array };
export type Claim = { readonly id: string; readonly subject: string };
export type IdentityRows = ReturnType<typeof openIdentity>;

export const openIdentity = (file: string) => {
  const database = openDatabase(file, VERSION, SCHEMA);
  const select = database.prepare(`SELECT claimed, subject FROM claims WHERE ${BY_TAG}`);
  const insert = database.prepare(
    'INSERT INTO claims(tenant, subject, owner, field, tag, claimed, seen_week, seen_tag) VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
  );
  const dropOne = database.prepare(`${OVERWRITE} WHERE ${BY_TAG}`);
  const selectSeen = database.prepare('SELECT 1 FROM seen WHERE tenant = ? AND week = ? AND tag = ?');
  const dropSeen = database.prepare('DELETE FROM seen WHERE tenant = ? AND week = ?');
  const selectFence = database.prepare('SELECT unlinked, removed FROM fences WHERE subject = ?');
  const insertFence = database.prepare('INSERT INTO fences(subject, unlinked) VALUES (?, ?)');
  const countLinks = database.prepare(`SELECT count(*) AS links FROM claims WHERE ${OF_SUBJECT} AND ${NAMING}`);
  const countRows = database.prepare(`SELECT count(*) AS rows FROM claims WHERE ${OF_SUBJECT}`);
  const namingTags = database.prepare(`SELECT tag FROM claims WHERE ${OF_SUBJECT} AND ${NAMING}`);
  const batch = `SELECT id FROM claims WHERE ${OF_SUBJECT} ORDER BY id LIMIT ${String(REMOVE_BATCH_ROWS)}`;
  const keepSeen = database.prepare(
    `INSERT OR IGNORE INTO seen(tenant, week, tag) SELECT tenant, seen_week, seen_tag FROM claims WHERE seen_week >= ? AND id IN (${batch})`,
  );
  const drop = database.prepare(`${OVERWRITE} WHERE id IN (${batch})`);
  const countRemoved = database.prepare('UPDATE fences SET removed = removed + ? WHERE subject = ?');

  const keyOf = (tenant: string, subject: string) => [ownerOf(tenant, subject), idBytes(tenant), idBytes(subject)] as const;

  const fence = (tenant: string, subject: string): { readonly unlinked: number; readonly removed: number } | null => {
    const row = selectFence.get(fenceKey(tenant, subject));
    return row === undefined ? null : { unlinked: numberOf(row, 'unlinked'), removed: numberOf(row, 'removed') };
  };

  const words = searchRows(database);

  return {
    database,
    fence,
    words,
    find: (tenant: string, field: IdentityField, tag: Uint8Array): Claim | null => {
      const row = select.get(idBytes(tenant), field, tag);
      return row === undefined ? null : { id: hexOf(bytesOf(row, 'claimed')), subject: hexOf(bytesOf(row, 'subject')) };
    },
    insert: (tenant: string, field: IdentityField, tag: Uint8Array, claim: Claim, seen: SeenTag | null): void => {
      insert.run(
        idBytes(tenant),
        idBytes(claim.subject),
        ownerOf(tenant, claim.subject),
        field,
        tag,
        idBytes(claim.id),
        seen?.week ?? null,
        seen?.tag ?? null,
      );
    },
    /** Takes the place of a fenced subject's claim; it counts among that subject's removed rows. */
    release: (tenant: string, field: IdentityField, tag: Uint8Array, subject: string): void => {
      countRemoved.run(dropOne.run(idBytes(tenant), field, tag), fenceKey(tenant, subject));
    },
    wasSeen: (tenant: string, seen: SeenTag): boolean => selectSeen.get(idBytes(tenant), seen.week, seen.tag) !== undefined,
    forgetWeek: (tenant: string, week: number): void => {
      dropSeen.run(idBytes(tenant), week);
    },
    /** From now on the subject's claims answer nothing; their rows go with `removeBatch`. @returns identifiers unlinked, of the first run */
    setFence: (tenant: string, subject: string): number =>
      database.transact(() => {
        const found = fence(tenant, subject);
        if (found !== null) return found.unlinked;
        const links = numberOf(countLinks.get(...keyOf(tenant, subject)) ?? {}, 'links');
        insertFence.run(fenceKey(tenant, subject), links);
        return links;
      }),
    /** Everything that leads to the subject. */
    rowsOf: (tenant: string, subject: string): number =>
      numberOf(countRows.get(...keyOf(tenant, subject)) ?? {}, 'rows') + words.needlesOf(tenant, subject).length,
    /** Tags that name the subject, to search for once they are gone. */
    namingTags: (tenant: string, subject: string): readonly Uint8Array[] =>
      namingTags.all(...keyOf(tenant, subject)).map((row) => bytesOf(row, 'tag')),
    /** Overwrites one batch, keeps its "already seen" tags from `oldestWeek` on, counts it: one transaction. @returns rows removed */
    removeBatch: (tenant: string, subject: string, oldestWeek: number): number =>
      database.transact(() => {
        keepSeen.run(oldestWeek, ...keyOf(tenant, subject));
        const rows = drop.run(...keyOf(tenant, subject)) + words.removeAllOf(tenant, subject);
        if (rows > 0) countRemoved.run(rows, fenceKey(tenant, subject));
        return rows;
      }),
  };
};
