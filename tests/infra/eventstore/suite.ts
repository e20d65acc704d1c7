import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EventStore } from '#domain/ports.ts';
import { catalogueOf } from '#domain/catalogue.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';

export type Opened = { readonly store: EventStore; readonly end: () => Promise<void> };

const openSqlite = (): Opened => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-log-'));
  const store = openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf });
  const end = async () => {
    await store.close();
    rmSync(folder, { recursive: true });
  };
  return { store, end };
};

const openMemory = (): Opened => {
  const store = openMemoryEventStore({ catalogueOf });
  return { store, end: store.close };
};

/** Every adapter of the port; the contract suite runs over all of them. */
export const eventStores = [
  { name: 'node:sqlite', open: openSqlite },
  { name: 'memory', open: openMemory },
] as const;
