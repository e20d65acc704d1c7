// Durable append one by one and by 64 callers, replay, and the projector, each against its limit in the same run (BUDGETS.md).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { type StreamName, timeSchema } from '#domain/ids.ts';
import type { NewEvent } from '#domain/message.ts';
import { createEventCodec } from '#infra/eventstore/codec.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { buildBeside } from '#infra/projector/rebuild.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import type { Projection } from '#projections/projection.ts';
import { newStream, receivedEvent } from '../infra/eventstore/sample-events.ts';
import { emmettAppends } from './emmett.ts';
import { openRawLog } from './raw-log.ts';
import { measure, printTable, timed } from './runner.ts';

const ONE_BY_ONE = 1_500;
const CALLERS = 64;
const PER_CALLER = 150;
const REPLAYED = 60_000;
const REPLAY_PAGE = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'vconnect-bench-'));
let files = 0;
const newFile = () => join(folder, `${String((files += 1))}.db`);
const newFolder = () => join(folder, `views-${String((files += 1))}`);
const events = (count: number): readonly NewEvent[] => Array.from({ length: count }, receivedEvent);
const body = createEventCodec(catalogueOf).encode(newStream(), receivedEvent()).body;

const storeAppends = (callers: number, perCaller: number) => async () => {
  const store = openSqliteEventStore({ file: newFile(), catalogueOf });
  const work = Array.from({ length: callers }, (): { readonly stream: StreamName; readonly events: NewEvent[] } => ({
    stream: newStream(),
    events: [],
  }));
  // Made in the order in which they will be appended: ids begin with their time, and a caller makes its own just before.
  for (let round = 0; round < perCaller; round += 1) for (const caller of work) caller.events.push(receivedEvent());
  const sample = await timed(callers * perCaller, async () => {
    await Promise.all(
      work.map(async (caller) => {
        for (const [index, event] of caller.events.entries())
          await store.append(caller.stream, index === 0 ? 'none' : BigInt(index - 1), [event]);
      }),
    );
  });
  await store.close();
  return sample;
};

const rawAppends = (group: number, rounds: number) => async () => {
  const log = openRawLog(newFile());
  const streams = Array.from({ length: group }, (_, index) => log.stream(`stream ${String(index)}`));
  const sample = await timed(group * rounds, () => {
    for (let round = 0; round < rounds; round += 1) {
      log.begin();
      for (const stream of streams) log.append(stream, body);
      log.commit();
    }
  });
  log.close();
  return sample;
};

const emmett = await emmettAppends(newFile);
const peers = (callers: number, perCaller: number) =>
  emmett === null ? [] : [{ name: 'Emmett SQLite', run: () => emmett.run(callers, perCaller, body) }];
const note =
  emmett === null
    ? 'Emmett SQLite: not installed (npm ci --prefix tests/bench/peers), not compared.'
    : `Emmett SQLite ${emmett.version}, its callers queued one after the other`;
const beside = (goal: number) => (emmett === null ? [] : [{ name: 'event store / Emmett', goal }]);

const withEmmett = (callers: number, perCaller: number, goal: number) =>
  beside(goal).map(({ name }) => ({ name, run: storeAppends(callers, perCaller), against: { name: 'Emmett SQLite', goal } }));

printTable(
  'Durable append, one caller',
  await measure([
    { name: 'node:sqlite', run: rawAppends(1, ONE_BY_ONE) },
    { name: 'event store', run: storeAppends(1, ONE_BY_ONE), against: { name: 'node:sqlite', goal: 0.8 } },
    ...peers(1, 300),
    ...withEmmett(1, ONE_BY_ONE, 2.5),
  ]),
  [note],
);
printTable(
  `Durable append, ${String(CALLERS)} callers`,
  await measure([
    { name: `node:sqlite, ${String(CALLERS)} a commit`, run: rawAppends(CALLERS, PER_CALLER) },
    {
      name: 'event store',
      run: storeAppends(CALLERS, PER_CALLER),
      against: { name: `node:sqlite, ${String(CALLERS)} a commit`, goal: 0.6 },
    },
    ...peers(CALLERS, 5),
    ...withEmmett(CALLERS, PER_CALLER, 10),
  ]),
  [note],
);

