// Five projects, chosen by the suffix of the file: what a test may touch and how long it may take is seen in its name.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '..');

// Of two cores. Forks, not threads: `node:sqlite`, worker threads and `process.kill` behave there as in the product.
const WORKERS = 2;
const SECOND_MS = 1_000;

/** Suites that load modules of the web app or serve its pages. */
const NEEDS_PAGES = ['unit', 'e2e'];

const project = (name: string, timeoutMs: number, groupOrder: number, maxWorkers = WORKERS) => ({
  extends: true as const,
  test: {
    name,
    include: [`tests/**/*.${name}.test.ts`],
    testTimeout: timeoutMs,
    hookTimeout: timeoutMs,
    teardownTimeout: 10 * SECOND_MS,
    maxWorkers,
    fileParallelism: maxWorkers > 1,
    sequence: { groupOrder },
    globalSetup: NEEDS_PAGES.includes(name) ? [join(root, 'tests/support/pages-built.ts')] : [],
  },
});

export default defineConfig({
  root,
  cacheDir: join(root, '.cache/vitest'),
  test: {
    pool: 'forks',
    environment: 'node',
    exclude: ['**/node_modules/**', 'tests/bench/peers/**'],
    restoreMocks: true,
    unstubEnvs: true,
    // A test that forgot to be finished must not reach the main branch.
    allowOnly: false,
    expect: { requireAssertions: false },
    projects: [
      project('unit', 10 * SECOND_MS, 1),
      project('contract', 30 * SECOND_MS, 2),
      project('integration', 90 * SECOND_MS, 3),
      project('e2e', 300 * SECOND_MS, 4, 1),
      project('chaos', 350 * SECOND_MS, 5, 1),
    ],
  },
});
