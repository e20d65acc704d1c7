import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { staleFiles, writeGeneratedFiles } from '#infra/tooling/generators.ts';
import { tempFolder } from '#tests/support/temp-folder.ts';

const houseWith = (generator: string): string => {
  const root = tempFolder();
  mkdirSync(join(root, 'infra/tooling/generate'), { recursive: true });
  writeFileSync(join(root, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(root, 'infra/tooling/generate/list.ts'), generator);
  return root;
};

const LIST = "export const path: string = 'LIST.md'; export const generate = async (): Promise<string> => 'one\\n';";

describe('a generated file', () => {
  it('is stale before it is written, and fresh after', async () => {
    const root = houseWith(LIST);
    expect(await staleFiles(root)).toEqual(['LIST.md']);
    expect(await writeGeneratedFiles(root)).toEqual(['LIST.md']);
    expect(readFileSync(join(root, 'LIST.md'), 'utf8')).toBe('one\n');
    expect(await staleFiles(root)).toEqual([]);
  });

  it('is stale when it was changed by hand', async () => {
    const root = houseWith(LIST);
    writeFileSync(join(root, 'LIST.md'), 'one and a half\n');
    expect(await staleFiles(root)).toEqual(['LIST.md']);
  });

  it('needs a generator that says where and what', async () => {
    await expect(staleFiles(houseWith("export const path = 'LIST.md';"))).rejects.toMatchObject({ code: 'bad_generator' });
  });
});
