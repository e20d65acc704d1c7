import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from './root.ts';

export type CommandResult = { readonly code: number | null; readonly output: string; readonly timedOut: boolean };

export type CommandOptions = { readonly timeoutMs: number; readonly show?: boolean; readonly env?: Readonly<Record<string, string>> };

/** The JavaScript file of a package's command, to be run by the very Node that runs this process. */
export const bin = (path: string): string => join(ROOT, 'node_modules', path);

/**
 * Runs a JavaScript file under this process's Node, from the repository's folder, and returns how it ended. The output is
 * collected, or with `show` passed through. Never rejects because the command failed; past `timeoutMs` it and all it started are killed.
 */
export const runNode = async (args: readonly string[], { timeoutMs, show = false, env = {} }: CommandOptions): Promise<CommandResult> => {
  const child = spawn(process.execPath, args, {
    cwd: ROOT,
    // Its own group, so that a hanging suite is ended together with its servers and browsers.
    detached: true,
    stdio: show ? ['ignore', 'inherit', 'inherit'] : ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const chunks: Buffer[] = [];
  child.stdout?.on('data', (chunk: Buffer) => chunks.push(chunk));
  child.stderr?.on('data', (chunk: Buffer) => chunks.push(chunk));
  let timedOut = false;
  const kill = (): void => {
    killGroup(child.pid);
  };
  const timer = setTimeout(() => {
    timedOut = true;
    kill();
  }, timeoutMs);
  process.once('exit', kill);
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    return { code, output: Buffer.concat(chunks).toString('utf8'), timedOut };
  } finally {
    clearTimeout(timer);
    process.off('exit', kill);
  }
};

/** Ends this process, and by its exit handler every command it runs, on Ctrl-C or SIGTERM. */
export const endOnSignals = (): void => {
  process.once('SIGINT', () => process.exit(130));
  process.once('SIGTERM', () => process.exit(143));
};

const killGroup = (pid: number | undefined): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The group has ended by itself, which is what was wanted.
  }
};
