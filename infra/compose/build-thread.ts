// A worker thread that builds some projections beside the live ones; started by infra/projector/build-threads.ts. It reads the log and knows no key.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { catalogueOf } from '#domain/catalogue.ts';
import { now } from '#infra/app/context.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import type { BuildMessage } from '#infra/projector/build-threads.ts';
import { buildBeside } from '#infra/projector/rebuild.ts';

const { dataFolder, names } = z.strictObject({ dataFolder: z.string(), names: z.array(z.string()) }).parse(workerData);
const stopping = new AbortController();
parentPort?.once('message', () => stopping.abort());
const tell = (message: BuildMessage): void => parentPort?.postMessage(message);

const log = openSqliteLogReader({ file: join(dataFolder, 'events.db'), catalogueOf });
const { generations, close } = openViewGenerations({ folder: join(dataFolder, 'views'), projections: allProjections });
try {
  const projections = allProjections.filter(({ name }) => names.includes(name));
  const parts = { log, generations, clock: { now }, signal: stopping.signal };
  tell({ kind: 'built', built: await buildBeside(parts, projections, (progress) => tell({ kind: 'progress', progress })) });
} finally {
  await close();
  await log.close();
  parentPort?.close();
}
