import { closeSync, existsSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Makes a new name inside `folder` survive a power cut. */
export const syncDirectory = (folder: string): void => {
  const descriptor = openSync(folder, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

/**
 * Gives a complete file its name, unless another process was faster: then that one stays.
 * A hard link cannot overwrite; file systems without links fall back to a rename.
 */
export const publishFile = (draft: string, path: string): void => {
  try {
    linkSync(draft, path);
  } catch (error) {
    if (!isTaken(error) && !existsSync(path)) renameSync(draft, path);
  }
  rmSync(draft, { force: true });
  syncDirectory(dirname(path));
};

const isTaken = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'EEXIST';
export const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT';

const READ_BYTES = 1024 * 1024;
/** Up to here one search per needle is faster than looking at every byte in JavaScript. */
const FEW_NEEDLES = 16;

export type Search = { readonly bytes: number; readonly hits: number };

/** Counts in a file's bytes how often any of `needles` occurs; a needle across two reads is found too. A missing file holds nothing. */
export const searchFile = async (path: string, needles: readonly Uint8Array[]): Promise<Search> => {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    if (isMissing(error)) return { bytes: 0, hits: 0 };
    throw error;
  }
  try {
    return await searchOpen(handle, needles);
  } finally {
    await handle.close();
  }
};

/** How often needles end in `bytes` at or after `from`: what lies before was counted with the read before. */
type Count = (bytes: Buffer, from: number) => number;

const searchOpen = async (handle: FileHandle, needles: readonly Uint8Array[]): Promise<Search> => {
  const keep = Math.max(0, ...new Set(needles.map((needle) => needle.length - 1)));
  const count = needles.length <= FEW_NEEDLES ? countEach(needles) : countMany(needles);
  const buffer = Buffer.alloc(keep + READ_BYTES);
  let bytes = 0;
  let hits = 0;
  let kept = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, kept, READ_BYTES, bytes);
    if (bytesRead === 0) return { bytes, hits };
    bytes += bytesRead;
    const filled = buffer.subarray(0, kept + bytesRead);
    hits += count(filled, kept);
    const tail = Math.min(keep, filled.length);
    buffer.copy(buffer, 0, filled.length - tail, filled.length);
    kept = tail;
  }
};

const countEach =
  (needles: readonly Uint8Array[]): Count =>
  (bytes, from) =>
    needles.reduce((sum, needle) => sum + occurrences(bytes, needle, from), 0);

const occurrences = (bytes: Buffer, needle: Uint8Array, from: number): number => {
  let count = 0;
  for (let at = bytes.indexOf(needle, Math.max(0, from - needle.length + 1)); at !== -1; at = bytes.indexOf(needle, at + 1)) count += 1;
  return count;
};

/** Bits of a filter of 2 MiB by the last three bytes of each needle: most places are told apart by one look. */
const FILTER_BITS = 24;
const FILTER_MASK = 2 ** FILTER_BITS - 1;

/** Needles of one length, any number of them: one pass over the bytes. */
const countMany = (needles: readonly Uint8Array[]): Count => {
  const length = needles[0]?.length ?? 0;
  if (length < 8 || needles.some((needle) => needle.length !== length))
    throw new RangeError('expected many needles of one length, 8 bytes or more');
  const filter = new Uint8Array(2 ** (FILTER_BITS - 3));
  const known = new Set<string>();
  for (const needle of needles) {
    const end = Buffer.from(needle.buffer, needle.byteOffset, length).readUIntBE(length - 3, 3);
    filter[end >> 3] = (filter[end >> 3] ?? 0) | (1 << (end & 7));
    known.add(textOf(needle));
  }
  return (bytes, from) => {
    let count = 0;
    let window = 0;
    for (let at = Math.max(0, from - 2); at < bytes.length; at += 1) {
      window = ((window << 8) | (bytes[at] ?? 0)) & FILTER_MASK;
      if (((filter[window >> 3] ?? 0) & (1 << (window & 7))) === 0 || at < from || at + 1 < length) continue;
      if (known.has(textOf(bytes.subarray(at + 1 - length, at + 1)))) count += 1;
    }
    return count;
  };
};

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
