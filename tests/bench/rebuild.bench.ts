// All read models from a log of a life-like mix: rebuilt side by side, one alone, the bare catch-up; memory, and a warm start.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { now } from '#infra/app/context.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { buildInThreads } from '#infra/projector/build-threads.ts';
import { buildBeside } from '#infra/projector/rebuild.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import type { Projection } from '#projections/projection.ts';
import { EVENTS_OF_CONVERSATION, makeLog } from './made-log.ts';
import { timed } from './runner.ts';

/** Events of the log; a second argument of the bench sets another number. */
const EVENTS = Number(process.argv[2] ?? 1_000_000);
const PAGE = 1_000;

const folder = mkdtempSync(join(tmpdir(), 'vconnect-bench-rebuild-'));
const file = join(folder, 'events.db');
const made = await timed(EVENTS, async () => {
  await makeLog(file, Math.ceil(EVENTS / EVENTS_OF_CONVERSATION));
});
const rate = ({ operations, ms }: { readonly operations: number; readonly ms: number }) => `${((operations / ms) * 1).toFixed(1)} k/s`;
console.log(`log: ${String(EVENTS)} events, ${(statSync(file).size / 2 ** 20).toFixed(0)} MiB, written at ${rate(made)}`);

const log = openSqliteLogReader({ file, catalogueOf });
const catchUp = await timed(EVENTS, async () => {
  for (let after = 0n; ;) {
    const events = await log.readAll(after, PAGE);
    const last = events.at(-1);
    if (last === undefined) break;
    after = last.position;
  }
});
console.log(`bare catch-up: ${rate(catchUp)}`);

const rebuild = async (name: string, projections: readonly Projection[]): Promise<void> => {
  const { generations, close } = openViewGenerations({ folder: join(folder, name), projections });
  let most = 0;
  const parts = { log, generations, clock: { now }, signal: new AbortController().signal };
  const built = await timed(EVENTS, async () => {
    const all = await buildBeside(parts, projections, () => {
      most = Math.max(most, process.memoryUsage.rss());
    });
    for (const { generation, parked } of all) {
      if (parked > 0) throw new Error(`expected no parked stream, got ${String(parked)} in ${generation.projection}`);
      await generations.markReady(generation);
    }
  });
  await close();
  console.log(`${name}: ${rate(built)}, at most ${(most / 2 ** 20).toFixed(0)} MiB resident`);
};
await rebuild('all-in-one-thread', allProjections);
for (const projection of allProjections) await rebuild(projection.name, [projection]);

// As the command line does it: over the cores, shared by the sizes that the first round left.
rmSync(join(folder, 'views'), { recursive: true, force: true });
const sizeOf = (name: string) => statSync(join(folder, name, `${name}.1.db`)).size;
const all = await timed(EVENTS, async () => {
  await buildInThreads(folder, sizeOf)(
    allProjections.map(({ name }) => name),
    new AbortController().signal,
    () => undefined,
  );
});
console.log(`all together, ${String(availableParallelism())} cores: ${rate(all)} (goal 40 k/s)`);
await log.close();
rmSync(folder, { recursive: true });
