// The worker thread that runs the projector; started by infra/projector/thread-host.ts. It reads the log, writes the views, and knows no key.
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { catalogueOf } from '#domain/catalogue.ts';
import { idOf } from '#domain/ids.ts';
import { now } from '#infra/app/context.ts';
import { logLevels } from '#infra/config-variables.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import { createLog, toldCode } from '#infra/log.ts';
import { openLeases } from '#infra/processes/lease.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import { allProjections } from '#projections/all.ts';
import { runProjector } from '#infra/projector/run.ts';
import { toThread } from '#infra/projector/thread-protocol.ts';

const { dataFolder, processId, logLevel } = z
  .strictObject({ dataFolder: z.string(), processId: idOf<'process'>(), logLevel: z.enum(logLevels) })
  .parse(workerData);
const log = createLog(logLevel);
const stopping = new AbortController();
const reader = openSqliteLogReader({ file: join(dataFolder, 'events.db'), catalogueOf });
const { generations, announcements, close } = openViewGenerations({ folder: join(dataFolder, 'views'), projections: allProjections });
const leases = openLeases({
  folder: dataFolder,
  processId,
  onFault: (err) => {
    log.error('projector.lease', { err });
  },
});

parentPort?.on('message', (message: unknown) => {
  switch (toThread.parse(message)) {
    case 'appended':
      return reader.wake();
    case 'stop':
      return stopping.abort();
  }
});

await leases.lease('projector').whileHeld(stopping.signal, ({ signal, stillHeld }) =>
  runProjector({
    log: reader,
    generations,
    // The threads of this process need not wait for their next look.
    announcements: { ...announcements, wake: () => parentPort?.postMessage('announced') },
    projections: allProjections,
    clock: { now },
    signal,
    stillHeld,
    onFault: (projection, code, err) => {
      log.error('projector.fault', { projection: toldCode(projection), code: toldCode(code), err });
    },
    onHeld: (projection) => {
      log.error('projector.held', { projection: toldCode(projection) });
    },
  }),
);
leases.close();
await close();
await reader.close();
parentPort?.close();
