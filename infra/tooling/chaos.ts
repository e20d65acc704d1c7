// `npm run chaos -- --minutes N`: load, kills, freezes, duplicates, reordering and a slow disk against real processes, then the comparison
// with everything that was acknowledged. Its options are passed on; `tests/README.md` names them.
import { endOnSignals, runNode } from './run-command.ts';

/** A whole night: the run ends by itself, this ends one that hangs. */
const CHAOS_TIMEOUT_MS = 14 * 60 * 60_000;

endOnSignals();
const { code } = await runNode(['tests/chaos/main.ts', ...process.argv.slice(2)], { timeoutMs: CHAOS_TIMEOUT_MS, show: true });
process.exitCode = code ?? 1;
