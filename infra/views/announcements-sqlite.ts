import type { DatabaseSync } from 'node:sqlite';
import { parseId } from '#domain/ids.ts';
import { createHub } from '#infra/eventloop/hub.ts';
import type { Announcements, ChangesSince, ProjectionProgress, ViewChange } from '#infra/projector/announcements.ts';
import { writeAtOnce } from '#infra/sqlite/write-lock.ts';
import { CATALOG, catalogFault, openCatalogToAnnounce } from './catalog-file.ts';
import type { Catalog } from './catalog.ts';
import { changedRows, KEPT_CHANGES, type NumberedChange, since } from './changes.ts';
import { damagedDocument } from './document.ts';
import { createQueue } from './queue.ts';
import { closedFault } from './states.ts';
import { type Prepare, rowOf, statements } from './statements.ts';

/** How often the catalogue is looked at while somebody waits: 3 µs each. */
const POLL_MS = 20;

type Options = {
  readonly folder: string;
  readonly catalog: Catalog;
  /** The catalogue moved, by whoever's hand: noticed while anybody waits here. */
  readonly onMoved: () => void;
};

/** Announcements in the catalogue of the views. Whoever waits polls its data version; nobody polls while nobody waits. */
export const sqliteAnnouncements = ({ folder, catalog, onMoved }: Options): Announcements => {
  const queue = createQueue();
  const hub = createHub();
  let writer: { readonly db: DatabaseSync; readonly prepare: Prepare } | null = null;
  let closed = false;
  let seen = catalog.dataVersion();
  let waiting = 0;
  let timer: NodeJS.Timeout | null = null;

  /** Only processes that announce open a connection for it. */
  const writing = () => {
    if (writer !== null) return writer;
    const db = openCatalogToAnnounce(folder);
    return (writer = { db, prepare: statements(db) });
  };
  const look = (): void => {
    const now = catalog.dataVersion();
    if (now === seen) return;
    seen = now;
    hub.wake();
    onMoved();
  };
  const poll = (): void => {
    if (closed) return;
    try {
      look();
    } catch {
      // Whoever waits goes on to read, and meets the same fault there.
      hub.wake();
    }
  };
  const beginWaiting = (): void => {
    waiting += 1;
    timer ??= setInterval(poll, POLL_MS);
  };
  const endWaiting = (): void => {
    waiting -= 1;
    if (waiting > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
  const asking = <T>(run: () => T): Promise<T> =>
    new Promise((resolve, reject) => {
      if (closed) return reject(closedFault());
      try {
        resolve(run());
      } catch (error) {
        reject(catalogFault(error));
      }
    });

  return {
    announce: async (progress, changes, anew = false) => {
      if (closed) throw closedFault();
      await queue
        .run(() => {
          const { db, prepare } = writing();
          return writeAtOnce(db, CATALOG, () => {
            storeProgress(prepare, progress);
            storeChanges(prepare, changes, anew);
          });
        })
        .catch((error: unknown) => Promise.reject(catalogFault(error)));
      poll();
    },
    progress: () => asking(() => catalog.prepare(READ_PROGRESS).all().map(progressOf)),
    last: () => asking(() => lastOf(catalog.prepare)),
    changesAfter: (last) => asking(() => readChanges(catalog.prepare, last)),
    wake: poll,
    version: () => {
      poll();
      return hub.version();
    },
    changed: async (before, signal) => {
      if (closed) throw closedFault();
      poll();
      beginWaiting();
      try {
        await hub.changed(before, signal);
      } finally {
        endWaiting();
      }
    },
    close: async () => {
      if (closed) return;
      closed = true;
      hub.wake();
      await queue.idle();
      writer?.db.close();
    },
  };
};

const READ_PROGRESS = `SELECT projection, generation, version, state, checkpoint, seen_at_ms, fault, parked_streams
  FROM progress ORDER BY projection, generation`;

/** Of generations that were dropped meanwhile nothing is kept: a projector that slept may still speak of them. */
const WRITE_PROGRESS = `INSERT OR REPLACE INTO progress (projection, generation, version, state, checkpoint, seen_at_ms, fault, parked_streams)
  SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM generations WHERE projection = ?1 AND number = ?2)`;

const storeProgress = (prepare: Prepare, progress: readonly ProjectionProgress[]): void => {
  for (const { projection, generation, version, state, checkpoint, seenAtMs, fault, parkedStreams } of progress)
    prepare(WRITE_PROGRESS).run(projection, generation, version, state, checkpoint, seenAtMs, fault, parkedStreams);
};

const storeChanges = (prepare: Prepare, changes: readonly ViewChange[], anew: boolean): void => {
  const { rows, last } = changedRows(lastOf(prepare), changes, anew);
  if (rows.length === 0) return;
  const insert = prepare('INSERT INTO changes (number, position, collection, id, tenant) VALUES (?, ?, ?, ?, ?)');
  for (const { number, position, collection, id, tenant } of rows) insert.run(number, position, collection, id, tenant);
  prepare('DELETE FROM changes WHERE number <= ?').run(last - KEPT_CHANGES);
};

const lastOf = (prepare: Prepare): number => Number(rowOf(prepare('SELECT max(number) FROM changes').get())?.[0] ?? 0);

const readChanges = (prepare: Prepare, last: number): ChangesSince => {
  const found = prepare('SELECT number, position, collection, id, tenant FROM changes WHERE number > ? ORDER BY number').all(last);
  return since(last, found.map(changeOf), () => lastOf(prepare));
};

const changeOf = (row: unknown): NumberedChange => {
  const [number, position, collection, id, tenant] = rowOf(row) ?? [];
  if (typeof number !== 'number' || typeof position !== 'number' || typeof collection !== 'string' || typeof id !== 'string')
    throw damagedDocument();
  return { number, position: BigInt(position), collection, id, tenant: tenant === null ? null : parseId<'tenant'>(tenant) };
};

const STATES = ['building', 'ready', 'live', 'previous'] as const;

const progressOf = (row: unknown): ProjectionProgress => {
  const [projection, generation, version, said, checkpoint, seenAtMs, fault, parkedStreams] = rowOf(row) ?? [];
  const state = STATES.find((one) => one === said);
  if (typeof projection !== 'string' || typeof generation !== 'number' || typeof version !== 'number' || state === undefined)
    throw damagedDocument();
  if (typeof checkpoint !== 'number' || typeof seenAtMs !== 'number' || typeof parkedStreams !== 'number') throw damagedDocument();
  const code = typeof fault === 'string' ? fault : null;
  return { projection, generation, version, state, checkpoint: BigInt(checkpoint), seenAtMs, fault: code, parkedStreams };
};
