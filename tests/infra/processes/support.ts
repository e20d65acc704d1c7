import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { now } from '#infra/app/context.ts';
import { openProcesses, type Processes } from '#infra/processes/processes.ts';
import type { ProcessRole } from '#infra/processes/register.ts';
import { eventually } from '#tests/support/eventually.ts';

const PROGRAM = join(import.meta.dirname, 'process-program.ts');
const START_MS = 30_000;

export type Said = {
  readonly said: string;
  readonly id?: string;
  readonly token?: string;
  readonly answer?: boolean;
  readonly subject?: string;
};
export type Other = Awaited<ReturnType<typeof startOther>>;

/** A process of its own on the folder; gone when the test is finished. */
export const startOther = async (folder: string) => {
  const child: ChildProcess = fork(PROGRAM, [folder], { execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const heard: Said[] = [];
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.on('message', (message: Said) => heard.push(message));
  const until = (said: string, timeoutMs?: number) =>
    eventually(`the other process says ${said}`, () => heard.find((each) => each.said === said) ?? null, timeoutMs);
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  const { id = '' } = await until('ready', START_MS);
  return {
    id,
    pid: child.pid ?? 0,
    heard,
    until,
    tell: (order: string, name?: string): void => void child.send({ order, ...(name === undefined ? {} : { name }) }),
    freeze: () => child.kill('SIGSTOP'),
    wake: () => child.kill('SIGCONT'),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
};

/** A process of the folder inside the test's own; closed when the test is finished. */
export const openHere = (folder: string, roles: readonly ProcessRole[] = ['web']): Processes => {
  const processes = openProcesses({ folder, roles, holdsKeys: !roles.includes('projector'), clock: { now } });
  onTestFinished(() => processes.close());
  return processes;
};
