// `npm run bench [name]`: runs tests/bench/<name>.bench.ts, or all of them, each in a process of its own, one after the other.
import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { ROOT } from './root.ts';
import { endOnSignals, runNode } from './run-command.ts';

const BENCH_TIMEOUT_MS = 30 * 60_000;

endOnSignals();
const wanted = process.argv[2];
const files = globSync('tests/bench/*.bench.ts', { cwd: ROOT }).sort();
const chosen = wanted === undefined ? files : files.filter((file) => basename(file) === `${wanted}.bench.ts`);
if (chosen.length === 0) {
  const names = files.map((file) => basename(file, '.bench.ts')).join(', ');
  process.stderr.write(`expected one of: ${names === '' ? '(no benchmark yet)' : names}; got ${wanted ?? 'no name'}\n`);
  process.exit(2);
}
for (const file of chosen) {
  const { code } = await runNode([file], { timeoutMs: BENCH_TIMEOUT_MS, show: true });
  if (code !== 0) process.exitCode = 1;
}
