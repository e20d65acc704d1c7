import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeLog } from '#tests/bench/made-log.ts';

/** Enough for several batches of 5,000 events, so that a kill finds a generation half filled. */
const CONVERSATIONS = 1_600;
const BIN = fileURLToPath(new URL('../../infra/cli/bin.mjs', import.meta.url));

let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-rebuild-'));
  await makeLog(join(folder, 'events.db'), CONVERSATIONS);
});
afterEach(() => rmSync(folder, { recursive: true }));

const start = (...args: readonly string[]): ChildProcessWithoutNullStreams =>
  spawn(process.execPath, [BIN, ...args], { env: { ...process.env, VCONNECT_DATA: folder, VCONNECT_LOG_LEVEL: 'error' } });

const ended = async (child: ChildProcessWithoutNullStreams) => {
  const [out, err, [exit]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { out, err, exit: exit as unknown };
};

/** Position of the generation that is being built, read beside the process that fills it; 0 before its first commit. */
const filledTo = (): number => {
  const file = join(folder, 'views', 'thread.1.db');
  if (!existsSync(file)) return 0;
  try {
    const db = new DatabaseSync(file, { readOnly: true });
    try {
      return Number(db.prepare('SELECT checkpoint FROM "vconnect.progress"').get()?.['checkpoint'] ?? 0);
    } finally {
      db.close();
    }
  } catch {
    return 0;
  }
};

test('a rebuild that is killed goes on where it was; it needs no key, and finds its own work equal', { timeout: 120_000 }, async () => {
  expect(existsSync(join(folder, 'keyring'))).toBe(false);
  const first = start('rebuild', 'thread');
  const killed = once(first, 'exit');
  while (filledTo() === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  first.kill('SIGKILL');
  await killed;
  const reached = filledTo();
  expect(reached).toBeGreaterThan(0);
  expect(reached).toBeLessThan(CONVERSATIONS * 19);

  const second = await ended(start('rebuild', 'thread', '--json'));
  expect([second.exit, second.err]).toEqual([0, expect.stringContaining('not compared: there was none before')]);
  expect(JSON.parse(second.out)).toMatchObject({ ok: true, rebuilt: [{ projection: 'thread', generation: { number: 1 }, parked: 0 }] });

  const third = await ended(start('rebuild', 'thread'));
  expect([third.exit, third.out]).toEqual([0, 'Rebuilt: thread, generation 2 is live\n']);
  expect(third.err).toContain(`equal to the live one in all ${String(CONVERSATIONS * 8)} documents`);
  expect(existsSync(join(folder, 'keyring'))).toBe(false);
  expect(readdirSync(join(folder, 'views')).filter((name) => /^thread\.\d+\.db$/.test(name))).toEqual(['thread.1.db', 'thread.2.db']);
});
