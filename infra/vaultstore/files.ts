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

const searchOpen = async (handle: FileHandle, needles: readonly Uint8Array[]): Promise<Search> => {
  const keep = Math.max(0, ...needles.map((needle) => needle.length - 1));
  const buffer = Buffer.alloc(keep + READ_BYTES);
  let bytes = 0;
  let hits = 0;
  let kept = 0;
  for (;;) {
    const { bytesRead } = await handle.read(buffer, kept, READ_BYTES, bytes);
    if (bytesRead === 0) return { bytes, hits };
    bytes += bytesRead;
    const filled = buffer.subarray(0, kept + bytesRead);
    hits += needles.reduce((sum, needle) => sum + occurrences(filled, needle, kept), 0);
    const tail = Math.min(keep, filled.length);
    buffer.copy(buffer, 0, filled.length - tail, filled.length);
    kept = tail;
  }
};

// Only what ends in the new bytes counts: what lies in the kept tail alone was counted before.
const occurrences = (bytes: Buffer, needle: Uint8Array, old: number): number => {
  let count = 0;
  for (let at = bytes.indexOf(needle, Math.max(0, old - needle.length + 1)); at !== -1; at = bytes.indexOf(needle, at + 1)) count += 1;
  return count;
};
