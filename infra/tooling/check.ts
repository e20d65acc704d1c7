// `npm run check [name]`: types, lint, boundaries, format, generated files fresh. With a name, only the checks that begin with it.
import { runChecks } from './run-checks.ts';
import { endOnSignals } from './run-command.ts';
import { line } from './tally.ts';

endOnSignals();
const tally = await runChecks(process.argv[2]);
process.stdout.write(`${line(tally)}\n`);
process.exitCode = tally.failed > 0 || tally.passed === 0 ? 1 : 0;
