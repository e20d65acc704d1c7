/** How many tests, or checks, ended how. */
export type Tally = { readonly passed: number; readonly failed: number; readonly skipped: number };

export const EMPTY: Tally = { passed: 0, failed: 0, skipped: 0 };

export const add = (left: Tally, right: Tally): Tally => ({
  passed: left.passed + right.passed,
  failed: left.failed + right.failed,
  skipped: left.skipped + right.skipped,
});

/** The plain line that scripts read. */
export const line = ({ passed, failed, skipped }: Tally): string =>
  `${String(passed)} passed, ${String(failed)} failed, ${String(skipped)} skipped`;