const replayFile = newFile();
const filled = openSqliteEventStore({ file: replayFile, catalogueOf });
for (let count = 0; count < REPLAYED; count += 200)
  await Promise.all(Array.from({ length: 50 }, () => filled.append(newStream(), 'none', events(4))));
await filled.close();

const rawReplay = async () => {
  const log = openRawLog(replayFile);
  const sample = await timed(REPLAYED, () => {
    for (let after = 0; after < REPLAYED; after += REPLAY_PAGE) for (const row of log.page(after, REPLAY_PAGE)) JSON.parse(String(row[6]));
  });
  log.close();
  return sample;
};
const storeReplay = async () => {
  const store = openSqliteEventStore({ file: replayFile, catalogueOf });
  const sample = await timed(REPLAYED, async () => {
    for (let after = 0; after < REPLAYED; after += REPLAY_PAGE) await store.readAll(BigInt(after), REPLAY_PAGE);
  });
  await store.close();
  return sample;
};
printTable(
  'Replay',
  await measure([
    { name: 'node:sqlite and JSON.parse', run: rawReplay },
    { name: 'event store', run: storeReplay, against: { name: 'node:sqlite and JSON.parse', goal: 0.6 } },
  ]),
);

/** One document per message stream of four events, with one filtered, sorted index: the shape of a list. */
const listing: Projection = {
  name: 'listing',
  version: 1,
  readsFrom: 1,
  collections: [{ name: 'listing', indexes: [['tenant', 'status', 'at']] }],
  route: (event) => [{ collection: 'listing', id: event.stream }],
  evolve: (before, event) => ({
    ...before,
    tenant: event.tenant,
    status: 'open',
    at: event.meta.recordedAt,
    body: event.personal['body'],
    revision: Number(event.revision),
  }),
};
const clock = { now: () => timeSchema.parse('2026-11-24T09:30:00.000Z') };

const bareLoop = async () => {
  const store = openSqliteEventStore({ file: replayFile, catalogueOf });
  const { generations, close } = openViewGenerations({ folder: newFolder(), projections: [listing] });
  const generation = await generations.begin('listing', 1);
  const views = await generations.open(generation);
  const sample = await timed(REPLAYED, async () => {
    for (let after = 0; after < REPLAYED; after += REPLAY_PAGE) {
      const documents = new Map<string, object | null>();
      for (const event of await store.readAll(BigInt(after), REPLAY_PAGE)) {
        documents.set(
          event.stream,
          listing.evolve(documents.get(event.stream) ?? null, event, { collection: 'listing', id: event.stream }),
        );
      }
      const writes = [...documents].map(([id, document]) => ({ collection: 'listing', id, document }));
      await views.commit({ after: after / REPLAY_PAGE, checkpoint: BigInt(after + REPLAY_PAGE), writes });
    }
    await generations.markReady(generation);
  });
  await Promise.all([store.close(), views.close()]);
  await close();
  return sample;
};
const rebuildRun = async () => {
  const log = openSqliteEventStore({ file: replayFile, catalogueOf });
  const { generations, close } = openViewGenerations({ folder: newFolder(), projections: [listing] });
  const sample = await timed(REPLAYED, async () => {
    const [built] = await buildBeside({ log, generations, clock, signal: new AbortController().signal }, [listing], () => undefined);
    if (built !== undefined) await generations.markReady(built.generation);
  });
  await close();
  await log.close();
  return sample;
};
printTable(
  'Rebuild of one projection, with its indexes',
  await measure([
    { name: 'bare loop: read, evolve, write by 1,000', run: bareLoop },
    { name: 'rebuild', run: rebuildRun, against: { name: 'bare loop: read, evolve, write by 1,000', goal: 0.6 } },
  ]),
);

rmSync(folder, { recursive: true });
