import { hash } from 'node:crypto';
import { type IsoTime, parseId, parseStream, type StreamName } from '#domain/ids.ts';
import { type PersonalClass, personalClasses } from '#domain/personal.ts';
import { VaultFault } from '#vault/fault.ts';
import type { ErasureMark, PreviewCounts, SealContext, StoredRef } from '#vault/vault.ts';
import { type Database, openDatabase } from './database.ts';
import { bytesOf, fenceKey, hexOf, idBytes, markOf, numberOf, ownerOf, textOf } from './values.ts';

const VERSION = 1;

/**
 * Tenant and subject stand side by side in the row, so that one needle of 32 bytes finds whatever remains of a subject. `envelope` is null
 * when the bytes stand in a media file. Removed rows are overwritten where they stand, in the same length, and leave the indexes: a DELETE
 * would let SQLite move neighbours and leave readable copies of them behind, `secure_delete` or not (SPEC.md §8).
 */
export const REMOVED = `x'${'00'.repeat(16)}'`;
const SCHEMA = `
CREATE TABLE payloads(
  id INTEGER PRIMARY KEY, tenant BLOB NOT NULL, subject BLOB NOT NULL, ref BLOB NOT NULL, owner INTEGER NOT NULL, class TEXT NOT NULL,
  period TEXT NOT NULL, stream TEXT NOT NULL, event BLOB NOT NULL, field TEXT NOT NULL, bound INTEGER NOT NULL DEFAULT 0,
  stored_at TEXT NOT NULL, envelope BLOB
) STRICT;
CREATE UNIQUE INDEX payload_ref ON payloads(tenant, ref) WHERE tenant <> ${REMOVED};
CREATE INDEX payload_owner ON payloads(owner) WHERE tenant <> ${REMOVED};
CREATE INDEX payload_unbound ON payloads(stored_at) WHERE bound = 0;
CREATE TABLE fences(
  subject BLOB PRIMARY KEY, erasure TEXT NOT NULL, certificate TEXT NOT NULL, fenced_at TEXT NOT NULL,
  payloads INTEGER NOT NULL DEFAULT 0, media INTEGER NOT NULL DEFAULT 0
) STRICT;`;
/** Added beside the first version: how far the binder has followed the log; files that are being removed, by a hash of their name. */
const ADDED = {
  binder: 'CREATE TABLE IF NOT EXISTS binder(one INTEGER PRIMARY KEY CHECK (one = 1), position INTEGER NOT NULL) STRICT',
  going: 'CREATE TABLE IF NOT EXISTS going(subject BLOB NOT NULL, file BLOB NOT NULL, PRIMARY KEY (subject, file)) STRICT, WITHOUT ROWID',
} as const;

const REMOVE_BATCH_ROWS = 2_000;
const OF_SUBJECT = `owner = ? AND tenant = ? AND subject = ? AND tenant <> ${REMOVED}`;
const OVERWRITE = `UPDATE payloads SET tenant = ${REMOVED}, subject = ${REMOVED}, ref = ${REMOVED}, event = ${REMOVED}, owner = ${String(2 ** 32)}, bound = 1,
  stream = printf('%.*c', length(stream), '0'), stored_at = '0000-00-00T00:00:00.000Z', envelope = zeroblob(length(envelope))`;

export type PayloadRow = { readonly context: SealContext; readonly ref: string; readonly envelope: Uint8Array | null };
export type StoredEnvelope = {
  readonly envelope: Uint8Array | null;
  readonly subject: string;
  readonly class: PersonalClass;
  readonly period: string;
};
export type UnboundRow = StoredRef & { readonly stream: StreamName };
export type Fence = { readonly mark: ErasureMark; readonly payloads: number; readonly media: number };
export type Payloads = ReturnType<typeof openPayloads>;

