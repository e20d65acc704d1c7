// Runs one suite of tests and counts how it ended, also when it ended badly.
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { ROOT } from './root.ts';
import { bin, runNode } from './run-command.ts';
import { EMPTY, add, type Tally } from './tally.ts';

const reportSchema = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
  numTodoTests: z.number(),
  testResults: z.array(z.object({ status: z.string(), assertionResults: z.array(z.object({ status: z.string() })) })),
});
type Report = z.infer<typeof reportSchema>;

/** Runs a vitest project, showing its output. A crash, a hang, an unhandled error or a suite without tests counts as one failure. */
export const runVitest = async (name: string, limitMs: number): Promise<{ readonly tally: Tally; readonly note?: string }> => {
  const file = join(ROOT, `.cache/test-${name}.json`);
  rmSync(file, { force: true });
  const { code, timedOut } = await runNode(
    [
      bin('vitest/vitest.mjs'),
      'run',
      '--config',
      'tests/vitest.config.ts',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${file}`,
    ],
    { timeoutMs: limitMs, show: true, env: process.stdout.isTTY ? {} : { NO_COLOR: '1' } },
  );
  const tally = count(readReport(file));
  if (timedOut) return failed(tally, `hung: ended after ${String(limitMs / 60_000)} minutes`);
  if (tally.passed + tally.failed === 0) return failed(tally, 'ran no test');
  if (code !== 0 && tally.failed === 0) return failed(tally, `ended with exit code ${String(code)} although no test failed`);
  return { tally };
};

const failed = (tally: Tally, note: string) => ({ tally: add(tally, { ...EMPTY, failed: 1 }), note });

const readReport = (file: string): Report | undefined => {
  try {
    return reportSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // No report, or half of one: the runner died. The caller counts that as a failure.
    return undefined;
  }
};

export const count = (report: Report | undefined): Tally => {
  if (report === undefined) return EMPTY;
  // A file that could not be loaded has no failed test; it counts as one.
  const brokenFiles = report.testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status !== 'failed'),
  ).length;
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + brokenFiles,
    skipped: report.numPendingTests + report.numTodoTests,
  };
};
