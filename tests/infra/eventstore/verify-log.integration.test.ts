import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { catalogueOf } from '#domain/catalogue.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import type { RecordFaultCode } from '#infra/eventstore/verify-record.ts';
import { snapshot } from '#tests/infra/vaultstore/support.ts';
import { newStream, statusEvent } from './sample-events.ts';
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

const perPerson = SAMPLE.sealed / SAMPLE.people;

describe('a sound log', () => {
  it('is found sound, with what was erased counted as removed', async () => {
    expect(await verify(folder)).toEqual({
      head: SAMPLE.events,
      events: SAMPLE.events,
      streams: SAMPLE.streams,
      unsummed: 0,
      sealed: { sound: SAMPLE.sealed - perPerson, removed: perPerson, faulty: 0 },
      file: [],
      records: [],
      faults: 0,
      complete: true,
    });
  });

  it('is checked without any key, and no byte of any file changes', async () => {
    rmSync(join(folder, 'keyring'), { recursive: true });
    const before = snapshot(folder);
    expect((await verify(folder)).faults).toBe(0);
    for (const [name, bytes] of before) if (!/-(wal|shm)$/.test(name)) expect([name, snapshot(folder).get(name)]).toEqual([name, bytes]);
  });

  it('is checked beside a store that writes', async () => {
    const store = openSqliteEventStore({ file: logOf(folder), catalogueOf });
    await store.append(newStream(), 'none', [statusEvent()]);
    expect(await verify(folder)).toMatchObject({ faults: 0, events: SAMPLE.events + 1, complete: true });
    expect(await store.append(newStream(), 'none', [statusEvent()])).toMatchObject({ kind: 'appended' });
    await store.close();
  });

  it('that was begun before there were sums is checked all the same, and says how much has none', async () => {
    tamper(logOf(folder), 'ALTER TABLE events DROP COLUMN sum');
    expect(await verify(folder)).toMatchObject({ faults: 0, unsummed: SAMPLE.events });
    const store = openSqliteEventStore({ file: logOf(folder), catalogueOf });
    await store.append(newStream(), 'none', [statusEvent()]);
    await store.close();
    expect(await verify(folder)).toMatchObject({ faults: 0, unsummed: SAMPLE.events, events: SAMPLE.events + 1 });
  });

  it('that is empty is sound too', async () => {
    rmSync(logOf(folder));
    await openSqliteEventStore({ file: logOf(folder), catalogueOf }).close();
    expect(await verify(folder)).toMatchObject({ faults: 0, events: 0, complete: true });
  });
});

/** The fifth record is somebody's message. */
const AT = 'WHERE position = 5';
const json = (path: string, value: string): string => `UPDATE events SET body = json_set(body, '${path}', ${value}) ${AT}`;

