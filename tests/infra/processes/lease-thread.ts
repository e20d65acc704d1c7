// Holds a lease in a worker thread until it is terminated.
import { parentPort, workerData } from 'node:worker_threads';
import { parseId } from '#domain/ids.ts';
import { openLeases } from '#infra/processes/lease.ts';

const { folder, processId } = workerData as { readonly folder: string; readonly processId: string };
const id = parseId<'process'>(processId);
if (id === null) throw new Error('expected the id of a process');
const leases = openLeases({ folder, processId: id });
await leases.lease('outbox').whileHeld(new AbortController().signal, async () => {
  parentPort?.postMessage('held');
  await new Promise<void>((resolve) => setTimeout(resolve, 60_000));
});
