import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';

/** A server that writes meanwhile holds its lock for milliseconds. */
const BUSY_MS = 2_000;
/** SQLite's primary result code of a file that it cannot open (sqlite.org/rescode.html). */
const SQLITE_CANTOPEN = 14;

/**
 * Opens a database to look at it as it is: nothing is made, moved or changed, also beside a running server. On a disk that is mounted
 * read-only a database without a WAL needs `immutable`; nobody can write there. Throws what SQLite throws.
 */
export const openAsItIs = (file: string): DatabaseSync => {
  const plain = new DatabaseSync(file, { readOnly: true, timeout: BUSY_MS });
  try {
    plain.prepare('SELECT count(*) FROM sqlite_schema').get();
    return plain;
  } catch (error) {
    plain.close();
    if (!isCannotOpen(error) || sizeOf(`${file}-wal`) > 0) throw error;
    return new DatabaseSync(new URL(`${pathToFileURL(file).href}?immutable=1`), { readOnly: true });
  }
};

const isCannotOpen = (error: unknown): boolean =>
  error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === SQLITE_CANTOPEN;

/** Bytes 16–17 of the file: the size of a page (1 means 65,536); 28–31: how many there are (sqlite.org/fileformat.html, 1.3). */
const HEADER_BYTES = 100;

/**
 * How much is left of a file whose end was cut off, or null. Said only when nobody is writing: during a checkpoint the head of the file may
 * be ahead of its end.
 */
export const cutOff = (file: string): string | null => {
  const size = sizeOf(file);
  if (sizeOf(`${file}-wal`) > 0) return null;
  if (size === 0) return 'the file is empty';
  if (size < HEADER_BYTES) return `${String(size)} bytes are left`;
  const header = Buffer.alloc(HEADER_BYTES);
  const descriptor = openSync(file, 'r');
  try {
    readSync(descriptor, header, 0, HEADER_BYTES, 0);
  } finally {
    closeSync(descriptor);
  }
  const page = header.readUInt16BE(16) === 1 ? 65_536 : header.readUInt16BE(16);
  const wanted = page * header.readUInt32BE(28);
  return size < wanted ? `${String(size)} of ${String(wanted)} bytes are left` : null;
};

const sizeOf = (file: string): number => (existsSync(file) ? statSync(file).size : 0);