describe('a damaged record is named', () => {
  it.each<readonly [RecordFaultCode, string, readonly string[]]>([
    ['position-missing', 'cut out', [`DELETE FROM events ${AT}`]],
    ['stream-unknown', 'of a stream that was cut out', [`DELETE FROM streams WHERE key = (SELECT stream FROM events ${AT})`]],
    ['stream-name', 'whose stream has no name', [`UPDATE streams SET name = 'x' WHERE key = (SELECT stream FROM events ${AT})`]],
    [
      'stream-name',
      'of a category that nobody declared',
      [`UPDATE streams SET name = replace(name, '.message-', '.massage-') WHERE key = (SELECT stream FROM events ${AT})`],
    ],
    ['revision', 'of another stream', [`UPDATE events SET stream = (SELECT max(key) FROM streams), revision = 1 ${AT}`]],
    ['revision', 'with another revision', [`UPDATE events SET revision = 7 ${AT}`]],
    ['revision', 'with a revision below 0', [`UPDATE events SET revision = -1 ${AT}`]],
    ['changed', 'with another id', [`UPDATE events SET id = randomblob(16) ${AT}`]],
    ['columns', 'with an id of another length', [`UPDATE events SET id = x'00' ${AT}`]],
    ['type-unknown', 'of a type that nobody declared', [`UPDATE events SET type = 'MessageEaten' ${AT}`]],
    ['type-unknown', 'of a type of another category', [`UPDATE events SET type = 'ContactStarted' ${AT}`]],
    ['version-unknown', 'of a later version', [`UPDATE events SET version = 9 ${AT}`]],
    ['shape', 'of version 0', [`UPDATE events SET version = 0 ${AT}`]],
    ['json', 'that is no JSON', [`UPDATE events SET body = substr(body, 2) ${AT}`]],
    ['json', 'that is empty', [`UPDATE events SET body = '' ${AT}`]],
    ['frame', 'that is a list', [`UPDATE events SET body = '[]' ${AT}`]],
    ['frame', 'without meta', [`UPDATE events SET body = json_remove(body, '$.meta') ${AT}`]],
    ['frame', 'with more than the frame', [json('$.more', '1')]],
    ['frame', 'of an actor that is none', [json('$.meta.actor', "json('{}')")]],
    ['frame', 'of a command that is none', [json('$.meta.commandId', "'x'")]],
    ['time', 'recorded at no time', [json('$.meta.recordedAt', "'yesterday'")]],
    ['time', 'recorded on a day that does not exist', [json('$.meta.recordedAt', "'2026-02-31T00:00:00.000Z'")]],
    ['shape', 'with a field more', [json('$.data.more', '1')]],
    ['shape', 'with a field less', [`UPDATE events SET body = json_remove(body, '$.data.kind') ${AT}`]],
    ['shape', 'with a personal value in the clear', [json('$.personal.body', "'hello'")]],
    ['changed', 'with another code of the list', [json('$.data.kind', "'document'")]],
    ['changed', 'with another time', [json('$.data.sentAt', "'2020-01-01T00:00:00.000Z'")]],
    ['changed', 'with another sum', [`UPDATE events SET sum = sum + 1 ${AT}`]],
  ])('%s: one %s', async (code, _what, statements) => {
    tamper(logOf(folder), ...statements);
    const report = await verifyAlone(folder);
    expect(report.records[0]).toMatchObject({ code, position: 5 });
    expect(report.faults).toBeGreaterThan(0);
  });

  it('position-missing: the place that a record was moved away from, to far behind', async () => {
    tamper(logOf(folder), 'UPDATE events SET position = 1000000 WHERE position = (SELECT max(position) FROM events)');
    const { records, complete } = await verifyAlone(folder);
    expect(records.map(({ code, position }) => [code, position])).toEqual([
      ['position-missing', SAMPLE.events],
      ['changed', 1_000_000],
    ]);
    expect(complete).toBe(true);
  });

  it('id-repeated: one whose id stands twice, where the index that forbids it is gone', async () => {
    tamper(logOf(folder), 'DROP INDEX events_by_id', `UPDATE events SET id = (SELECT id FROM events WHERE position = 4) ${AT}`);
    const { file, records } = await verifyAlone(folder);
    expect(file).toContainEqual({ code: 'structure', detail: 'events_by_id is missing' });
    expect(records.map(({ code, position }) => [code, position])).toContainEqual(['id-repeated', 5]);
  });

  it('with stream and revision, and nothing that is stored', async () => {
    tamper(logOf(folder), json('$.data.kind', "'Nour Hassan'"));
    const { records } = await verifyAlone(folder);
    expect(records).toEqual([
      { code: 'shape', position: 5, stream: expect.stringMatching(/^[0-9a-f]{32}\.message-[0-9a-f]{32}$/), revision: 0, field: null },
    ]);
    expect(JSON.stringify(records)).not.toContain('Nour');
  });

  it('and the ones behind it are counted', async () => {
    tamper(logOf(folder), "UPDATE events SET type = 'MessageEaten' WHERE position % 10 = 3");
    const report = await verifyAlone(folder);
    const wanted = [3, 13, 23, 33].filter((position) => position <= SAMPLE.events);
    expect(report.records.filter(({ code }) => code === 'type-unknown').map(({ position }) => position)).toEqual(wanted);
    expect(report).toMatchObject({ faults: report.records.length, complete: true, events: SAMPLE.events });
  });
});
