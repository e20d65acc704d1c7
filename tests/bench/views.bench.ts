// The views' part of an inbox page with ten thousand and with a million conversations in one organisation, and how fast views are filled.
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ViewQuery, ViewWrite } from '#domain/ports.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { inboxProjection } from '#projections/inbox/project.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { measure, median, printTable, type Sample, timed } from './runner.ts';
import { percentile, summary } from './webhook-load.ts';

const FEW = 10_000;
const MANY = Number(process.env['BENCH_COUNT'] ?? 1_000_000);
const PER_COMMIT = 5_000;
const PAGES = 400;
const WARM_UP_PAGES = 50;
const ROWS = 50;
const COUNT_CAP = 1_000;
const AGENTS = 20;
const FILLED = 50_000;
const FILL_ROUNDS = 3;
const GOALS = { pageMs: 50, ratio: 1.5, fill: 0.6 } as const;

const id = (): string => randomBytes(16).toString('hex');
const tenant = id();
const agents = Array.from({ length: AGENTS }, id);

const FROM_MS = 1_780_000_000_000;
const APART_MS = 7_001;
/** Ids of conversations begin with the time at which they were made. */
const conversationOf = (n: number): string => `${(FROM_MS + n * APART_MS).toString(16).padStart(12, '0')}${id().slice(12)}`;

/** A row of the shape and size that the projection makes. */
const rowOf = (conversationId: string, n: number): object => {
  const at = new Date(FROM_MS + n * APART_MS).toISOString();
  const body = { state: 'sealed', key: id(), box: randomBytes(90).toString('base64') };
  return {
    tenant,
    conversationId,
    contactId: id(),
    channelId: tenant,
    list: n % 3 === 0 ? 'resolved' : 'open',
    status: n % 3 === 0 ? 'resolved' : 'open',
    assignee: n % 2 === 0 ? 'nobody' : agents[n % AGENTS],
    lastAt: at,
    preview: { entryId: id(), from: 'customer', kind: 'text', body, state: null, delivery: null, revision: '0', at },
    unread: [id(), id()],
    windowUntil: at,
    erased: null,
  };
};
/** A prime: rows that lie side by side in the file are far apart in the list, as in a desk whose customers come back. */
const STRIDE = 7_368_787;
const writesOf = (from: number, count: number, of: number): readonly ViewWrite[] =>
  Array.from({ length: count }, (_, n) => {
    const conversationId = conversationOf(from + n);
    return { collection: INBOX, id: conversationId, document: rowOf(conversationId, ((from + n) * STRIDE) % of) };
  });

const inFolder = async <T>(run: (folder: string) => Promise<T>): Promise<T> => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-bench-views-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

type Filled = { readonly writeMs: number; readonly indexMs: number; readonly bytes: number };

const fill = async (folder: string, count: number): Promise<Filled> => {
  const { generations, close } = openViewGenerations({ folder, projections: [inboxProjection] });
  const generation = await generations.begin(inboxProjection.name, inboxProjection.version);
  const views = await generations.open(generation);
  let writeMs = 0;
  for (let from = 0, after = 0; from < count; from += PER_COMMIT, after += 1) {
    const writes = writesOf(from, Math.min(PER_COMMIT, count - from), count);
    const { ms } = await timed(writes.length, async () => {
      if (!(await views.commit({ after, checkpoint: BigInt(from), writes }))) throw new Error('expected to be the only one who writes');
    });
    writeMs += ms;
  }
  const { ms: indexMs } = await timed(1, () => generations.markReady(generation));
  await generations.switchTo(generation);
  await views.close();
  await close();
  return { writeMs, indexMs, bytes: statSync(join(folder, `${inboxProjection.name}.1.db`)).size };
};

