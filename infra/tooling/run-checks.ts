import { CHECKS, prepareWeb, type Check } from './checks.ts';
import type { Tally } from './tally.ts';

const PARALLEL = 2;

/** Runs all checks, or those whose name begins with `only`, two at a time; prints each one's end and returns the count. */
export const runChecks = async (only = ''): Promise<Tally> => {
  const prepared = await prepareWeb();
  if (!prepared.ok) process.stdout.write(`✖ preparing the web app's types\n${prepared.output}\n`);
  const waiting = CHECKS.filter(({ name }) => name.startsWith(only));
  const ends: ('passed' | 'failed' | 'skipped')[] = prepared.ok ? [] : ['failed'];
  const queue = [...waiting];
  const work = async (): Promise<void> => {
    for (let check = queue.shift(); check !== undefined; check = queue.shift()) ends.push(await runCheck(check));
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  return {
    passed: ends.filter((end) => end === 'passed').length,
    failed: ends.filter((end) => end === 'failed').length,
    skipped: ends.filter((end) => end === 'skipped').length,
  };
};

const runCheck = async ({ name, skipBecause, run }: Check): Promise<'passed' | 'failed' | 'skipped'> => {
  const reason = skipBecause();
  if (reason !== undefined) {
    process.stdout.write(`- ${name}: skipped, ${reason}\n`);
    return 'skipped';
  }
  const startedAt = performance.now();
  const { ok, output } = await run().catch((error: unknown) => ({
    ok: false,
    output: error instanceof Error ? error.message : String(error),
  }));
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  process.stdout.write(ok ? `✔ ${name} (${seconds} s)\n` : `✖ ${name} (${seconds} s)\n${output.trimEnd()}\n`);
  return ok ? 'passed' : 'failed';
};
