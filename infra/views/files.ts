import { closeSync, fsyncSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Generation } from '#domain/ports.ts';

type Named = Pick<Generation, 'projection' | 'number'>;

/** What SQLite keeps of one database: the file, its write-ahead log, and the index of that log. */
const SUFFIXES = ['', '-wal', '-shm'] as const;
const GENERATION_FILE = /^([a-zA-Z][a-zA-Z0-9_]*)\.([0-9]+)\.db(-wal|-shm)?$/;

export const generationFile = (folder: string, { projection, number }: Named): string => join(folder, `${projection}.${String(number)}.db`);

/** Readers of the old file keep reading it until they close it. Where the system forbids removing an open file, the next start removes it. */
export const removeGenerationFiles = (folder: string, generation: Named): void => {
  for (const suffix of SUFFIXES) removeFile(`${generationFile(folder, generation)}${suffix}`);
};

/** Files of generations that the catalogue does not know: left by a stop between a row and its file. */
export const removeOrphans = (folder: string, generations: readonly Named[]): void => {
  const known = new Set(generations.map(({ projection, number }) => `${projection}.${String(number)}`));
  for (const name of readdirSync(folder)) {
    const [, projection, number] = GENERATION_FILE.exec(name) ?? [];
    if (projection !== undefined && number !== undefined && !known.has(`${projection}.${number}`)) removeFile(join(folder, name));
  }
};

/** A file that was made is there after a power loss once its folder is on the disk. */
export const syncFolder = (folder: string): void => {
  const handle = openSync(folder, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
};

const removeFile = (file: string): void => {
  try {
    rmSync(file, { force: true });
  } catch {
    // Still open in another process, on a system that minds: an orphan from now on.
  }
};