export const openPayloads = (file: string, now: () => IsoTime) => {
  const database = openDatabase(file, VERSION, SCHEMA);
  const isThere = database.prepare('SELECT 1 FROM sqlite_schema WHERE name = ?');
  for (const [table, sql] of Object.entries(ADDED))
    if (isThere.get(table) === undefined) database.transact(() => database.prepare(sql).run());
  const insert = database.prepare(
    `INSERT INTO payloads(tenant, subject, ref, owner, class, period, stream, event, field, stored_at, envelope) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const select = database.prepare(
    `SELECT subject, class, period, envelope FROM payloads WHERE tenant = ? AND ref = ? AND tenant <> ${REMOVED}`,
  );
  const selectFence = database.prepare('SELECT * FROM fences WHERE subject = ?');
  const insertFence = database.prepare('INSERT INTO fences(subject, erasure, certificate, fenced_at) VALUES (?, ?, ?, ?)');
  const counts = database.prepare(`SELECT class, count(*) AS rows FROM payloads WHERE ${OF_SUBJECT} GROUP BY class`);
  const streams = database.prepare(`SELECT DISTINCT stream FROM payloads WHERE ${OF_SUBJECT} ORDER BY stream`);
  const one = database.prepare(`SELECT 1 FROM payloads WHERE ${OF_SUBJECT} AND stream = ? LIMIT 1`);
  const drop = database.prepare(
    `${OVERWRITE} WHERE id IN (SELECT id FROM payloads WHERE ${OF_SUBJECT} LIMIT ${String(REMOVE_BATCH_ROWS)})`,
  );
  const goes = database.prepare('INSERT OR IGNORE INTO going(subject, file) VALUES (?, ?)');
  const gone = database.prepare('DELETE FROM going WHERE subject = ?');
  const addCounts = database.prepare('UPDATE fences SET payloads = payloads + ?, media = media + ? WHERE subject = ?');

  const keyOf = (tenant: string, subject: string) => [ownerOf(tenant, subject), idBytes(tenant), idBytes(subject)] as const;

  const fence = (tenant: string, subject: string): Fence | null => {
    const row = selectFence.get(fenceKey(tenant, subject));
    if (row === undefined) return null;
    return { mark: markOf(row), payloads: numberOf(row, 'payloads'), media: numberOf(row, 'media') };
  };

  return {
    database,
    fence,
    /** Inside the caller's transaction, which has checked the fence. */
    insert: ({ context, ref, envelope }: PayloadRow): void => {
      const names = [context.class, context.period, context.stream.slice(context.tenant.length + 1)];
      insert.run(
        idBytes(context.tenant),
        idBytes(context.subject),
        idBytes(ref),
        ownerOf(context.tenant, context.subject),
        ...names,
        idBytes(context.event),
        context.field,
        now(),
        envelope,
      );
    },
    get: (tenant: string, ref: string): StoredEnvelope | null => {
      const row = select.get(idBytes(tenant), idBytes(ref));
      if (row === undefined) return null;
      const { envelope, subject } = row;
      return {
        envelope: envelope instanceof Uint8Array ? envelope : null,
        subject: subject instanceof Uint8Array ? hexOf(subject) : '',
        class: classOf(textOf(row, 'class')),
        period: textOf(row, 'period'),
      };
    },
    ...boundRows(database),
    preview: (tenant: string, subject: string): PreviewCounts => {
      const found = new Map(counts.all(...keyOf(tenant, subject)).map((row) => [textOf(row, 'class'), numberOf(row, 'rows')]));
      const of = (name: PersonalClass): number => found.get(name) ?? 0;
      const written = { message: of('message'), media: of('media'), note: of('note'), ai: of('ai') };
      return { ...written, profile: of('profile'), audit: of('audit'), credential: of('credential') };
    },
    streamsOf: (tenant: string, subject: string): readonly StreamName[] =>
      streams
        .all(...keyOf(tenant, subject))
        .map((row) => parseStream(`${tenant}.${textOf(row, 'stream')}`))
        .filter((stream) => stream !== null),
    holds: (tenant: string, subject: string, stream: StreamName): boolean =>
      one.get(...keyOf(tenant, subject), stream.slice(tenant.length + 1)) !== undefined,
    /** Idempotent for the same erasure; another one on the same subject is a fault: a certificate names one. */
    setFence: (tenant: string, subject: string, mark: ErasureMark): void => {
      database.transact(() => {
        const found = fence(tenant, subject);
        if (found === null) insertFence.run(fenceKey(tenant, subject), mark.erasureId, mark.certificate, now());
        else if (found.mark.erasureId !== mark.erasureId || found.mark.certificate !== mark.certificate) {
          throw new VaultFault('VAULT_FENCE_CONFLICT', 'expected the erasure that fenced this subject, got another one');
        }
      });
    },
    /** Overwrites one batch of the subject's rows and counts it in the same transaction. @returns rows removed, 0 when none are left */
    removeBatch: (tenant: string, subject: string): number =>
      database.transact(() => {
        const rows = drop.run(...keyOf(tenant, subject));
        if (rows > 0) addCounts.run(rows, 0, fenceKey(tenant, subject));
        return rows;
      }),
    /** Counts files that are about to go, each once, however often this is said. */
    mediaGoes: (tenant: string, subject: string, names: readonly string[]): void => {
      if (names.length === 0) return;
      const owner = fenceKey(tenant, subject);
      database.transact(() => {
        const fresh = names.reduce((sum, name) => sum + goes.run(owner, hash('sha256', name, 'buffer')), 0);
        addCounts.run(0, fresh, owner);
      });
    },
    mediaGone: (tenant: string, subject: string): void => {
      database.transact(() => gone.run(fenceKey(tenant, subject)));
    },
  };
};

/** Which rows an event of the log names; what none names can be dropped (`orphans.ts`). */
const boundRows = (database: Database) => {
  const bind = database.prepare(`UPDATE payloads SET bound = 1 WHERE tenant = ? AND ref = ? AND tenant <> ${REMOVED} AND bound = 0`);
  const selectUnbound = database.prepare(
    'SELECT tenant, ref, stream FROM payloads WHERE bound = 0 AND stored_at < ? ORDER BY stored_at LIMIT ?',
  );
  const position = database.prepare('SELECT position FROM binder');
  const setPosition = database.prepare(
    'INSERT INTO binder(one, position) VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET position = max(position, excluded.position)',
  );
  const dropOne = database.prepare(`${OVERWRITE} WHERE tenant = ? AND ref = ? AND tenant <> ${REMOVED} AND bound = 0`);
  return {
    markBound: (refs: readonly StoredRef[], upTo: bigint | null): void => {
      database.transact(() => {
        for (const { tenant, ref } of refs) bind.run(idBytes(tenant), idBytes(ref));
        if (upTo !== null) setPosition.run(upTo);
      });
    },
    boundUpTo: (): bigint => BigInt(Number(position.get()?.['position'] ?? 0)),
    unbound: (storedBefore: string, limit: number): readonly UnboundRow[] =>
      selectUnbound.all(storedBefore, limit).flatMap((row) => {
        const tenant = parseId<'tenant'>(hexOf(bytesOf(row, 'tenant')));
        const ref = parseId<'payload'>(hexOf(bytesOf(row, 'ref')));
        const stream = tenant === null ? null : parseStream(`${tenant}.${textOf(row, 'stream')}`);
        return tenant === null || ref === null || stream === null ? [] : [{ tenant, ref, stream }];
      }),
    /** @returns whether the row was there and not bound. */
    dropUnbound: ({ tenant, ref }: StoredRef): boolean => database.transact(() => dropOne.run(idBytes(tenant), idBytes(ref)) > 0),
  };
};

const classOf = (text: string): PersonalClass => {
  const found = personalClasses.find((name) => name === text);
  if (found === undefined)
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected a payload row of a known class: restore payloads.db from a backup');
  return found;
};
