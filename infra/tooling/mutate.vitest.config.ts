// The unit tests of the vault alone: no web build, no stores, so that they run in the small copy of the repository that a mutation run makes.
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const root = join(import.meta.dirname, '../..');

export default defineConfig({
  root,
  cacheDir: join(root, '.cache/vitest-mutate'),
  test: {
    pool: 'forks',
    environment: 'node',
    include: ['tests/vault/**/*.unit.test.ts'],
    // Thousands of changed bytes, one by one: proof for `npm test`, too slow to repeat for each of a thousand mutants.
    exclude: ['**/node_modules/**', 'tests/vault/**/*-exhaustive.unit.test.ts'],
    testTimeout: 20_000,
  },
});
