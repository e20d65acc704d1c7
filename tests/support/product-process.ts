import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { environmentOf, type RunOptions } from './running-product.ts';

const PROGRAM = join(import.meta.dirname, 'product-program.ts');
const START_MS = 60_000;

export type ProductProcess = {
  readonly url: string;
  readonly pid: number;
  /** As power loss does it for a process: no handler runs. Resolves when it is gone. */
  readonly kill: () => Promise<void>;
  /** SIGSTOP: it lives, and does nothing until it wakes. */
  readonly freeze: () => void;
  readonly wake: () => void;
  /** SIGTERM. @returns the exit code. */
  readonly stop: () => Promise<number | null>;
  readonly errors: () => string;
};

/** `vconnect start` as a process of its own. Resolves when it is ready. */
export const startProcess = async (
  dataFolder: string,
  simulatorUrl: string,
  options: RunOptions & { readonly port: number },
): Promise<ProductProcess> => {
  const { NODE_OPTIONS: _left, ...inherited } = process.env;
  const environment = { ...inherited, VCONNECT_LOG_LEVEL: options.logLevel ?? 'warn', ...environmentOf(dataFolder, simulatorUrl, options) };
  const child = spawn(process.execPath, [PROGRAM, 'start'], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let errors = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const url = `http://127.0.0.1:${String(options.port)}`;
  await eventually('the product is ready', () => ready(child, url, () => errors), START_MS);
  return {
    url,
    pid: child.pid ?? 0,
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    freeze: () => void child.kill('SIGSTOP'),
    wake: () => void child.kill('SIGCONT'),
    stop: async () => {
      child.kill('SIGTERM');
      return ended;
    },
    errors: () => errors,
  };
};

const ready = async (child: ChildProcess, url: string, errors: () => string): Promise<boolean> => {
  if (child.exitCode !== null) throw new Error(`expected the product to start, it ended with ${String(child.exitCode)}: ${errors()}`);
  try {
    return (await fetch(`${url}/health/ready`)).ok;
  } catch {
    return false;
  }
};

/** A port that was free a moment ago. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
  });

/** Calls the HTTP API with a token; null while the server is away. */
export const apiClient =
  (url: string, token: string) =>
  async <T>(method: string, path: string, body?: object, key?: string): Promise<{ readonly status: number; readonly body: T } | null> => {
    try {
      const response = await fetch(`${url}/api/v1${path}`, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(key === undefined ? {} : { 'idempotency-key': key }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(20_000),
      });
      const text = await response.text();
      return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as T };
    } catch {
      // Killed in the middle: the caller asks again.
      return null;
    }
  };
