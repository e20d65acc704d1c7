import { globSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '#infra/tooling/root.ts';

const TOP_LEVEL = [
  'README.md',
  'domain',
  'infra',
  'package-lock.json',
  'package.json',
  'projections',
  'tests',
  'tsconfig.json',
  'vault',
  'web',
];
// Made by installing and by running; never in the repository.
const MADE_BY_USE = ['node_modules', 'data'];
const MAX_LINES = 250;

const SOURCES = globSync('{domain,vault,projections,infra,web,tests}/**/*.{ts,js,mjs,svelte,css}', {
  cwd: ROOT,
  exclude: ['**/node_modules/**', 'web/build/**', 'web/.svelte-kit/**', 'tests/bench/peers/**'],
});

const textOf = (file: string): string => readFileSync(join(ROOT, file), 'utf8');
const naming = (pattern: RegExp, isAllowed: (file: string) => boolean): readonly string[] =>
  SOURCES.filter((file) => !isAllowed(file) && pattern.test(textOf(file)));

describe('the house', () => {
  it('shows at its top level exactly what the map of folders names', () => {
    const visible = readdirSync(ROOT).filter((name) => !name.startsWith('.') && !MADE_BY_USE.includes(name));
    expect(visible.sort()).toEqual(TOP_LEVEL);
  });

  it('has source files to look at', () => {
    expect(SOURCES.length).toBeGreaterThan(50);
  });

  it(`has no source file above ${MAX_LINES} lines`, () => {
    const long = SOURCES.map((file) => ({ file, lines: textOf(file).trimEnd().split('\n').length })).filter(
      ({ lines }) => lines > MAX_LINES,
    );
    expect(long).toEqual([]);
  });

  it('writes to the console in the CLI, the tools and the benchmarks alone', () => {
    expect(naming(/\bconsole\.\w+\(/, (file) => /^(infra\/(cli|tooling)|tests)\//.test(file))).toEqual([]);
  });

  it('reads the environment in the configuration and the tools alone', () => {
    const mayRead = (file: string): boolean =>
      /^(infra\/config\.ts$|infra\/tooling\/|infra\/cli\/bin\.mjs$|tests\/)|\.config\.ts$/.test(file);
    expect(naming(/\bprocess\.env\b|from '\$env\/|\{[^}]*\benv\b[^}]*\} from '(node:)?process'/, mayRead)).toEqual([]);
  });

  it('never asks the type checker to look away', () => {
    expect(naming(/@ts-(ignore|nocheck|expect-error)/, (file) => file.startsWith('tests/'))).toEqual([]);
  });

  it('writes HTML from text nowhere', () => {
    expect(naming(/\{@html|innerHTML\s*=/, (file) => file.startsWith('tests/') || file.startsWith('infra/tooling/'))).toEqual([]);
  });
});
