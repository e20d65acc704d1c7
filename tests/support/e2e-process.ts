import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';

// The product as its operator runs it: the command line in processes of their own, which can be killed.
const ROOT = join(import.meta.dirname, '../..');
const PROGRAM = join(ROOT, 'infra/cli/main.ts');
const START_MS = 60_000;
const STOP_MS = 20_000;

export type Ran = { readonly code: number | null; readonly out: string; readonly talk: string };
export type Started = {
  readonly url: string;
  readonly child: ChildProcess;
  /** Everything on stdout and stderr so far. */
  readonly said: () => string;
  /** SIGKILL as soon as a new line has been written that holds all these words. */
  readonly killWhen: (...words: readonly string[]) => Promise<void>;
  /** SIGKILL: nothing is finished, nothing is said. */
  readonly killNow: () => Promise<void>;
  /** SIGTERM. @returns the exit code */
  readonly stop: () => Promise<number | null>;
};

type Variables = Readonly<Record<string, string>>;

// Only what the test sets: a `.env` of the developer's shell must not reach the product.
const environmentOf = (variables: Variables): NodeJS.ProcessEnv => ({
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:VCONNECT_|VITEST|NODE_ENV|NODE_OPTIONS)/.test(name))),
  ...variables,
});

const launch = (words: readonly string[], variables: Variables): ChildProcess =>
  spawn(process.execPath, [PROGRAM, ...words], { cwd: ROOT, env: environmentOf(variables), stdio: ['ignore', 'pipe', 'pipe'] });

/** Runs a verb to its end. */
export const run = async (words: readonly string[], variables: Variables = {}): Promise<Ran> => {
  const child = launch(words, variables);
  const [out, talk]: [string[], string[]] = [[], []];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => out.push(text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => talk.push(text));
  const timer = setTimeout(() => child.kill('SIGKILL'), START_MS);
  await once(child, 'close');
  clearTimeout(timer);
  return { code: child.exitCode, out: out.join(''), talk: talk.join('') };
};

/** Starts a verb that serves, and waits for its address. */
export const start = async (words: readonly string[], variables: Variables): Promise<Started> => {
  const child = launch([...words, '--json'], variables);
  const chunks: string[] = [];
  const listeners = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      chunks.push(text);
      for (const listener of listeners) listener();
    });
  }
  const said = (): string => chunks.join('');
  const ended = once(child, 'close');
  // In the very turn in which the words arrive: a kill that follows must not come late.
  const until = <T>(what: string, ask: () => T | undefined): Promise<T> =>
    new Promise((resolve, reject) => {
      const done = (): void => {
        listeners.delete(look);
        clearTimeout(timer);
      };
      const look = (): void => {
        const answer = ask();
        if (answer === undefined) return;
        done();
        resolve(answer);
      };
      const giveUp = (): void => {
        done();
        reject(new Error(`expected ${words.join(' ')} to say ${what}, got:\n${said().slice(-4_000)}`));
      };
      const timer = setTimeout(giveUp, START_MS);
      listeners.add(look);
      void ended.then(giveUp);
      look();
    });
  const url = await until('its address', () => /\{"ok":true,"url":"([^"]+)"/.exec(said())?.[1]);
  const end = async (signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    const late = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
    child.kill(signal);
    await ended;
    clearTimeout(late);
    return child.exitCode;
  };
  return {
    url,
    child,
    said,
    killWhen: async (...sought) => {
      const from = said().length;
      await until(sought.join(' '), () => {
        const line = said()
          .slice(from)
          .split('\n')
          .find((each) => sought.every((word) => each.includes(word)));
        if (line !== undefined) child.kill('SIGKILL');
        return line;
      });
      await ended;
    },
    killNow: () => end('SIGKILL').then(() => {}),
    stop: () => end('SIGTERM'),
  };
};

/** A port that was free a moment ago. Restarts need one that stays the same. */
export const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('expected a port, got none');
  return address.port;
};
