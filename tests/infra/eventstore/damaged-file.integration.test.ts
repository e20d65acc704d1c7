import fc from 'fast-check';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import type { EventStore } from '#domain/ports.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { newStream, statusEvent, statusEvents } from './sample-events.ts';

const EVENTS = 200;
const PAGE_BYTES = 4_096;
/** Each opens a copy of the file with one byte changed and reads all of it. */
const FLIPS = 150;

let folder: string;
let file: string;
let sound: Buffer;
const stream = newStream();
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'vconnect-damage-'));
  file = join(folder, 'events.db');
  const store = openSqliteEventStore({ file, catalogueOf });
  await store.append(stream, 'none', statusEvents(EVENTS));
  await store.close();
  sound = readFileSync(file);
});
afterEach(() => rmSync(folder, { recursive: true }));

const damage = (change: (bytes: Buffer) => Buffer): Buffer => {
  const bytes = change(Buffer.from(sound));
  writeFileSync(file, bytes);
  return bytes;
};
const codeOf = (error: unknown): string => {
  if (!(error instanceof StoreFault)) throw error;
  return error.code;
};
/** Reads page by page until the first fault: how much came, and the fault's code. */
const readThrough = async (store: EventStore): Promise<{ readonly read: number; readonly code: string | null }> => {
  let read = 0;
  for (;;) {
    try {
      const events = await store.readAll(BigInt(read), 20);
      if (events.length === 0) return { read, code: null };
      read += events.length;
    } catch (error) {
      return { read, code: codeOf(error) };
    }
  }
};

test('a page of events that is damaged: what stands before it is served, writing is refused, nothing is overwritten', async () => {
  const bytes = damage((all) => all.fill(0xff, all.length - PAGE_BYTES));
  const store = openSqliteEventStore({ file, catalogueOf });
  expect(store.damaged()).toBe(false);
  const { read, code } = await readThrough(store);
  expect(code).toBe('STORE_DAMAGED');
  expect(read).toBeGreaterThan(0);
  expect(store.damaged()).toBe(true);
  // Also to a stream whose own pages are sound.
  await expect(store.append(newStream(), 'none', [statusEvent()])).rejects.toMatchObject({
    code: 'STORE_DAMAGED',
    message: expect.stringContaining('restore it from a backup'),
  });
  expect(await store.readAll(0n, 20)).toHaveLength(20);
  await store.close();
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

test.each([0.3, 0.6, 0.9])('a file cut at %d of its length is refused in one sentence, and stays as it is', (share) => {
  const bytes = damage((all) => all.subarray(0, Math.floor(all.length * share)));
  expect(() => openSqliteEventStore({ file, catalogueOf })).toThrow(expect.objectContaining({ code: 'STORE_DAMAGED' }));
  expect(readFileSync(file).equals(bytes)).toBe(true);
});

test('a byte flipped anywhere ends in events or in a fault with a code, and damage that was seen ends writing', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.nat(sound.length - 1), fc.integer({ min: 1, max: 255 }), async (at, mask) => {
      damage((all) => {
        all.writeUInt8(all.readUInt8(at) ^ mask, at);
        return all;
      });
      let store: EventStore;
      try {
        store = openSqliteEventStore({ file, catalogueOf });
      } catch (error) {
        seen.add(codeOf(error));
        return;
      }
      try {
        const { code } = await readThrough(store);
        const before = readFileSync(file);
        seen.add(code ?? 'read');
        if (code !== 'STORE_DAMAGED') return;
        await expect(store.append(newStream(), 'none', [statusEvent()])).rejects.toMatchObject({ code: 'STORE_DAMAGED' });
        expect(readFileSync(file).equals(before)).toBe(true);
      } finally {
        await store.close();
      }
    }),
    { numRuns: FLIPS },
  );
  expect(
    [...seen].filter(
      (code) => !['read', 'STORE_DAMAGED', 'STORE_FORMAT_UNKNOWN', 'STORE_UNAVAILABLE'].includes(code) && !code.startsWith('EVENT_'),
    ),
  ).toEqual([]);
});
