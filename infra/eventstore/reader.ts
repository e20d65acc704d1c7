import type { EventStore } from '#domain/ports.ts';
import { createHub } from '#infra/eventloop/hub.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { type CatalogueOf, createEventCodec } from './codec.ts';
import { openLogFileForReading } from './log-file.ts';
import { createLogReads } from './reads.ts';

export type LogReader = EventStore & {
  /** A hint that the log has grown: subscriptions look at once. Without it they see what others wrote within 20 ms. */
  readonly wake: () => void;
};

/** The log for reading only, for a thread or process beside the one that writes: `append` always faults with `STORE_READ_ONLY`. */
export const openSqliteLogReader = ({ file, catalogueOf }: { readonly file: string; readonly catalogueOf: CatalogueOf }): LogReader => {
  const db = openLogFileForReading(file);
  const hub = createHub();
  const { stop, ...reads } = createLogReads({ db, codec: createEventCodec(catalogueOf), hub });
  let closed = false;
  return {
    ...reads,
    append: () => Promise.reject(new StoreFault('STORE_READ_ONLY', 'expected an event log opened for writing, got one opened for reading')),
    wake: hub.wake,
    close: () => {
      if (!closed) {
        closed = true;
        stop();
        db.close();
      }
      return Promise.resolve();
    },
  };
};
