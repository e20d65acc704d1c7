// What `npm run check` looks at. Each check is a name, a reason to leave it out (or none) and a run with the text to show on failure.
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { ensureWebBuilt } from './build-web.ts';
import { staleFiles } from './generators.ts';
import { ROOT } from './root.ts';
import { bin, runNode, type CommandResult } from './run-command.ts';

export type Check = {
  readonly name: string;
  readonly skipBecause: () => string | undefined;
  readonly run: () => Promise<{ readonly ok: boolean; readonly output: string }>;
};

const CHECK_TIMEOUT_MS = 5 * 60_000;

const always = (): undefined => undefined;
const withoutWeb = (): string | undefined =>
  existsSync(join(ROOT, 'web/vite.config.ts')) ? undefined : 'there is no web/vite.config.ts yet';
const without = (pattern: string) => (): string | undefined =>
  globSync(pattern, { cwd: ROOT }).length > 0 ? undefined : `no file matches ${pattern} yet`;

const node = async (...args: readonly string[]): Promise<{ readonly ok: boolean; readonly output: string }> => {
  const result = await runNode(args, { timeoutMs: CHECK_TIMEOUT_MS, env: { NO_COLOR: '1' } });
  return { ok: result.code === 0, output: explain(result) };
};

const explain = ({ output, timedOut }: CommandResult): string =>
  timedOut ? `${output}\nended after ${String(CHECK_TIMEOUT_MS / 60_000)} minutes` : output;

const tsc = (name: string, project: string) =>
  node(bin('typescript/bin/tsc'), '-p', project, '--incremental', '--tsBuildInfoFile', `.cache/tsc-${name}.tsbuildinfo`);

/** First: the web app's own types come out of its build. */
const buildPages = async (): Promise<{ readonly ok: boolean; readonly output: string }> => {
  try {
    await ensureWebBuilt();
    return { ok: true, output: '' };
  } catch (error) {
    return { ok: false, output: error instanceof Error ? error.message : String(error) };
  }
};

export const CHECKS: readonly Check[] = [
  { name: 'pages built', skipBecause: withoutWeb, run: buildPages },
  { name: 'types', skipBecause: always, run: () => tsc('all', 'tsconfig.json') },
  {
    name: 'types of tests in a browser',
    skipBecause: without('tests/web/**/*.ts'),
    run: () => tsc('browser-tests', 'tests/web/tsconfig.json'),
  },
  { name: 'types without Node: domain', skipBecause: without('domain/**/*.ts'), run: () => tsc('domain', 'domain/tsconfig.json') },
  {
    name: 'types without Node: projections',
    skipBecause: without('projections/**/*.ts'),
    run: () => tsc('projections', 'projections/tsconfig.json'),
  },
  {
    name: 'types and warnings of the web app',
    skipBecause: withoutWeb,
    run: () =>
      node(
        bin('svelte-check/bin/svelte-check'),
        '--workspace',
        'web',
        '--tsconfig',
        join(ROOT, 'web/tsconfig.json'),
        '--config',
        join(ROOT, 'web/vite.config.ts'),
        '--fail-on-warnings',
      ),
  },
  {
    name: 'lint',
    skipBecause: always,
    run: () =>
      node(
        bin('eslint/bin/eslint.js'),
        '--config',
        'infra/tooling/eslint.config.js',
        '--cache',
        '--cache-location',
        '.cache/eslint',
        '--cache-strategy',
        'content',
        '--max-warnings',
        '0',
        '.',
      ),
  },
  {
    name: 'boundaries',
    skipBecause: always,
    run: () =>
      node(
        bin('dependency-cruiser/bin/dependency-cruiser.mjs'),
        '--config',
        'infra/tooling/boundaries.config.js',
        'domain',
        'vault',
        'projections',
        'infra',
        'web',
        'tests',
      ),
  },
  {
    name: 'format',
    skipBecause: always,
    run: () =>
      node(bin('prettier/bin/prettier.cjs'), '--check', '--log-level', 'warn', '--cache', '--cache-location', '.cache/prettier', '.'),
  },
  {
    name: 'generated files fresh',
    skipBecause: without('infra/tooling/generate/*.ts'),
    run: async () => {
      const stale = await staleFiles();
      return { ok: stale.length === 0, output: stale.map((path) => `${path} is stale: run "npm run generate"`).join('\n') };
    },
  },
];

/** Writes the types that SvelteKit derives from the routes; the web checks and the linter read them. */
export const prepareWeb = async (): Promise<{ readonly ok: boolean; readonly output: string }> =>
  withoutWeb() === undefined
    ? node(bin('@sveltejs/kit/svelte-kit.js'), 'sync', '--config', 'web/vite.config.ts')
    : { ok: true, output: '' };
