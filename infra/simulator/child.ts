import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { z } from 'zod';
import type { SimulatorControl, SimulatorNumber } from '#infra/app/simulator-control.ts';

/** A simulator answers at once or is not there. */
const ANSWER_MS = 1_500;
/** Registering a number includes the handshake with our own webhook. */
const REGISTER_MS = 10_000;
/** Longest start of the simulator's process. */
const START_MS = 15_000;
const POLL_MS = 100;
/** A stopping simulator has nothing to save. */
const STOP_MS = 3_000;

const PROGRAM = join(import.meta.dirname, '../cli/bin.mjs');

const numberReply = z.object({
  phoneNumberId: z.string(),
  displayPhoneNumber: z.string(),
  accessToken: z.string(),
  appSecret: z.string(),
  verifyToken: z.string(),
});
const startedReply = z.object({ started: z.number() });
const registerReply = z.object({ handshake: z.object({ ok: z.boolean() }).nullable() });

/**
 * The simulator as the product sees it: a process of its own, reached over HTTP only. One that answers already is used as it is, whoever
 * started it; else one is started as a child.
 */
export const simulatorChild = ({ port }: { readonly port: number }): SimulatorControl => {
  const baseUrl = `http://127.0.0.1:${String(port)}`;
  let child: ChildProcess | null = null;

  const ask = async <T>(method: string, path: string, body: object | null, schema: z.ZodType<T>, timeoutMs: number): Promise<T | null> => {
    try {
      const response = await fetch(`${baseUrl}${path}`, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === null ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      });
      const parsed = schema.safeParse(await response.json());
      return response.ok && parsed.success ? parsed.data : null;
    } catch {
      // No answer, or not ours: there is no simulator there.
      return null;
    }
  };
  const answers = async (): Promise<boolean> => (await ask('GET', '/control/state', null, z.object({}), ANSWER_MS)) !== null;

  return {
    baseUrl,
    answers,
    ensure: async () => {
      if (await answers()) return true;
      const started = child ?? start(port);
      child = started;
      started.once('exit', () => {
        if (child === started) child = null;
      });
      for (const until = performance.now() + START_MS; performance.now() < until && started.exitCode === null; await wait(POLL_MS)) {
        if (await answers()) return true;
      }
      return false;
    },
    createNumber: (): Promise<SimulatorNumber | null> => ask('POST', '/control/numbers', {}, numberReply, ANSWER_MS),
    register: async ({ phoneNumberId, ...number }) => {
      const reply = await ask('PUT', `/control/numbers/${encodeURIComponent(phoneNumberId)}`, number, registerReply, REGISTER_MS);
      return reply?.handshake?.ok === true;
    },
    play: async (numberId, customers) =>
      (await ask('POST', '/control/script/start', { numberId, customers }, startedReply, ANSWER_MS)) !== null,
    stop: async () => {
      const running = child;
      if (running === null) return;
      const ended = new Promise((resolve) => running.once('exit', resolve));
      running.kill('SIGTERM');
      await Promise.race([ended, wait(STOP_MS, undefined, { ref: false })]);
      running.kill('SIGKILL');
    },
  };
};

const start = (port: number): ChildProcess => spawn(process.execPath, [PROGRAM, 'simulator', '--port', String(port)], { stdio: 'ignore' });
