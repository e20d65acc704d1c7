// What the built web app depends on, as one hash: the web folder, the TypeScript it may reach in the other folders, the
// package list and the Node version. Whole folders are hashed, not only the files that web may name: `view.ts` imports others.
import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join, sep } from 'node:path';

const BUILT_FROM = [
  'web/**/*',
  'web/.*',
  'domain/**/*.ts',
  'projections/**/*.ts',
  'vault/**/*.ts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const WRITTEN_BY_THE_BUILD = ['web/build', 'web/.svelte-kit', 'web/node_modules', 'web/.cache'];

/** SHA-256 (hex) over the names and bytes of every file that can change the built web app. */
export const webSourceHash = (root: string): string => {
  const hash = createHash('sha256').update(process.versions.node.split('.')[0] ?? '');
  for (const file of webSources(root)) {
    const bytes = readFileSync(join(root, file));
    hash.update(`${file.split(sep).join('/')}\0${String(bytes.length)}\0`).update(bytes);
  }
  return hash.digest('hex');
};

const webSources = (root: string): readonly string[] =>
  globSync(BUILT_FROM, {
    cwd: root,
    withFileTypes: true,
    exclude: (entry) => isWrittenByTheBuild(root, join(entry.parentPath, entry.name)),
  })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();

const isWrittenByTheBuild = (root: string, path: string): boolean =>
  WRITTEN_BY_THE_BUILD.some((folder) => path === join(root, folder) || path.startsWith(join(root, folder) + sep));
