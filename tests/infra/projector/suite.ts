import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { timeSchema } from '#domain/ids.ts';
import { openMemoryEventStore } from '#infra/eventstore/memory.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { projectorCollections } from '#infra/projector/collections.ts';
import { openMemoryViews } from '#infra/views/memory.ts';
import { openSqliteViews } from '#infra/views/sqlite.ts';
import { counting } from './sample-projections.ts';

export const clock = { now: () => timeSchema.parse('2026-11-24T09:30:00.000Z') };
const collections = [...projectorCollections, ...counting().collections, ...counting({ name: 'second' }).collections];

export const kinds = [
  { name: 'memory', log: () => openMemoryEventStore({ catalogueOf }), read: () => openMemoryViews({ collections }) },
  {
    name: 'node:sqlite',
    log: (folder: string) => openSqliteEventStore({ file: join(folder, 'events.db'), catalogueOf }),
    read: (folder: string) => openSqliteViews({ file: join(folder, 'views.db'), collections }),
  },
];
