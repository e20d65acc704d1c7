import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from '#tests/support/product-process.ts';
import { environmentOf } from '#tests/support/running-product.ts';

const PROGRAM = join(import.meta.dirname, '../support/product-program.ts');

/** A line of a fleet's table. */
export type Row = { readonly role: 'all' | 'web' | 'worker' | 'projector'; readonly count: number };

/** Every process answers for its health; the first two roles serve webhooks and the API as well. */
const SERVES = ['all', 'web'];

export const FLEETS = {
  one: [{ role: 'all', count: 1 }],
  two: [{ role: 'all', count: 2 }],
  roles: [
    { role: 'web', count: 2 },
    { role: 'worker', count: 2 },
    { role: 'projector', count: 2 },
  ],
} as const satisfies Readonly<Record<string, readonly Row[]>>;
export type FleetName = keyof typeof FLEETS;
export const fleetNames = ['one', 'two', 'roles'] as const satisfies readonly FleetName[];

export type Member = {
  readonly name: string;
  readonly url: string;
  readonly servesHttp: boolean;
  readonly start: () => void;
  /** Whether it has come up since its last start. */
  readonly isReady: (timeoutMs: number) => Promise<boolean>;
  readonly isRunning: () => boolean;
  readonly kill: () => Promise<void>;
  readonly freeze: () => void;
  readonly thaw: () => void;
  /** SIGTERM. @returns the exit code, null when it did not end in time and was killed. */
  readonly stop: (withinMs: number) => Promise<number | null>;
  /** The last line of its log. */
  readonly lastWords: () => string;
};

export type Place = { readonly dataFolder: string; readonly logFolder: string; readonly cloudUrl: string };

export const openFleet = async (rows: readonly Row[], place: Place): Promise<readonly Member[]> => {
  const members: Member[] = [];
  for (const row of rows) {
    for (let n = 1; n <= row.count; n += 1) {
      members.push(member({ role: row.role, name: `${row.role}-${String(n)}`, ...place, port: await freePort() }));
    }
  }
  return members;
};

type MemberOptions = Place & { readonly role: Row['role']; readonly name: string; readonly port: number };

const member = ({ name, role, dataFolder, logFolder, cloudUrl, port }: MemberOptions): Member => {
  const url = `http://127.0.0.1:${String(port)}`;
  const { NODE_OPTIONS: _left, ...inherited } = process.env;
  const env = { ...inherited, VCONNECT_LOG_LEVEL: 'warn', ...environmentOf(dataFolder, cloudUrl, { port }) };
  mkdirSync(logFolder, { recursive: true, mode: 0o700 });
  const logFile = join(logFolder, `${name}.log`);
  let child: ChildProcess | null = null;
  let ended: Promise<number | null> = Promise.resolve(null);
  const isRunning = (): boolean => child !== null && child.exitCode === null && child.signalCode === null;
  const end = async (signal: NodeJS.Signals): Promise<number | null> => {
    if (isRunning()) child?.kill(signal);
    return ended;
  };
  return {
    name,
    url,
    servesHttp: SERVES.includes(role),
    start: () => {
      const log = openSync(logFile, 'a', 0o600);
      const started = spawn(process.execPath, [PROGRAM, 'start', '--role', role], { env, stdio: ['ignore', log, log] });
      closeSync(log);
      ended = new Promise((resolve) => started.once('exit', resolve));
      child = started;
    },
    isReady: (timeoutMs) => readyWithin(timeoutMs, isRunning, `${url}/health/ready`),
    isRunning,
    kill: async () => {
      await end('SIGKILL');
    },
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    stop: async (withinMs) => {
      const code = await Promise.race([end('SIGTERM'), wait(withinMs, 'late' as const, { ref: false })]);
      if (code !== 'late') return code;
      await end('SIGKILL');
      return null;
    },
    lastWords: () => readFileSync(logFile, 'utf8').trim().split('\n').at(-1) ?? '',
  };
};

const POLL_MS = 100;
const HEALTH_MS = 3_000;

const readyWithin = async (timeoutMs: number, isRunning: () => boolean, healthUrl: string): Promise<boolean> => {
  const started = performance.now();
  while (performance.now() - started < timeoutMs && isRunning()) {
    if (await isHealthy(healthUrl)) return true;
    await wait(POLL_MS);
  }
  return false;
};

const isHealthy = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(HEALTH_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};
