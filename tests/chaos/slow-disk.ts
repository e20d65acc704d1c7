// A slow disk, as far as it can be had without privileges: this process holds the write lock of one of the stores' files for a while, so
// that whoever wants to write there waits as for a slow sync. It is not a disk that lies or fails: tests of the stores do that.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { randomOf } from './random.ts';

export type SlowDiskOptions = { readonly folder: string; readonly seed: number };

const HELD_MS = [50, 500] as const;
const PAUSE_MS = [100, 1_500] as const;
/** The stores of the data folder. */
const FILES = ['*.db', 'views/*.db', 'keyring/*.db'];

const { folder, seed } = JSON.parse(process.argv[2] ?? '{}') as SlowDiskOptions;
const random = randomOf(seed, 'slow-disk');
let slices = 0;

const hold = async (file: string): Promise<void> => {
  // Never a new file: a generation of views may be dropped at this moment.
  const url = new URL(`${pathToFileURL(file).href}?mode=rw`);
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(url, { timeout: 0 });
    database.exec('BEGIN IMMEDIATE');
    slices += 1;
    await wait(random.between(...HELD_MS));
    database.exec('ROLLBACK');
  } catch {
    // Somebody else holds it, or it is gone.
  } finally {
    database?.close();
  }
};

process.once('disconnect', () => process.exit());
for (;;) {
  await wait(random.between(...PAUSE_MS));
  const files = globSync(FILES, { cwd: folder }).sort();
  if (files.length > 0) await hold(join(folder, random.pick(files)));
  process.send?.(slices);
}
