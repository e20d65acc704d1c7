import { z } from 'zod';
import { openSqliteFile } from '#infra/sqlite/file.ts';
import { type AccountId, idOf, type IsoTime, type SessionId, type TenantId, timeSchema } from '#domain/ids.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** A browser session or an API token. The token itself is not kept, only its SHA-256. */
export type SessionRecord = {
  readonly sessionId: SessionId;
  readonly accountId: AccountId;
  readonly tenant: TenantId;
  readonly kind: 'session' | 'token';
  readonly startedAt: IsoTime;
  readonly expiresAt: IsoTime;
  readonly lastSeenAt: IsoTime;
};

/** Who is signed in: working state, not history (that is in the account's events). Its own file, with ids and hashes only. */
export type SessionStore = {
  readonly add: (tokenHash: string, record: SessionRecord) => void;
  readonly find: (tokenHash: string) => SessionRecord | null;
  readonly of: (accountId: AccountId, tenant: TenantId) => readonly SessionRecord[];
  readonly seen: (sessionId: SessionId, at: IsoTime) => void;
  readonly end: (sessionId: SessionId) => void;
  readonly endAllOf: (accountId: AccountId) => void;
  readonly dropExpired: (at: IsoTime) => void;
  readonly close: () => void;
};

const SCHEMA = `
  PRAGMA secure_delete = ON;
  CREATE TABLE IF NOT EXISTS session (
    token_hash TEXT PRIMARY KEY, session_id TEXT NOT NULL UNIQUE, account_id TEXT NOT NULL, tenant TEXT NOT NULL, kind TEXT NOT NULL,
    started_at TEXT NOT NULL, expires_at TEXT NOT NULL, last_seen_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS session_account ON session (account_id, tenant);
  CREATE INDEX IF NOT EXISTS session_expiry ON session (expires_at);`;

/** "VCSE": the file is the sessions'. */
const APPLICATION_ID = 0x56435345;
const FORMAT_VERSION = 1;
/** Another process writes its sessions for microseconds; longer means that it is frozen, and nobody should wait for that. */
const BUSY_MS = 1_000;

/** Throws `STORE_DAMAGED`, `STORE_FORMAT_UNKNOWN` and the like: `infra/sqlite/store-fault.ts`. */
export const openSessionStore = (file: string): SessionStore => {
  const database = openSqliteFile({
    file,
    what: 'the list of sessions',
    applicationId: APPLICATION_ID,
    formatVersion: FORMAT_VERSION,
    schema: SCHEMA,
    synchronous: 'FULL',
  });
  database.exec(`PRAGMA busy_timeout = ${String(BUSY_MS)}`);
  const insert = database.prepare('INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const byHash = database.prepare('SELECT * FROM session WHERE token_hash = ?');
  const byAccount = database.prepare('SELECT * FROM session WHERE account_id = ? AND tenant = ? ORDER BY started_at DESC');
  const touch = database.prepare('UPDATE session SET last_seen_at = ? WHERE session_id = ?');
  const remove = database.prepare('DELETE FROM session WHERE session_id = ?');
  const removeAll = database.prepare('DELETE FROM session WHERE account_id = ?');
  const removeExpired = database.prepare('DELETE FROM session WHERE expires_at <= ?');
  return {
    add: (tokenHash, { sessionId, accountId, tenant, kind, startedAt, expiresAt, lastSeenAt }) => {
      insert.run(tokenHash, sessionId, accountId, tenant, kind, startedAt, expiresAt, lastSeenAt);
    },
    find: (tokenHash) => {
      const row = byHash.get(tokenHash);
      return row === undefined ? null : recordOf(row);
    },
    of: (accountId, tenant) => byAccount.all(accountId, tenant).map(recordOf),
    seen: (sessionId, at) => {
      touch.run(at, sessionId);
    },
    end: (sessionId) => {
      remove.run(sessionId);
    },
    endAllOf: (accountId) => {
      removeAll.run(accountId);
    },
    dropExpired: (at) => {
      removeExpired.run(at);
    },
    close: () => {
      database.close();
    },
  };
};

const rowSchema = z
  .object({
    session_id: idOf<'session'>(),
    account_id: idOf<'account'>(),
    tenant: idOf<'tenant'>(),
    kind: z.enum(['session', 'token']),
    started_at: timeSchema,
    expires_at: timeSchema,
    last_seen_at: timeSchema,
  })
  .transform((row): SessionRecord => ({
    sessionId: row.session_id,
    accountId: row.account_id,
    tenant: row.tenant,
    kind: row.kind,
    startedAt: row.started_at,
    expiresAt: row.expires_at,
    lastSeenAt: row.last_seen_at,
  }));

const recordOf = (row: object): SessionRecord => {
  const parsed = rowSchema.safeParse(row);
  if (parsed.success) return parsed.data;
  throw new StoreFault('STORE_DAMAGED', 'The list of sessions is damaged: stop the server, delete sessions.db, and sign in again.');
};
