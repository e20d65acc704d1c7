import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { newStream, statusEvent, statusEvents } from './sample-events.ts';

let folder: string;
let file: string;
let stores: EventStore[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-log-'));
  file = join(folder, 'events.db');
  stores = [];
});
afterEach(async () => {
  await Promise.all(stores.map((store) => store.close()));
  rmSync(folder, { recursive: true });
});

const open = (path = file): EventStore => {
  const store = openSqliteEventStore({ file: path, catalogueOf });
  stores.push(store);
  return store;
};

const wholeLog = async (store: EventStore): Promise<readonly RecordedEvent[]> => store.readAll(0n, 1_000_000);

const startAppender = (...args: readonly string[]) => {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'appender.ts'), file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const reading = createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  return { child, lines, ended: Promise.all([once(child, 'exit'), once(reading, 'close')]) };
};

const expectSound = (log: readonly RecordedEvent[]) => {
  expect(log.map((event) => event.position)).toEqual(log.map((_, index) => BigInt(index + 1)));
  expect(new Set(log.map((event) => event.id)).size).toBe(log.length);
  const next = new Map<string, bigint>();
  for (const event of log) {
    expect(event.revision).toBe(next.get(event.stream) ?? 0n);
    next.set(event.stream, event.revision + 1n);
  }
};

test('events survive closing and opening again', async () => {
  const stream = newStream();
  const first = open();
  await first.append(stream, 'none', statusEvents(3));
  const before = await wholeLog(first);
  await first.close();
  const second = open();
  expect(await wholeLog(second)).toEqual(before);
  expect(await second.append(stream, 2n, [statusEvent()])).toMatchObject({ revision: 3n, position: 4n });
});

test.each([1, 2, 3])('loses no acknowledged event to kill -9, round %i', async (round) => {
  const { child, lines, ended } = startAppender('16');
  while (lines.length < 40 * round) await new Promise((resolve) => setTimeout(resolve, 1));
  child.kill('SIGKILL');
  await ended;
  const log = await wholeLog(open());
  expectSound(log);
  const stored = new Map(log.map((event) => [event.id as string, event.position]));
  const acknowledged = lines.map((line) => line.split(' ')).filter((parts) => parts.length === 2 && parts[0]?.length === 32);
  expect(acknowledged.length).toBeGreaterThanOrEqual(40 * round);
  for (const [id = '', position = ''] of acknowledged.slice(0, -1)) expect(stored.get(id)).toBe(BigInt(position));
});

test('several processes write one log, and a follower in this one sees each event once, in order', async () => {
  const store = open();
  const appenders = [startAppender('4', '50'), startAppender('4', '50')];
  const ending = new AbortController();
  const seen: RecordedEvent[] = [];
  const own = newStream();
  for (let count = 0; count < 50; count += 1) await store.append(own, 'any', [statusEvent()]);
  for await (const events of store.subscribe(0n, { batch: 64, signal: ending.signal })) {
    seen.push(...events);
    if (seen.length >= 450) ending.abort();
  }
  await Promise.all(appenders.map((appender) => appender.ended));
  expect(seen.length).toBe(450);
  expectSound(seen);
  expect(appenders.map((appender) => appender.child.exitCode)).toEqual([0, 0]);
});

test('a writer that another process holds up waits, and says busy when it takes too long', { timeout: 20_000 }, async () => {
  const store = open();
  const other = new DatabaseSync(file);
  other.exec('BEGIN IMMEDIATE');
  const waiting = store.append(newStream(), 'none', [statusEvent()]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  other.exec('ROLLBACK');
  expect(await waiting).toMatchObject({ kind: 'appended' });
  other.exec('BEGIN IMMEDIATE');
  await expect(store.append(newStream(), 'none', [statusEvent()])).rejects.toMatchObject({ code: 'STORE_BUSY' });
  other.exec('ROLLBACK');
  other.close();
  expect(await store.append(newStream(), 'none', [statusEvent()])).toMatchObject({ position: 2n });
});

describe('an event of a newer program', () => {
  const writeFuture = (position: number) => {
    const db = new DatabaseSync(file);
    db.prepare('UPDATE events SET version = 99 WHERE position = ?').run(position);
    db.close();
  };

  test('stops its stream loudly and the log exactly there, with the place to go on behind', async () => {
    const store = open();
    const [future, sound] = [newStream(), newStream()];
    await store.append(future, 'none', statusEvents(2));
    await store.append(sound, 'none', statusEvents(2));
    writeFuture(2);
    await expect(store.readStream(future)).rejects.toMatchObject({
      code: 'EVENT_VERSION_UNKNOWN',
      at: { stream: future, revision: 1n, position: 2n },
    });
    expect((await store.readAll(0n, 10)).map((event) => event.position)).toEqual([1n]);
    await expect(store.readAll(1n, 10)).rejects.toMatchObject({ code: 'EVENT_VERSION_UNKNOWN', at: { position: 2n } });
    expect((await store.readAll(2n, 10)).map((event) => event.position)).toEqual([3n, 4n]);
    expect(await store.readStream(sound)).toHaveLength(2);
  });
});

describe('a file that cannot be used', () => {
  const openFault = (path = file) => {
    try {
      open(path);
    } catch (error) {
      return error;
    }
    return null;
  };

  test('not a database: says damaged and leaves every byte', () => {
    const bytes = Buffer.from('This is not a database. '.repeat(400));
    writeFileSync(file, bytes);
    expect(openFault()).toMatchObject({ code: 'STORE_DAMAGED', message: expect.stringContaining('restore it from a backup') });
    expect(readFileSync(file).equals(bytes)).toBe(true);
  });

  test('a damaged page: reading says damaged, sound events are still served', async () => {
    const store = open();
    const stream = newStream();
    await store.append(stream, 'none', statusEvents(40));
    await store.close();
    const bytes = readFileSync(file);
    bytes.fill(0xff, bytes.length - 4096);
    writeFileSync(file, bytes);
    const again = open();
    await expect(wholeLog(again)).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
  });

  test('of another program or another format: refuses to touch it', () => {
    const db = new DatabaseSync(file);
    db.exec('CREATE TABLE theirs (a); PRAGMA user_version = 7');
    db.close();
    expect(openFault()).toMatchObject({ code: 'STORE_FORMAT_UNKNOWN' });
    const ours = join(folder, 'ours.db');
    void open(ours).close();
    const newer = new DatabaseSync(ours);
    newer.exec('PRAGMA user_version = 2');
    newer.close();
    expect(openFault(ours)).toMatchObject({ code: 'STORE_FORMAT_UNKNOWN', message: expect.stringContaining('expected 1, got 2') });
  });

  test('in a folder that does not exist: one sentence that says so', () => {
    expect(openFault(join(folder, 'nowhere', 'events.db'))).toMatchObject({
      code: 'STORE_READ_ONLY',
      message: expect.stringContaining('folder'),
    });
  });
});
