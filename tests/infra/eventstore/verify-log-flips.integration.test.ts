import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { copyOf, logOf, makeSample, newFolder, removeFolder, SAMPLE, verifyAlone } from './verify-log-sample.ts';

let sample = '';
let sound: readonly string[] = [];
beforeAll(async () => {
  sample = newFolder();
  await makeSample(sample);
  sound = await eventsOf(sample);
});
afterAll(() => removeFolder(sample));

const eventsOf = async (folder: string): Promise<readonly string[]> => {
  const log = openSqliteLogReader({ file: logOf(folder), catalogueOf });
  try {
    const events = await log.readAll(0n, SAMPLE.events + 1);
    return events.map((event) => JSON.stringify(event, (_key, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));
  } finally {
    await log.close();
  }
};

/** What the damage may do: nothing that a reader sees, or a fault. Never other events under the word "sound". */
const flip = async (at: number, mask: number, length: number): Promise<'found' | 'harmless'> => {
  const folder = copyOf(sample);
  try {
    const bytes = readFileSync(logOf(folder));
    for (let index = at; index < Math.min(at + length, bytes.length); index += 1) bytes.writeUInt8(bytes.readUInt8(index) ^ mask, index);
    writeFileSync(logOf(folder), bytes);
    for (const suffix of ['-wal', '-shm']) rmSync(`${logOf(folder)}${suffix}`, { force: true });
    const report = await verifyAlone(folder);
    if (report.faults > 0) return 'found';
    expect(report).toMatchObject({ complete: true, events: SAMPLE.events });
    expect(await eventsOf(folder)).toEqual(sound);
    return 'harmless';
  } finally {
    removeFolder(folder);
  }
};

/** A flip costs a copy and a walk, about 20 ms. */
const RUNS = 60;
const size = (): number => readFileSync(logOf(sample)).length;

it('a flipped bit anywhere in the file is found, or changes nothing that is read', async () => {
  const property = fc.asyncProperty(fc.nat(size() - 1), fc.nat(7), async (at, bit) => {
    await flip(at, 1 << bit, 1);
  });
  await fc.assert(property, { numRuns: RUNS });
}, 60_000);

it('a torn stretch anywhere in the file is found, or changes nothing that is read', async () => {
  const property = fc.asyncProperty(
    fc.nat(size() - 1),
    fc.integer({ min: 2, max: 600 }),
    fc.integer({ min: 1, max: 255 }),
    async (at, length, mask) => {
      await flip(at, mask, length);
    },
  );
  await fc.assert(property, { numRuns: RUNS });
}, 60_000);

it('a flipped bit inside a body is found, every time', async () => {
  const bytes = readFileSync(logOf(sample));
  const bodies: number[] = [];
  // The newest copies of the bodies stand in the second half; pages that the tree outgrew hold older ones.
  for (let at = bytes.indexOf('{"data":', bytes.length / 2); at !== -1; at = bytes.indexOf('{"data":', at + 1)) bodies.push(at);
  expect(bodies.length).toBeGreaterThan(SAMPLE.events / 4);
  const property = fc.asyncProperty(fc.constantFrom(...bodies), fc.nat(299), fc.nat(7), async (body, offset, bit) => {
    expect(await flip(body + offset, 1 << bit, 1)).toBe('found');
  });
  await fc.assert(property, { numRuns: RUNS });
}, 60_000);
