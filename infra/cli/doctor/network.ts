import { createServer } from 'node:net';
import type { Config } from '../../config.ts';
import type { Finding } from './examine.ts';

const ANSWER_MS = 1_500;

/** Free, or held by the server that is meant to hold it. */
export const lookAtPorts = async ({ host, port }: Config): Promise<readonly Finding[]> => {
  if (port === 0) return [{ part: 'port', state: 'ok', says: 'any free one' }];
  const part = `port ${String(port)}`;
  const code = await tryPort(host, port);
  if (code === null) return [{ part, state: 'ok', says: 'free' }];
  if (code === 'EADDRINUSE') {
    const ours = await answers(`http://${at(host, port)}/health/live`);
    if (ours) return [{ part, state: 'ok', says: 'V Connect is running on it' }];
    return [{ part, state: 'wrong', says: 'another program listens on it', wayOut: 'stop that program, or set VCONNECT_PORT' }];
  }
  return [{ part, state: 'wrong', says: `cannot be listened on (${code})`, wayOut: 'correct VCONNECT_HOST and VCONNECT_PORT' }];
};

export const lookAtSimulator = async ({ simulator }: Config): Promise<Finding> => {
  const part = 'simulator';
  if (await answers(`http://127.0.0.1:${String(simulator.port)}/`))
    return { part, state: 'ok', says: `answers on port ${String(simulator.port)}` };
  const code = simulator.port === 0 ? null : await tryPort('127.0.0.1', simulator.port);
  if (code === null) return { part, state: 'note', says: 'not running: it starts when a channel wants it, or by "npx vconnect simulator"' };
  return {
    part,
    state: 'wrong',
    says: `another program listens on port ${String(simulator.port)}`,
    wayOut: 'stop that program, or set VCONNECT_SIMULATOR_PORT',
  };
};

/** Null when it can be listened on; else the system's code. */
const tryPort = (host: string, port: number): Promise<string | null> =>
  new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'no code'));
    server.listen({ host, port }, () => server.close(() => resolve(null)));
  });

const answers = async (url: string): Promise<boolean> => {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
};

const at = (host: string, port: number): string => {
  const name = host === '0.0.0.0' || host === '::' ? 'localhost' : host;
  return `${name.includes(':') ? `[${name}]` : name}:${String(port)}`;
};
