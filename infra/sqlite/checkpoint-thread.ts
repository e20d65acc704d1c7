// Moves the pages of a WAL to its main file, each time it is told to. A thread of its own, because this is the longest that a disk holds up
// anybody (tens of milliseconds); a passive checkpoint goes on beside writers and readers.
import { DatabaseSync } from 'node:sqlite';
import { parentPort, workerData } from 'node:worker_threads';

const file: unknown = workerData;
if (typeof file !== 'string' || parentPort === null) throw new Error('expected to be started as a thread, with a file');
const port = parentPort;
const db = new DatabaseSync(file, { timeout: 0 });
db.exec('PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 0');
const checkpoint = db.prepare('PRAGMA wal_checkpoint(PASSIVE)');

port.on('message', (ask) => {
  if (ask === 'stop') {
    db.close();
    port.close();
    return;
  }
  try {
    checkpoint.get();
  } catch {
    // A full or broken disk: nothing is lost, the WAL keeps it all, and the writer's own commits meet the fault and tell it.
  }
  port.postMessage('done');
});
