// `npm run mutate [-- file …]`: changes the vault's code in every small way that StrykerJS knows, one at a time, and runs the vault's unit
// tests against each. What no test notices is listed; the score is the share that was noticed. Without names: all of `vault/`.
import { Stryker } from '@stryker-mutator/core';

/** Below this the run fails. The survivors are explained in tests/vault/README.md. */
const LEAST_SCORE = 90;

const named = process.argv.slice(2).map((file) => (file.startsWith('vault/') ? file : `vault/${file}`));
const mutate = named.length > 0 ? named : ['vault/**/*.ts', '!vault/**/*.d.ts'];

const results = await new Stryker({
  mutate,
  testRunner: 'vitest',
  vitest: { configFile: 'infra/tooling/mutate.vitest.config.ts', related: true },
  // Only what these tests read is copied.
  ignorePatterns: [
    '**',
    '!package.json',
    '!tsconfig.json',
    '!vault/**',
    '!domain/**',
    '!tests/vault/**',
    '!infra/tooling/mutate.vitest.config.ts',
  ],
  tempDirName: '.cache/stryker',
  coverageAnalysis: 'perTest',
  // vitest leaves types aside; the first line of each file stays what it is.
  disableTypeChecks: false,
  concurrency: 1,
  timeoutMS: 4_000,
  thresholds: { high: 95, low: LEAST_SCORE, break: LEAST_SCORE },
  reporters: ['clear-text', 'json', 'progress-append-only'],
  clearTextReporter: {
    allowColor: false,
    logTests: false,
    reportScoreTable: true,
    reportMutants: true,
    reportTests: false,
    allowEmojis: false,
    skipFull: false,
  },
  jsonReporter: { fileName: '.cache/mutation.json' },
}).runMutationTest();

// As Stryker counts: a mutant that cannot run at all says nothing about the tests.
const noticed = results.filter(({ status }) => status === 'Killed' || status === 'Timeout').length;
const counted = noticed + results.filter(({ status }) => status === 'Survived' || status === 'NoCoverage').length;
const score = (noticed * 100) / Math.max(1, counted);
console.log(`${String(noticed)} of ${String(counted)} mutants noticed: ${score.toFixed(1)} %`);
process.exitCode = score >= LEAST_SCORE ? 0 : 1;
