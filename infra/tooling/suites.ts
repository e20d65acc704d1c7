// The suites of `npm test`, in the order in which a fault is cheapest to find.
import { globSync } from 'node:fs';
import { findChromium } from './chromium.ts';
import { ROOT } from './root.ts';

export type VitestSuite = {
  readonly name: 'unit' | 'contract' | 'integration' | 'e2e' | 'chaos';
  readonly limitMs: number;
  /** Why the suite cannot run on this machine, or undefined. */
  readonly skipBecause: () => string | undefined;
};

const MINUTE_MS = 60_000;
const always = (): undefined => undefined;

// The limits end a suite that hangs; together with the checks they stay below the 25 minutes of a whole run.
export const VITEST_SUITES: readonly VitestSuite[] = [
  { name: 'unit', limitMs: 2 * MINUTE_MS, skipBecause: always },
  { name: 'contract', limitMs: 2 * MINUTE_MS, skipBecause: always },
  { name: 'integration', limitMs: 7 * MINUTE_MS, skipBecause: always },
  {
    name: 'e2e',
    limitMs: 13 * MINUTE_MS,
    skipBecause: () =>
      findChromium() === undefined ? 'there is no Chromium on this machine (on Debian: apt-get install chromium)' : undefined,
  },
  { name: 'chaos', limitMs: 5 * MINUTE_MS, skipBecause: always },
];

/** Suites for engines that are not embedded: told apart here so that a run never looks more complete than it is. */
const ENGINE_SUITES = [
  { name: 'contract on EventStoreDB', files: 'tests/**/*{eventstoredb,kurrentdb}*.contract.test.ts' },
  { name: 'contract on MongoDB', files: 'tests/**/*mongodb*.contract.test.ts' },
];

/** The engine suites that have no file: "not part of this release", said in every run until they are. */
export const missingEngineSuites = (): readonly string[] =>
  ENGINE_SUITES.filter(({ files }) => globSync(files, { cwd: ROOT, exclude: ['**/node_modules/**'] }).length === 0).map(({ name }) => name);

/** How many test files a suite has. */
export const countFiles = (name: string): number =>
  globSync(`tests/**/*.${name}.test.ts`, { cwd: ROOT, exclude: ['**/node_modules/**'] }).length;
