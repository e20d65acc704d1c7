// One writer of the race: appends to streams that others append to as well, expects rightly and wrongly, repeats itself, and says each
// step before and after. In the process of the test or, started as a program, in one of its own: `race-writer.ts <file> <seed> <streams>`.
import { writeSync } from 'node:fs';
import { catalogueOf } from '#domain/catalogue.ts';
import { parseStream, type StreamName } from '#domain/ids.ts';
import type { NewEvent } from '#domain/message.ts';
import type { EventStore, ExpectedRevision } from '#domain/ports.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { seeded } from '#tests/support/seeded.ts';
import { newStream, statusEvents } from './sample-events.ts';

/** `try` is said before the append begins: whoever is killed after it may have written the events or not. */
export type Said =
  | { readonly say: 'try'; readonly ids: readonly string[]; readonly stream: StreamName; readonly expected: string }
  | { readonly say: 'appended'; readonly id: string; readonly revision: string; readonly position: string; readonly repeated: boolean }
  | { readonly say: 'conflict'; readonly id: string };

const CALLERS = 4;
const MOST_EVENTS = 5;

export const race = async (
  store: EventStore,
  options: { readonly seed: number; readonly streams: readonly StreamName[]; readonly signal: AbortSignal },
  say: (said: Said) => void,
): Promise<void> => {
  const random = seeded(options.seed);
  const below = (limit: number) => Math.floor(random() * limit);
  const known = new Map<StreamName, bigint>();

  const append = async (stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Promise<void> => {
    const id = String(events[0]?.id);
    const result = await store.append(stream, expected, events);
    if (result.kind === 'conflict') {
      if (result.actual !== null) known.set(stream, result.actual);
      say({ say: 'conflict', id });
      return;
    }
    if (!result.repeated) known.set(stream, result.revision);
    say({ say: 'appended', id, revision: String(result.revision), position: String(result.position), repeated: result.repeated });
  };
  const caller = async (): Promise<void> => {
    let last: { readonly stream: StreamName; readonly events: readonly NewEvent[] } | null = null;
    while (!options.signal.aborted) {
      const own = below(10) === 0;
      const stream = own ? newStream() : (options.streams[below(options.streams.length)] ?? newStream());
      const expected = own ? 'none' : below(3) === 0 ? 'any' : (known.get(stream) ?? 'none');
      const events = statusEvents(1 + below(MOST_EVENTS));
      say({ say: 'try', ids: events.map((event) => event.id), stream, expected: String(expected) });
      await append(stream, expected, events);
      // As after an answer that was lost: whatever became of it, again is either the same place or the first time.
      if (last !== null && below(8) === 0) await append(last.stream, 'any', last.events);
      last = { stream, events };
      if (below(20) === 0) await new Promise((resolve) => setTimeout(resolve, below(20)));
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
};

const STDOUT = 1;
const FULL_MS = 1;
const cell = new Int32Array(new SharedArrayBuffer(4));

/**
 * Whole, and out of this process, before it goes on: `process.stdout` keeps what a slow reader has no room for, and a kill would take with it
 * that an append was tried.
 */
const sayNow = (line: string): void => {
  for (let bytes = Buffer.from(line); bytes.length > 0;) {
    try {
      bytes = bytes.subarray(writeSync(STDOUT, bytes));
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
      Atomics.wait(cell, 0, 0, FULL_MS);
    }
  }
};

if (process.argv[1] === import.meta.filename) {
  const [file = '', seed = '', streams = ''] = process.argv.slice(2);
  const named = streams.split(',').flatMap((name) => parseStream(name) ?? []);
  const store = openSqliteEventStore({ file, catalogueOf });
  await race(store, { seed: Number(seed), streams: named, signal: new AbortController().signal }, (said) => {
    sayNow(`${JSON.stringify(said)}\n`);
  });
}
