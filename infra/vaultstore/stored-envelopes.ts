import { createHash, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { openAsItIs } from '#infra/sqlite/as-it-is.ts';
import { isDigestOf, isSameDigest } from './digest.ts';
import { isMissing } from './files.ts';
import { mediaPath } from './media-files.ts';
import { REMOVED } from './payload-rows.ts';
import { fenceKey, idBytes } from './values.ts';

/**
 * How the stored bytes of one sealed value stand to what the log says of it. `removed`: gone, and the person was erased; `missing`: gone
 * without a reason; `misplaced`: kept under another event, field or person; `unreadable`: its part of the file is damaged.
 */
export type StoredState = 'sound' | 'removed' | 'missing' | 'changed' | 'misplaced' | 'unreadable';
export type StoredEnvelopes = { readonly look: (handle: SealedHandle) => StoredState; readonly close: () => void };

const READ_BYTES = 1024 * 1024;

/**
 * The vault's stored bytes, reading only and without any key, also beside a running server: enough to hold digests against them, never
 * enough to open one. Null when there is no `payloads.db`.
 */
export const openStoredEnvelopes = (dataDir: string): StoredEnvelopes | null => {
  const file = join(dataDir, 'payloads.db');
  if (!existsSync(file)) return null;
  const media = join(dataDir, 'media');
  // Opened and prepared at the first look: both read the file, which may be damaged.
  let database: DatabaseSync | null = null;
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const one = (sql: string, ...values: Uint8Array[]) => {
    const statement = prepared.get(sql) ?? (database ??= openAsItIs(file)).prepare(sql);
    prepared.set(sql, statement);
    return statement.get(...values);
  };

  const look = (handle: SealedHandle): StoredState => {
    const row = one(ENVELOPE, idBytes(handle.tenant), idBytes(handle.ref));
    if (row === undefined) return one(FENCE, fenceKey(handle.tenant, handle.subject)) === undefined ? 'missing' : 'removed';
    if (!belongs(row, handle)) return 'misplaced';
    const { envelope } = row;
    if (envelope instanceof Uint8Array) return isDigestOf(handle.digest, envelope) ? 'sound' : 'changed';
    const digest = digestOfFile(mediaPath(media, handle));
    if (digest === null) return one(FENCE, fenceKey(handle.tenant, handle.subject)) === undefined ? 'missing' : 'removed';
    return isSameDigest(handle.digest, digest) ? 'sound' : 'changed';
  };

  return {
    look: (handle) => {
      try {
        return look(handle);
      } catch (error) {
        if (!isDamaged(error)) throw error;
        return 'unreadable';
      }
    },
    close: () => database?.close(),
  };
};

// The last condition is that of the index.
const ENVELOPE = `SELECT subject, class, period, stream, event, field, envelope FROM payloads WHERE tenant = ? AND ref = ? AND tenant <> ${REMOVED}`;
const FENCE = 'SELECT 1 FROM fences WHERE subject = ?';

/** The context that is bound into the envelope stands beside it too: opening looks for it there. */
const belongs = (row: Readonly<Record<string, unknown>>, handle: SealedHandle): boolean =>
  isId(row['subject'], handle.subject) &&
  isId(row['event'], handle.event) &&
  row['class'] === handle.class &&
  row['period'] === handle.period &&
  row['field'] === handle.field &&
  row['stream'] === handle.stream.slice(handle.tenant.length + 1);

const isId = (value: unknown, id: string): boolean => {
  const expected = idBytes(id);
  return value instanceof Uint8Array && value.length === expected.length && timingSafeEqual(value, expected);
};

const digestOfFile = (path: string): Uint8Array | null => {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  try {
    const sha = createHash('sha256');
    const buffer = Buffer.alloc(READ_BYTES);
    for (let read = readSync(descriptor, buffer); read > 0; read = readSync(descriptor, buffer)) sha.update(buffer.subarray(0, read));
    return sha.digest();
  } finally {
    closeSync(descriptor);
  }
};

/** SQLite's primary result codes (sqlite.org/rescode.html) of a damaged file: ERROR (its schema cannot be read), IOERR, CORRUPT, NOTADB. */
const DAMAGED: readonly number[] = [1, 10, 11, 26];
const isDamaged = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? DAMAGED.includes(error.errcode & 0xff)
    : error instanceof Error && 'code' in error && (error.code === 'EIO' || error.code === 'ERR_OUT_OF_RANGE');
