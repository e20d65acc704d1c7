import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { timeSchema } from '#domain/ids.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { createMemoryViewGenerations } from '#infra/views/generations-memory.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';
import type { Projection } from '#projections/projection.ts';

export const clock = { now: () => timeSchema.parse('2026-11-24T09:30:00.000Z') };

export const kinds = [
  {
    name: 'memory',
    log: () => openMemoryEventStore({ catalogueOf }),
    read: (_folder: string, projections: readonly Projection[]) => createMemoryViewGenerations(projections),
  },
  {
    name: 'node:sqlite',
    log: (folder: string) => openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf }),
    read: (folder: string, projections: readonly Projection[]) => openViewGenerations({ folder: join(folder, 'views'), projections }),
  },
];
