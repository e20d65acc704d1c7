// `npm run chaos`: see README.md of tests. Ends with 0 only when nothing was lost, doubled, stuck or wrong.
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FLEETS, fleetNames } from './fleet.ts';
import { dropOne } from './planted.ts';
import { progressLine, resultLines } from './report.ts';
import { type Progress, runChaos } from './run.ts';

const MINUTE_MS = 60_000;
const SETTLE_MS = 180_000;
const LINE_EVERY_MS = 10_000;
const HIGHEST_SEED = 2 ** 31;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * HIGHEST_SEED)) },
    customers: { type: 'string', default: '40' },
    'per-second': { type: 'string', default: '8' },
    agents: { type: 'string', default: '3' },
    fleet: { type: 'string', default: 'roles' },
    keep: { type: 'boolean', default: false },
    'plant-loss': { type: 'boolean', default: false },
  },
});
const positive = (name: 'minutes' | 'seed' | 'customers' | 'per-second' | 'agents'): number => {
  const value = Number(values[name]);
  if (Number.isFinite(value) && value > 0) return value;
  process.stderr.write(`expected --${name} to be a number above 0, got ${values[name]}\n`);
  process.exit(2);
};
const fleet = fleetNames.find((name) => name === values.fleet);
if (fleet === undefined) {
  process.stderr.write(`expected --fleet to be one of ${fleetNames.join(', ')}, got ${values.fleet}\n`);
  process.exit(2);
}

const say = (text: string): void => void process.stdout.write(`${text}\n`);
let lineAt = -Infinity;
let phase = '';
const onProgress = (progress: Progress): void => {
  if (process.stdout.isTTY) {
    process.stdout.write(`\r\x1b[2K${progressLine(progress)}`);
    return;
  }
  if (performance.now() - lineAt < LINE_EVERY_MS && progress.phase === phase) return;
  [lineAt, phase] = [performance.now(), progress.phase];
  say(progressLine(progress));
};

const seed = positive('seed');
const options = (['minutes', 'fleet', 'customers', 'per-second', 'agents'] as const).map((name) => `--${name} ${values[name]}`).join(' ');
const again = `the same plan again: npm run chaos -- ${options} --seed ${String(seed)}`;
say(`seed ${String(seed)} (${again})`);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-chaos-')));
let isSound = false;
try {
  const result = await runChaos({
    seed,
    loadMs: positive('minutes') * MINUTE_MS,
    fleet: FLEETS[fleet],
    folder,
    customers: positive('customers'),
    perSecond: positive('per-second'),
    agents: positive('agents'),
    settleMs: SETTLE_MS,
    onProgress,
    ...(values['plant-loss'] && { spoil: dropOne }),
  });
  say('');
  for (const line of resultLines(result)) say(line);
  isSound = result.findings.length === 0;
} finally {
  if (isSound && !values.keep) rmSync(folder, { recursive: true, force: true });
  else say(`data and logs are kept: ${folder}`);
  say(`seed ${String(seed)} (${again})`);
}
process.exitCode = isSound ? 0 : 1;
process.exit();
