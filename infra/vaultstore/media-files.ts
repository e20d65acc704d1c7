import { existsSync, mkdirSync } from 'node:fs';
import { open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isMissing, syncDirectory } from './files.ts';

/** Where a value's chunks stand: a folder per tenant, class and period, so that a period can be dropped; the name says whose it is. */
export type MediaPlace = {
  readonly tenant: string;
  readonly class: string;
  readonly period: string;
  readonly subject: string;
  readonly ref: string;
};

/** Where the bytes of one value stand under the media folder `root`. */
export const mediaPath = (root: string, place: MediaPlace): string =>
  join(root, place.tenant, place.class, place.period, `${place.subject}.${place.ref}`);

export type MediaFiles = ReturnType<typeof createMediaFiles>;

export const createMediaFiles = (root: string) => {
  const pathOf = (place: MediaPlace): string => mediaPath(root, place);

  /** Every file of a subject, drafts too: also those that no row names, left by a crash before their row. */
  const listOf = async (tenant: string, subject: string): Promise<readonly string[]> => {
    const files: string[] = [];
    for (const folder of await folders(join(root, tenant))) {
      for (const name of await readdir(folder)) if (name.startsWith(`${subject}.`)) files.push(join(folder, name));
    }
    return files;
  };

  return {
    /** Written, synced, named, and the name synced: durable when it resolves. */
    write: async (place: MediaPlace, bytes: Uint8Array): Promise<void> => {
      const path = pathOf(place);
      makeFolder(dirname(path), root);
      const draft = `${path}.new`;
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(bytes);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path);
      syncDirectory(dirname(path));
    },
    /** @returns null when the file is not there */
    read: async (place: MediaPlace): Promise<Uint8Array | null> => {
      try {
        return await readFile(pathOf(place));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    remove: async (place: MediaPlace): Promise<void> => rm(pathOf(place), { force: true }),
    listOf,
    /** @param removing called with the names, which are random, before any of them goes: so that they can be counted once, whatever breaks off */
    removeAllOf: async (tenant: string, subject: string, removing: (names: readonly string[]) => void): Promise<void> => {
      const files = await listOf(tenant, subject);
      removing(files.map((file) => basename(file)));
      for (const file of files) await unlink(file);
      for (const folder of new Set(files.map((file) => dirname(file)))) syncDirectory(folder);
    },
  };
};

// Each new level is synced in its parent, or a power cut could take the whole folder away.
const makeFolder = (folder: string, root: string): void => {
  if (existsSync(folder)) return;
  if (folder !== root) makeFolder(dirname(folder), root);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  syncDirectory(dirname(folder));
};

const folders = async (tenantFolder: string): Promise<readonly string[]> => {
  const found: string[] = [];
  for (const personalClass of await subfolders(tenantFolder)) found.push(...(await subfolders(personalClass)));
  return found;
};

const subfolders = async (folder: string): Promise<readonly string[]> => {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name));
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
};
