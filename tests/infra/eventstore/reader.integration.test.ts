import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import type { GroupDone } from '#infra/eventstore/append-queue.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { newStream, statusEvent, statusEvents } from './sample-events.ts';

let folder: string;
let file: string;
let opened: EventStore[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-reader-'));
  file = join(folder, 'events.db');
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((store) => store.close()));
  rmSync(folder, { recursive: true });
});
const keep = <S extends EventStore>(store: S): S => {
  opened.push(store);
  return store;
};
const openStore = (options: Partial<Parameters<typeof openSqliteEventStore>[0]> = {}) =>
  keep(openSqliteEventStore({ file, catalogueOf, ...options }));
const openReader = () => keep(openSqliteLogReader({ file, catalogueOf }));

const followed = async (reader: EventStore, count: number): Promise<readonly RecordedEvent[]> => {
  const ending = new AbortController();
  const seen: RecordedEvent[] = [];
  for await (const events of reader.subscribe(0n, { batch: 10, signal: ending.signal })) {
    seen.push(...events);
    if (seen.length >= count) ending.abort();
  }
  return seen;
};

test('a reader reads what the writer wrote, and refuses to append', async () => {
  const [store, reader] = [openStore(), openReader()];
  const stream = newStream();
  await store.append(stream, 'none', statusEvents(3));
  expect(await reader.readAll(0n, 10)).toEqual(await store.readAll(0n, 10));
  expect(await reader.readStream(stream, { from: 1n })).toHaveLength(2);
  await expect(reader.append(stream, 'any', [statusEvent()])).rejects.toMatchObject({ code: 'STORE_READ_ONLY' });
  expect(await reader.head()).toBe(3n);
});

test('a reader may be started before the writer, and follows it without a hint', async () => {
  const reader = openReader();
  const seeing = followed(reader, 30);
  const store = openStore();
  for (let count = 0; count < 30; count += 1) await store.append(newStream(), 'none', [statusEvent()]);
  expect((await seeing).map((event) => event.position)).toEqual(Array.from({ length: 30 }, (_, index) => BigInt(index + 1)));
});

test('the writer says after each durable group that it appended, and a reader woken by it sees the events at once', async () => {
  const reader = openReader();
  const seenWhenWoken: bigint[] = [];
  const store = openStore({
    onAppended: () => {
      reader.wake();
      void reader.head().then((head) => seenWhenWoken.push(head));
    },
  });
  const seeing = followed(reader, 2);
  await store.append(newStream(), 'none', [statusEvent()]);
  await store.append(newStream(), 'none', [statusEvent()]);
  expect(await seeing).toHaveLength(2);
  expect(seenWhenWoken).toEqual([1n, 2n]);
});

test('a reader outlives a writer that was killed, and follows the next one', async () => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'appender.ts'), file, '4'], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(child.stdout, 'data');
  const reader = openReader();
  child.stdout.resume();
  child.kill('SIGKILL');
  await once(child, 'exit');
  const before = Number(await reader.head());
  const seeing = followed(reader, before + 5);
  await openStore().append(newStream(), 'none', statusEvents(5));
  expect((await seeing).map((event) => Number(event.position))).toEqual(Array.from({ length: before + 5 }, (_, index) => index + 1));
});

test('the writer reports each group and how many events wait', async () => {
  const groups: GroupDone[] = [];
  const store = openStore({ onGroup: (group) => groups.push(group) });
  const appending = Array.from({ length: 5 }, () => store.append(newStream(), 'none', statusEvents(2)));
  await Promise.resolve();
  expect(store.queued()).toBe(10);
  await Promise.all(appending);
  expect(store.queued()).toBe(0);
  await store.append(newStream(), 'none', [statusEvent()]);
  await new Promise(setImmediate);
  expect(groups).toMatchObject([
    { events: 10, members: 5 },
    { events: 1, members: 1 },
  ]);
  for (const { durationMs, waitedMs } of groups) {
    expect(durationMs).toBeGreaterThan(0);
    expect(waitedMs).toBeGreaterThanOrEqual(0);
  }
});
