import { ownSentence } from '../reduce-error.ts';

/** What scripts may rely on. */
export const EXIT = { done: 0, refused: 1, usage: 2, store: 3, integrity: 4 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** The command line was wrong. Answered with the sentence and the way to the help. */
export class UsageFault extends Error {
  readonly code = 'USAGE';
  constructor(message: string) {
    super(message);
    this.name = 'UsageFault';
  }
}

/** It cannot be done here and now, for a reason that the user can act on. */
export class CliFault extends Error {
  readonly code: 'DATA_FOLDER_NOT_USABLE' | 'FILE_NOT_READABLE' | 'FILE_NOT_WRITABLE' | 'NOT_CONFIRMED' | 'ORGANISATION_UNKNOWN';
  constructor(code: CliFault['code'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'CliFault';
    this.code = code;
  }
}

const CODES: Readonly<Partial<Record<string, ExitCode>>> = {
  USAGE: EXIT.usage,
  CONFIG_INVALID: EXIT.usage,
  DATA_FOLDER_NOT_USABLE: EXIT.store,
  STORE_BUSY: EXIT.store,
  STORE_FULL: EXIT.store,
  STORE_READ_ONLY: EXIT.store,
  STORE_UNAVAILABLE: EXIT.store,
  STORE_CLOSED: EXIT.store,
  VIEWS_BUILDING: EXIT.store,
  VIEWS_GONE: EXIT.store,
  VIEWS_LIVE: EXIT.store,
  VIEWS_NOT_READY: EXIT.store,
  VAULT_STORE_BUSY: EXIT.store,
  VAULT_STORE_FULL: EXIT.store,
  VAULT_STORE_READ_ONLY: EXIT.store,
  VAULT_STORE_FAILED: EXIT.store,
  VAULT_CLOSED: EXIT.store,
  VAULT_KEY_SERVICE_UNREACHABLE: EXIT.store,
  STORE_DAMAGED: EXIT.integrity,
  EVENT_MALFORMED: EXIT.integrity,
  VAULT_STORE_DAMAGED: EXIT.integrity,
  VAULT_KEY_DAMAGED: EXIT.integrity,
  VAULT_KEYRING_MISSING: EXIT.integrity,
  VAULT_NOT_DESTROYED: EXIT.integrity,
  VAULT_NOT_REMOVED: EXIT.integrity,
  CERTIFICATE_REFUSED: EXIT.integrity,
};

export type Failure = { readonly code: string; readonly says: string; readonly exit: ExitCode };

/** How a fault ends the process. Only the product's own sentences are printed: others may quote what was stored. */
export const failureOf = (error: unknown): Failure => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'UNEXPECTED';
  const says = ownSentence(error);
  if (says !== null) return { code, says, exit: CODES[code] ?? EXIT.refused };
  return (
    ofSqlite(error) ?? { code, says: `Something failed that should not (${code}): the log on stderr has the place.`, exit: EXIT.refused }
  );
};

/** SQLite's primary result codes (sqlite.org/rescode.html) that say that the file itself is broken. */
const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

/** An error of SQLite that no store has given its own sentence. */
const ofSqlite = (error: unknown): Failure | null => {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  const result = error.errcode & 0xff;
  if (result === SQLITE_CORRUPT || result === SQLITE_NOTADB) {
    return {
      code: 'DATABASE_DAMAGED',
      says: 'A database in the data folder is damaged: "vconnect doctor" says which, and the way out.',
      exit: EXIT.integrity,
    };
  }
  return {
    code: 'DATABASE_NOT_USABLE',
    says: `A database in the data folder cannot be used (SQLite result ${String(result)}): "vconnect doctor" looks at all of them.`,
    exit: EXIT.store,
  };
};
