import { describe, expect, it } from 'vitest';
import { count } from '#infra/tooling/run-vitest.ts';
import { add, line } from '#infra/tooling/tally.ts';

type TestFile = { readonly status: string; readonly assertionResults: { readonly status: string }[] };

const report = (...testResults: TestFile[]) => ({ numPassedTests: 5, numFailedTests: 1, numPendingTests: 2, numTodoTests: 1, testResults });

describe('the count of a test run', () => {
  it('adds what is still to be written to what was skipped', () => {
    expect(count(report())).toEqual({ passed: 5, failed: 1, skipped: 3 });
  });

  it('counts a file that could not be loaded as one failure', () => {
    expect(count(report({ status: 'failed', assertionResults: [] })).failed).toBe(2);
  });

  it('does not count a file twice whose test failed', () => {
    expect(count(report({ status: 'failed', assertionResults: [{ status: 'failed' }] })).failed).toBe(1);
  });

  it('is empty for a runner that died without a report', () => {
    expect(count(undefined)).toEqual({ passed: 0, failed: 0, skipped: 0 });
  });

  it('is told in one plain line over all suites', () => {
    expect(line(add({ passed: 1, failed: 2, skipped: 3 }, { passed: 10, failed: 20, skipped: 30 }))).toBe(
      '11 passed, 22 failed, 33 skipped',
    );
  });
});
