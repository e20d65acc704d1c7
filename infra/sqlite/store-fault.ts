import type { StreamName } from '#domain/ids.ts';

/** Every way in which a store of this folder or of `infra/views` can fail. The codes are stable; callers and operators match on them. */
export const storeFaultCodes = [
  'EVENT_NOT_DECLARED',
  'EVENT_MALFORMED',
  'EVENT_VERSION_UNKNOWN',
  'EVENT_ID_TAKEN',
  'STORE_BUSY',
  'STORE_FULL',
  'STORE_READ_ONLY',
  'STORE_DAMAGED',
  'STORE_UNAVAILABLE',
  'STORE_FORMAT_UNKNOWN',
  'STORE_CLOSED',
  'VIEW_NOT_DECLARED',
  'VIEW_MALFORMED',
  'VIEW_NOT_INDEXED',
  'VIEW_CURSOR_INVALID',
  'VIEWS_BUILDING',
  'VIEWS_LIVE',
  'VIEWS_NOT_READY',
  'VIEWS_GONE',
] as const;
export type StoreFaultCode = (typeof storeFaultCodes)[number];

/** Where in the log an event stands that cannot be read. */
export type EventPlace = { readonly stream: StreamName; readonly revision: bigint; readonly position: bigint };

/** Messages name kinds, paths and codes, never a stored value. */
export class StoreFault extends Error {
  readonly code: StoreFaultCode;
  /** Set when one event of the log cannot be read: a reader may go on behind it. */
  readonly at: EventPlace | null;

  constructor(code: StoreFaultCode, message: string, options: { readonly cause?: unknown; readonly at?: EventPlace } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'StoreFault';
    this.code = code;
    this.at = options.at ?? null;
  }
}

/** SQLite's primary result codes (sqlite.org/rescode.html); an extended code holds the primary one in its low byte. */
const SQLITE = { perm: 3, busy: 5, locked: 6, readOnly: 8, ioErr: 10, corrupt: 11, full: 13, cantOpen: 14, notADatabase: 26 } as const;
/** Extended codes of ioErr that a full disk raises on some file systems: SQLITE_IOERR_WRITE, SQLITE_IOERR_FSYNC, SQLITE_IOERR_SHMSIZE. */
const IOERR_SHMSIZE = 10 | (19 << 8);

const NO_CODE = -1;

const sqliteCode = (error: unknown): number | null =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' ? error.errcode : null;

/** True when another process holds the write lock and trying again is the answer. */
export const isBusy = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return code !== null && ((code & 0xff) === SQLITE.busy || (code & 0xff) === SQLITE.locked);
};

/** Extended codes: SQLITE_CONSTRAINT_UNIQUE. */
const UNIQUE = 19 | (8 << 8);

/** True when a row with the same unique key stands there already. */
export const isTaken = (error: unknown): boolean => sqliteCode(error) === UNIQUE;

/** The fault for an error of SQLite. `what` names the store in the sentence: "the event log". Faults pass through. */
export const toStoreFault = (what: string, error: unknown): StoreFault => {
  if (error instanceof StoreFault) return error;
  const code = sqliteCode(error);
  const fault = (kind: StoreFaultCode, sentence: string) => new StoreFault(kind, sentence, { cause: error });
  if (code === IOERR_SHMSIZE)
    return fault('STORE_FULL', `The disk that holds ${what} is full: nothing was written; free some space and try again.`);
  switch (code === null ? NO_CODE : code & 0xff) {
    case SQLITE.full:
      return fault('STORE_FULL', `The disk that holds ${what} is full: nothing was written; free some space and try again.`);
    case SQLITE.readOnly:
    case SQLITE.perm:
      return fault('STORE_READ_ONLY', `The file of ${what} cannot be written: check the disk and the permissions of the data folder.`);
    case SQLITE.corrupt:
    case SQLITE.notADatabase:
      return fault('STORE_DAMAGED', `The file of ${what} is damaged: nothing was overwritten; restore it from a backup.`);
    case SQLITE.busy:
    case SQLITE.locked:
      return fault('STORE_BUSY', `Another process kept ${what} locked for too long: try again.`);
    default:
      return fault('STORE_UNAVAILABLE', `The file of ${what} cannot be used (SQLite result ${String(code ?? 'unknown')}).`);
  }
};
