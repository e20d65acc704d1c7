// Files written by a program and kept in the repository. Each generator is a module in generate/ that exports `path` (from the
// repository's folder) and `generate` (its whole text).
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ROOT } from './root.ts';

type Generator = { readonly path: string; readonly generate: () => string | Promise<string> };

/** The generated files whose text on disk is not what their generator writes today. */
export const staleFiles = async (root = ROOT): Promise<readonly string[]> => {
  const stale: string[] = [];
  for (const { path, generate } of await generators(root)) {
    if (textOf(join(root, path)) !== (await generate())) stale.push(path);
  }
  return stale;
};

/** Writes every generated file that is stale and returns their paths. */
export const writeGeneratedFiles = async (root = ROOT): Promise<readonly string[]> => {
  const written: string[] = [];
  for (const { path, generate } of await generators(root)) {
    const text = await generate();
    if (textOf(join(root, path)) === text) continue;
    writeFileSync(join(root, path), text);
    written.push(path);
  }
  return written;
};

const generators = async (root: string): Promise<readonly Generator[]> => {
  const found: Generator[] = [];
  for (const file of globSync('infra/tooling/generate/*.ts', { cwd: root }).sort()) {
    const module: unknown = await import(pathToFileURL(join(root, file)).href);
    if (!isGenerator(module)) {
      throw Object.assign(new Error(`expected ${file} to export "path" and "generate", got neither or one`), { code: 'bad_generator' });
    }
    found.push(module);
  }
  return found;
};

const isGenerator = (module: unknown): module is Generator =>
  typeof module === 'object' &&
  module !== null &&
  'path' in module &&
  typeof module.path === 'string' &&
  'generate' in module &&
  typeof module.generate === 'function';

const textOf = (file: string): string | undefined => {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
};
