import { copyFileSync, existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RecordFaultCode } from '#infra/eventstore/verify-record.ts';
import { copyOf, logOf, makeSample, newFolder, removeFolder, SAMPLE, tamper, verify, verifyAlone } from './verify-log-sample.ts';

let sample = '';
let folder = '';
beforeAll(async () => {
  sample = newFolder();
  await makeSample(sample);
});
afterAll(() => removeFolder(sample));
beforeEach(() => {
  folder = copyOf(sample);
});
afterEach(() => removeFolder(folder));

describe('the file itself', () => {
  it('that names a stream without an event is not sound', async () => {
    tamper(logOf(folder), "INSERT INTO streams (name) VALUES ('x')");
    expect((await verifyAlone(folder)).file).toEqual([{ code: 'stream-empty', detail: null }]);
  });

  it.each([0, 50, 4_096, 20_000, -1])('cut off at byte %d is named so, and nothing crashes', async (bytes) => {
    const size = readFileSync(logOf(folder)).length;
    truncateSync(logOf(folder), bytes < 0 ? size - 4_096 : bytes);
    for (const suffix of ['-wal', '-shm']) rmSync(`${logOf(folder)}${suffix}`, { force: true });
    const report = await verifyAlone(folder);
    expect(report.file[0]?.code).toBe('truncated');
    expect(report.complete && report.faults === 0).toBe(false);
  });

  it('that is none of ours is left alone', async () => {
    writeFileSync(logOf(folder), 'no database at all, but long enough for the head of one. '.repeat(20));
    for (const suffix of ['-wal', '-shm']) rmSync(`${logOf(folder)}${suffix}`, { force: true });
    expect(await verifyAlone(folder)).toMatchObject({ complete: false, events: 0 });
    copyFileSync(join(folder, 'payloads.db'), logOf(folder));
    expect(await verifyAlone(folder)).toMatchObject({ file: [{ code: 'not-a-log' }], complete: false });
  });

  it('that is missing is said so', async () => {
    rmSync(logOf(folder));
    expect(await verifyAlone(folder)).toMatchObject({ file: [{ code: 'missing' }], faults: 1, complete: false });
    expect(existsSync(logOf(folder))).toBe(false);
  });

  /** Overwrites the head of the page of 4 kB in which the byte stands. */
  const spoilPage = (at: number, bytes: Buffer): void => {
    bytes.fill(0xff, at - (at % 4_096), at - (at % 4_096) + 100);
    writeFileSync(logOf(folder), bytes);
  };

  it('is read on behind a page that is damaged', async () => {
    const bytes = readFileSync(logOf(folder));
    spoilPage(bytes.indexOf('MessageReceived', bytes.length / 2), bytes);
    const report = await verifyAlone(folder);
    expect(report.file.some(({ code }) => code === 'structure')).toBe(true);
    const unreadable = report.records.filter(({ code }) => code === 'unreadable').length;
    expect(unreadable).toBeGreaterThan(0);
    expect(report).toMatchObject({ events: SAMPLE.events - unreadable, complete: true });
  });

  it('whose last page is damaged is not complete, and the rest is read', async () => {
    const bytes = readFileSync(logOf(folder));
    spoilPage(bytes.lastIndexOf('MessageReceived'), bytes);
    const report = await verifyAlone(folder);
    expect(report.file.map(({ code }) => code)).toEqual(expect.arrayContaining(['structure', 'end-unreadable']));
    expect(report.complete).toBe(false);
    expect(report.events).toBeGreaterThan(SAMPLE.events / 2);
  });
});

const payloads = (): string => join(folder, 'payloads.db');
/** Row of a value of the first person, who was not erased. */
const VALUE = 'WHERE id = 4';

describe('a sealed value', () => {
  it.each<readonly [RecordFaultCode, string, string]>([
    ['envelope-changed', 'of which a byte changed', `UPDATE payloads SET envelope = CAST(zeroblob(length(envelope)) AS BLOB) ${VALUE}`],
    ['envelope-missing', 'that is gone', `DELETE FROM payloads ${VALUE}`],
    [
      'envelope-missing',
      'that was overwritten as if its person had been erased',
      `UPDATE payloads SET tenant = x'${'00'.repeat(16)}' ${VALUE}`,
    ],
    ['envelope-misplaced', 'under another field', `UPDATE payloads SET field = 'name' ${VALUE}`],
    ['envelope-misplaced', 'under another person', `UPDATE payloads SET subject = randomblob(16) ${VALUE}`],
    ['envelope-misplaced', 'under another event', `UPDATE payloads SET event = randomblob(16) ${VALUE}`],
  ])('%s: one %s', async (code, _what, statement) => {
    tamper(payloads(), statement);
    const report = await verify(folder);
    expect(report.records).toEqual([
      { code, position: expect.any(Number), stream: expect.any(String), revision: expect.any(Number), field: expect.any(String) },
    ]);
    expect(report).toMatchObject({ file: [], faults: 1, sealed: { faulty: 1 }, complete: true });
  });

  const media = (): string => {
    const name = readdirSync(join(folder, 'media'), { recursive: true, encoding: 'utf8' }).find((each) =>
      /[0-9a-f]{32}\.[0-9a-f]{32}$/.test(each),
    );
    return join(folder, 'media', name ?? expect.unreachable('expected a file of the vault'));
  };
  it('in a file of its own is looked at byte by byte', async () => {
    const bytes = readFileSync(media());
    bytes.writeUInt8(bytes.readUInt8(200_000) ^ 1, 200_000);
    writeFileSync(media(), bytes);
    expect((await verify(folder)).records).toMatchObject([{ code: 'envelope-changed', field: 'bytes' }]);
  });
  it('in a file of its own that is gone is missing', async () => {
    rmSync(media());
    expect((await verify(folder)).records).toMatchObject([{ code: 'envelope-missing', field: 'bytes' }]);
  });

  it('in a file that is damaged is unreadable, and the walk goes on', async () => {
    const bytes = readFileSync(payloads());
    bytes.fill(0xff, 4_096);
    writeFileSync(payloads(), bytes);
    const report = await verify(folder);
    expect(report.records[0]?.code).toBe('envelope-unreadable');
    expect(report).toMatchObject({ events: SAMPLE.events, complete: true });
  });

  it('is missed as a whole when there is no payloads.db', async () => {
    rmSync(payloads());
    expect(await verify(folder)).toMatchObject({ file: [{ code: 'values-missing' }], records: [], faults: 1 });
  });
});
