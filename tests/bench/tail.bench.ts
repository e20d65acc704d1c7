// The tail of appends and of the event loop beside them, by how many pages the WAL may gather (infra/decisions/0010-event-store.md).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { newStream, receivedEvent } from '../infra/eventstore/sample-events.ts';
import { median } from './runner.ts';

const PAGES = [1_000, 4_000, 10_000];
const CALLERS = [1, 16, 64, 256];
const ROUNDS = 3;
const ROUND_MS = 1_300;
/** A timer that is to ring this often; how late it rings is what everybody else on the event loop waits. */
const HEARTBEAT_MS = 2;

const folder = mkdtempSync(join(tmpdir(), 'vconnect-tail-'));
let files = 0;

type Tail = { readonly perSecond: number; readonly append: number; readonly heartbeat: number; readonly cpuMicros: number };

const p99 = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? NaN;

const measureTail = async (callers: number, checkpointPages: number): Promise<Tail> => {
  const store = openSqliteEventStore({ file: join(folder, `${String((files += 1))}.db`), catalogueOf, checkpointPages });
  const appends: number[] = [];
  const beats: number[] = [];
  let beat = performance.now();
  const heart = setInterval(() => {
    beats.push(Math.max(0, performance.now() - beat - HEARTBEAT_MS));
    beat = performance.now();
  }, HEARTBEAT_MS);
  const cpu = process.cpuUsage();
  const started = performance.now();
  const caller = async (): Promise<void> => {
    const stream = newStream();
    for (let count = 0; performance.now() - started < ROUND_MS; count += 1) {
      const before = performance.now();
      await store.append(stream, count === 0 ? 'none' : BigInt(count - 1), [receivedEvent()]);
      appends.push(performance.now() - before);
    }
  };
  await Promise.all(Array.from({ length: callers }, caller));
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  clearInterval(heart);
  await store.close();
  return {
    perSecond: (appends.length * 1_000) / ms,
    append: p99(appends),
    heartbeat: p99(beats),
    cpuMicros: (user + system) / appends.length,
  };
};

process.stdout.write('callers   pages   events/s   append p99 ms   heartbeat p99 ms   CPU µs/event   (medians)\n');
for (const callers of CALLERS) {
  const tails = new Map<number, Tail[]>(PAGES.map((pages) => [pages, []]));
  // In turns, so that a machine that slows down slows all of them.
  for (let round = 0; round < ROUNDS; round += 1) for (const pages of PAGES) tails.get(pages)?.push(await measureTail(callers, pages));
  for (const [pages, rounds] of tails) {
    const of = (pick: (tail: Tail) => number, digits: number) => median(rounds.map(pick)).toFixed(digits);
    const cells = [
      String(callers).padStart(7),
      String(pages).padStart(7),
      of(({ perSecond }) => perSecond, 0).padStart(10),
      of(({ append }) => append, 2).padStart(15),
      of(({ heartbeat }) => heartbeat, 2).padStart(18),
      of(({ cpuMicros }) => cpuMicros, 0).padStart(14),
    ];
    process.stdout.write(`${cells.join(' ')}\n`);
  }
}
rmSync(folder, { recursive: true });
