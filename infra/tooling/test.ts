// `npm test`: the checks and every suite, one after the other, none hidden by the failure of another. The last line is
// "N passed, N failed, N skipped" over all of them. `npm test -- unit check` runs only the suites named.
import { findOpenBao } from './openbao.ts';
import { runChecks } from './run-checks.ts';
import { endOnSignals } from './run-command.ts';
import { runVitest } from './run-vitest.ts';
import { VITEST_SUITES, countFiles, missingEngineSuites } from './suites.ts';
import { EMPTY, add, line, type Tally } from './tally.ts';

type Outcome = { readonly name: string; readonly tally: Tally; readonly minutes: number; readonly note?: string; readonly skipped?: true };

const say = (text: string): void => {
  process.stdout.write(`${text}\n`);
};

const timed = async (name: string, run: () => Promise<Omit<Outcome, 'name' | 'minutes'>>): Promise<Outcome> => {
  say(`\n━━ ${name} ${'━'.repeat(Math.max(0, 60 - name.length))}`);
  const startedAt = performance.now();
  const end = await run().catch((error: unknown) => ({
    tally: { ...EMPTY, failed: 1 },
    note: `could not be run: ${error instanceof Error ? error.message : String(error)}`,
  }));
  return { name, ...end, minutes: (performance.now() - startedAt) / 60_000 };
};

const skipped = (name: string, files: number, note: string): Outcome => ({
  name,
  tally: { ...EMPTY, skipped: Math.max(1, files) },
  minutes: 0,
  note,
  skipped: true,
});

const runAll = async (isWanted: (name: string) => boolean): Promise<readonly Outcome[]> => {
  const outcomes: Outcome[] = [];
  if (isWanted('check')) outcomes.push(await timed('check', async () => ({ tally: await runChecks() })));
  for (const { name, limitMs, skipBecause } of VITEST_SUITES.filter((suite) => isWanted(suite.name))) {
    const reason = skipBecause();
    outcomes.push(reason === undefined ? await timed(name, () => runVitest(name, limitMs)) : skipped(name, countFiles(name), reason));
  }
  if (isWanted('contract')) {
    for (const name of missingEngineSuites()) outcomes.push(skipped(name, 0, 'not part of this release yet'));
  }
  if (isWanted('integration')) {
    const bao = findOpenBao();
    if (bao.kind === 'none') outcomes.push(skipped('root key wrapped by OpenBao', 0, bao.reason));
  }
  return outcomes;
};

const summarise = (outcomes: readonly Outcome[]): void => {
  say(`\n━━ summary ${'━'.repeat(53)}`);
  for (const { name, tally, minutes, note } of outcomes.filter((outcome) => outcome.skipped !== true)) {
    say(`${name.padEnd(12)} ${minutes.toFixed(1).padStart(5)} min  ${line(tally)}${note === undefined ? '' : `  !! ${note}`}`);
  }
  const leftOut = outcomes.filter((outcome) => outcome.skipped === true);
  for (const { name, note } of leftOut) say(`!! SUITE LEFT OUT: ${name}: ${note ?? ''}`);
  say(`${outcomes.reduce((sum, { minutes }) => sum + minutes, 0).toFixed(1)} minutes in all`);
};

endOnSignals();
const names = ['check', ...VITEST_SUITES.map(({ name }): string => name)];
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`expected suites among ${names.join(', ')}; got ${unknown.join(', ')}\n`);
  process.exit(2);
}
const outcomes = await runAll((name) => wanted.length === 0 || wanted.includes(name));
summarise(outcomes);
const total = outcomes.reduce((sum, { tally }) => add(sum, tally), EMPTY);
say(line(total));
process.exitCode = total.failed > 0 || total.passed === 0 ? 1 : 0;
