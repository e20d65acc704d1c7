import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '#infra/tooling/root.ts';

// Inside the repository, so that the packages resolve as they do for the real files.
const FOLDER = join(ROOT, '.cache/portable-types');

const namesUnknownIn = (folder: 'domain' | 'projections', code: string): readonly string[] => {
  const file = join(FOLDER, folder, 'planted.ts');
  mkdirSync(join(FOLDER, folder), { recursive: true });
  writeFileSync(file, code);
  const config = ts.getParsedCommandLineOfConfigFile(
    join(ROOT, folder, 'tsconfig.json'),
    {},
    { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} },
  );
  const program = ts.createProgram([file, join(ROOT, 'infra/tooling/portable.d.ts')], config!.options);
  const messages = ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
  return messages.map((message) => /Cannot find (?:name|module) '([^']+)'/.exec(message)?.[1] ?? message).sort();
};

const PLANTED = `
import { z } from 'zod';
import { randomBytes } from 'node:crypto';
export const honest = z.string().parse('x').length;
export const bound = (signal: AbortSignal): boolean => signal.aborted;
export const environment = process.env;
export const bytes = Buffer.from('');
export const page = document.title;
export const later = setTimeout;
export const chance = randomBytes;
`;

describe.each(['domain', 'projections'] as const)('the types of %s', (folder) => {
  afterAll(() => {
    rmSync(FOLDER, { recursive: true, force: true });
  });

  it('know the language, zod and AbortSignal, and nothing of Node or the browser', () => {
    expect(namesUnknownIn(folder, PLANTED)).toEqual(['Buffer', 'document', 'node:crypto', 'process', 'setTimeout']);
  });
});
