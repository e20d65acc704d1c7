import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { eventually } from '#tests/support/eventually.ts';
import { newSeed, seeded } from '#tests/support/seeded.ts';
import { createOracle } from './race-oracle.ts';
import { race, type Said } from './race-writer.ts';
import { newStream } from './sample-events.ts';

/** To play failed runs again, put the seeds from their names here. */
const SEEDS: readonly number[] = [];
/** How long it races. Make it longer to look harder. */
const RACE_MS = 8_000;
const SHARED_STREAMS = 12;
const CHILD_WRITERS = 3;

/** A program of this folder that is killed and started again; `args` are asked for at each start. */
const killable = (program: string, args: () => readonly string[], hear: (line: string) => void) => {
  let kills = 0;
  let ending = false;
  const start = () => {
    const child = spawn(process.execPath, [join(import.meta.dirname, program), ...args()], { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    let line = '';
    // The last line may be cut by the kill: each is heard when the next one begins, or when it is known to be whole.
    child.stdout.on('data', (chunk: Buffer) => {
      line = chunk.toString().endsWith('\n') ? '' : 'cut';
    });
    const heard: string[] = [];
    lines.on('line', (each) => heard.push(each));
    const ended = Promise.all([once(child, 'exit'), once(lines, 'close')]).then(() => {
      if (line === 'cut') heard.pop();
    });
    return { child, heard, ended };
  };
  let run = start();
  const settle = async () => {
    await run.ended;
    run.heard.forEach(hear);
    // It ends by our hand only: one that fell over by itself has met a fault.
    expect([program, run.child.exitCode, run.child.signalCode]).toEqual([program, null, 'SIGKILL']);
  };
  return {
    kill: async () => {
      run.child.kill('SIGKILL');
      kills += 1;
      await settle();
      if (!ending) run = start();
    },
    end: async () => {
      ending = true;
      run.child.kill('SIGKILL');
      await settle();
    },
    kills: () => kills,
    heard: () => run.heard.length,
  };
};

/** Follows, leaves at random moments, and goes on from the last position seen. */
const restless = (store: EventStore, random: () => number, signal: AbortSignal) => {
  const seen: RecordedEvent[] = [];
  const follow = async () => {
    while (!signal.aborted) {
      const leaving = AbortSignal.any([signal, AbortSignal.timeout(Math.floor(random() * 300))]);
      for await (const events of store.subscribe(seen.at(-1)?.position ?? 0n, { batch: 1 + Math.floor(random() * 100), signal: leaving })) {
        seen.push(...events);
        if (random() < 0.05) break;
      }
    }
  };
  return { seen, ended: follow() };
};

test.each(SEEDS.length > 0 ? SEEDS : [newSeed()])(
  'many writers, followers and kills on one file: no gap, no double, nothing acknowledged lost (seed %i)',
  { timeout: RACE_MS * 4 + 60_000 },
  async (seed) => {
    const random = seeded(seed);
    const folder = mkdtempSync(join(tmpdir(), 'vconnect-race-'));
    const file = join(folder, 'events.db');
    const oracle = createOracle();
    const streams = Array.from({ length: SHARED_STREAMS }, newStream);
    const store = openSqliteEventStore({ file, catalogueOf });
    const reader = openSqliteLogReader({ file, catalogueOf });
    const racing = new AbortController();
    const following = new AbortController();
    const writers = Array.from({ length: CHILD_WRITERS }, () =>
      killable(
        'race-writer.ts',
        () => [file, String(Math.floor(random() * 2 ** 31)), streams.join(',')],
        (line) => oracle.hear(JSON.parse(line) as Said),
      ),
    );
    const printed: string[] = [];
    const follower = killable(
      'race-follower.ts',
      () => [file, printed.at(-1)?.split(' ')[0] ?? '0'],
      (line) => printed.push(line),
    );
    const followers = [store, store, reader].map((source) => restless(source, random, following.signal));
    const own = [1, 2].map(() => race(store, { seed: Math.floor(random() * 2 ** 31), streams, signal: racing.signal }, oracle.hear));
    try {
      for (const until = performance.now() + RACE_MS; performance.now() < until;) {
        await wait(100 + random() * 700);
        await [...writers, follower][Math.floor(random() * (CHILD_WRITERS + 1))]?.kill();
      }
      racing.abort();
      await Promise.all([...own, ...writers.map((writer) => writer.end())]);

      const head = await store.head();
      const log = await store.readAll(0n, Number(head) + 1);
      oracle.check(log);
      await eventually(
        'every follower has seen the end',
        () => followers.every(({ seen }) => seen.at(-1)?.position === head) && printed.length + follower.heard() >= Number(head),
      );
      following.abort();
      await Promise.all([...followers.map(({ ended }) => ended), follower.end()]);
      const expected = log.map(({ position, id }) => `${String(position)} ${id}`);
      expect(printed.join('\n') === expected.join('\n')).toBe(true);
      for (const { seen } of followers)
        expect(seen.map(({ position, id }) => `${String(position)} ${id}`).join() === expected.join()).toBe(true);
      expect(oracle.appends()).toBeGreaterThan(100);
      expect(oracle.conflicts()).toBeGreaterThan(0);
      expect(writers.reduce((sum, writer) => sum + writer.kills(), 0)).toBeGreaterThan(0);
    } finally {
      racing.abort();
      following.abort();
      await Promise.all([...writers, follower].map((program) => program.end()));
      await Promise.all([store.close(), reader.close()]);
      rmSync(folder, { recursive: true });
    }
  },
);