/** First pages and pages from anywhere, of the four lists, each with the four counts beside it, while every page is another. */
const readPages = async (folder: string, count: number): Promise<readonly number[]> => {
  const { views, close } = openViewGenerations({ folder, projections: [inboxProjection] });
  const lists = [
    { tenant, list: 'open' },
    { tenant, list: 'resolved' },
    { tenant, list: 'open', assignee: 'nobody' },
    { tenant, list: 'open', assignee: agents[1] ?? '' },
  ];
  const work = [
    { tenant, status: 'open' },
    { tenant, status: 'resolved' },
    { tenant, status: 'open', assignee: 'nobody' },
    { tenant, status: 'open', assignee: agents[1] ?? '' },
  ];
  const times: number[] = [];
  for (let page = 0; page < WARM_UP_PAGES + PAGES; page += 1) {
    const somewhere = new Date(FROM_MS + Math.floor(Math.random() * count) * APART_MS).toISOString();
    const query: ViewQuery = {
      where: lists[page % lists.length] ?? {},
      sort: { field: 'lastAt', direction: 'descending' },
      limit: ROWS,
      ...(page % 2 === 0 ? {} : { to: somewhere }),
    };
    const { ms } = await timed(1, async () => {
      const [found] = await Promise.all([views.find<InboxRow>(INBOX, query), ...work.map((where) => views.count(INBOX, where, COUNT_CAP))]);
      if (found.items.length === 0) throw new Error('expected rows');
    });
    if (page >= WARM_UP_PAGES) times.push(ms);
  }
  await close();
  return times;
};

/** The limit: the same documents into one table of the same form, one prepared statement, the same commits, nothing else. */
const bareFill = (folder: string, batches: readonly (readonly ViewWrite[])[]): Promise<Sample> => {
  const db = new DatabaseSync(join(folder, 'bare.db'));
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 4000');
  db.exec('CREATE TABLE t (id TEXT PRIMARY KEY NOT NULL, body BLOB NOT NULL) STRICT');
  const upsert = db.prepare('INSERT INTO t (id, body) VALUES (?, jsonb(?)) ON CONFLICT (id) DO UPDATE SET body = excluded.body');
  const sample = timed(FILLED, () => {
    for (const batch of batches) {
      db.exec('BEGIN IMMEDIATE');
      for (const write of batch) upsert.run(write.id, JSON.stringify(write.document));
      db.exec('COMMIT');
    }
  });
  return sample.finally(() => db.close());
};

const ownFill = async (folder: string, batches: readonly (readonly ViewWrite[])[]): Promise<Sample> => {
  const { generations, close } = openViewGenerations({ folder, projections: [inboxProjection] });
  const views = await generations.open(await generations.begin(inboxProjection.name, inboxProjection.version));
  const sample = await timed(FILLED, async () => {
    for (const [after, writes] of batches.entries()) await views.commit({ after, checkpoint: BigInt(after), writes });
  });
  await views.close();
  await close();
  return sample;
};

const compareFilling = async (): Promise<void> => {
  const batches = Array.from({ length: FILLED / PER_COMMIT }, (_, n) => writesOf(n * PER_COMMIT, PER_COMMIT, FILLED));
  const results = await measure(
    [
      { name: 'bare upserts', run: () => inFolder((folder) => bareFill(folder, batches)) },
      {
        name: 'a generation being built',
        run: () => inFolder((folder) => ownFill(folder, batches)),
        against: { name: 'bare upserts', goal: GOALS.fill },
      },
    ],
    FILL_ROUNDS,
  );
  printTable(`Filling views: ${String(FILLED)} inbox rows, ${String(PER_COMMIT)} per commit`, results);
};
await compareFilling();

const report: string[] = [];
const measured: { readonly count: number; readonly times: readonly number[] }[] = [];
for (const count of [FEW, MANY]) {
  await inFolder(async (folder) => {
    const { writeMs, indexMs, bytes } = await fill(folder, count);
    const times = await readPages(folder, count);
    measured.push({ count, times });
    report.push(
      `  ${String(count)} conversations: page ${summary(times)}; goal p95 ≤ ${String(GOALS.pageMs)} ms ${percentile(times, 95) <= GOALS.pageMs ? 'met' : 'MISSED'}`,
      `    filled at ${(count / writeMs).toFixed(1)} k/s, indexes in ${(indexMs / 1_000).toFixed(1)} s, ${(bytes / 1_048_576).toFixed(0)} MB`,
    );
  });
}
const [few, many] = measured.map(({ times }) => ({ p95: percentile(times, 95), median: median(times) }));
const ratio = (many?.p95 ?? NaN) / (few?.p95 ?? NaN);
process.stdout.write(
  [
    `\nInbox page of ${String(ROWS)} with its four counts, from the views`,
    ...report,
    `  p95 ratio ${String(MANY)} to ${String(FEW)}: ${ratio.toFixed(2)}; goal ≤ ${String(GOALS.ratio)} ${ratio <= GOALS.ratio ? 'met' : 'MISSED'}\n`,
  ].join('\n'),
);
