import type { DatabaseSync } from 'node:sqlite';
import type { CollectionSpec, GenerationCommit, GenerationProgress, GenerationReads, GenerationViews } from '#domain/ports.ts';
import { breathe } from '#infra/eventloop/turns.ts';
import { beginWrite, rollBack } from '#infra/sqlite/write-lock.ts';
import { damagedDocument, parseDocument, prepareWrite, type Prepared } from './document.ts';
import { declaredIn, generationFault, type GenerationPlace, openForReading, whatOf } from './generation-file.ts';
import { specOf } from './query.ts';
import { createQueue } from './queue.ts';
import { type Shape, shapeOf } from './shape.ts';
import { sqliteReads } from './sqlite-reads.ts';
import { type Prepare, rowOf, statements } from './statements.ts';
import { closedFault } from './states.ts';

type Options = GenerationPlace & {
  readonly writer: DatabaseSync;
  /** Asked before each commit: false when this generation takes no more. Throws `VIEWS_GONE` when it was dropped. */
  readonly mayCommit: () => boolean;
};

/** The documents of one generation. Reading and writing have a connection each: readers see all of a commit or nothing. */
export const generationViews = (options: Options): GenerationViews => {
  const { writer, projection, mayCommit } = options;
  const { name } = projection;
  const declared = declaredIn(projection);
  const reads = generationReads(options);
  const write = statements(writer);
  const queue = createQueue();
  const gate = createGate(name);

  const commit = async ({ after, checkpoint, writes }: GenerationCommit): Promise<boolean> => {
    if (!mayCommit()) return false;
    await beginWrite(writer, whatOf(name));
    try {
      if (Number(rowOf(write(READ_PROGRESS).get())?.[1]) !== after) {
        rollBack(writer);
        return false;
      }
      for (const change of writes) {
        store(write, prepareWrite(specOf(declared, change.collection), change));
        // A large commit is written in slices; the transaction stays open meanwhile.
        const turn = breathe();
        if (turn !== undefined) await turn;
      }
      write('UPDATE "vconnect.progress" SET checkpoint = ?, commits = commits + 1').run(checkpoint);
      writer.exec('COMMIT');
      return true;
    } catch (error) {
      rollBack(writer);
      throw error;
    }
  };

  return {
    ...reads,
    commit: (change) => gate.ask(() => queue.run(() => commit(change))),
    close: () =>
      gate.close(async () => {
        await reads.close();
        await queue.idle();
        writer.close();
      }),
  };
};

const READ_PROGRESS = 'SELECT checkpoint, commits FROM "vconnect.progress"';

/** The same without a connection that could write. */
export const generationReads = (place: GenerationPlace): GenerationReads => {
  const declared = declaredIn(place.projection);
  const { db, own, prepare, shape } = openReads(place, declared);
  const reads = sqliteReads(prepare, declared, shape);
  const gate = createGate(place.projection.name);
  return {
    get: (collection, id) => gate.ask(() => reads.get(collection, id)),
    getMany: (collection, ids) => gate.ask(() => reads.getMany(collection, ids)),
    find: (collection, query) => gate.ask(() => reads.find(collection, query)),
    count: (collection, where, cap) => gate.ask(() => reads.count(collection, where, cap)),
    progress: () => gate.ask(own.progress),
    scan: (collection, afterId, limit) => gate.ask(() => own.scan(collection, afterId, limit)),
    lastId: (collection) => gate.ask(() => own.lastId(collection)),
    snapshot: () => gate.ask(() => snapshotOf(place, declared)),
    close: () => gate.close(() => db.close()),
  };
};

/** The first read opens the snapshot; the file's log grows until it is closed. */
const snapshotOf = (
  place: GenerationPlace,
  declared: ReadonlyMap<string, CollectionSpec>,
): Awaited<ReturnType<GenerationReads['snapshot']>> => {
  const { db, own } = openReads(place, declared, (opened) => {
    opened.db.exec('BEGIN');
    opened.own.progress();
  });
  const gate = createGate(place.projection.name);
  return {
    progress: () => gate.ask(own.progress),
    scan: (collection, afterId, limit) => gate.ask(() => own.scan(collection, afterId, limit)),
    close: () => gate.close(() => db.close()),
  };
};

type OpenReads = {
  readonly db: DatabaseSync;
  readonly prepare: Prepare;
  readonly shape: Shape;
  readonly own: ReturnType<typeof progressAndScan>;
};

/** What cannot be begun is closed. */
const openReads = (
  place: GenerationPlace,
  declared: ReadonlyMap<string, CollectionSpec>,
  begin: (opened: OpenReads) => void = () => undefined,
): OpenReads => {
  const db = openForReading(place);
  try {
    const [prepare, shape] = [statements(db), shapeOf(db)];
    const opened = { db, prepare, shape, own: progressAndScan(prepare, declared, shape) };
    begin(opened);
    return opened;
  } catch (error) {
    db.close();
    throw error;
  }
};

/** A table that is not there yet is empty. */
const progressAndScan = (prepare: Prepare, declared: ReadonlyMap<string, CollectionSpec>, { tables }: Shape) => ({
  progress: (): GenerationProgress => {
    const [checkpoint, commits] = rowOf(prepare(READ_PROGRESS).get()) ?? [];
    if (typeof checkpoint !== 'number' || typeof commits !== 'number') throw damagedDocument();
    return { checkpoint: BigInt(checkpoint), commits };
  },
  lastId: (collection: string): string | null => {
    const { name } = specOf(declared, collection);
    const [id] = tables.has(name) ? (rowOf(prepare(`SELECT max(id) FROM "${name}"`).get()) ?? []) : [];
    return typeof id === 'string' ? id : null;
  },
  scan: <D extends object>(collection: string, afterId: string | null, limit: number) => {
    const { name } = specOf(declared, collection);
    if (!tables.has(name)) return [];
    const rows = prepare(`SELECT id, json(body) FROM "${name}" WHERE id > ? ORDER BY id LIMIT ?`).all(afterId ?? '', limit);
    return rows.map((row) => {
      const [id, text] = rowOf(row) ?? [];
      if (typeof id !== 'string') throw damagedDocument();
      return { id, document: parseDocument<D>(text) };
    });
  },
});

const store = (write: Prepare, { collection, id, text }: Prepared): void => {
  if (text === null) write(`DELETE FROM "${collection}" WHERE id = ?`).run(id);
  else
    write(`INSERT INTO "${collection}" (id, body) VALUES (?, jsonb(?)) ON CONFLICT (id) DO UPDATE SET body = excluded.body`).run(id, text);
};

/** Work while open, with the faults of this projection's documents. */
const createGate = (projection: string) => {
  let closed = false;
  return {
    ask: async <T>(run: () => T | Promise<T>): Promise<T> => {
      if (closed) throw closedFault();
      try {
        return await run();
      } catch (error) {
        throw generationFault(projection, error);
      }
    },
    close: async (run: () => void | Promise<void>): Promise<void> => {
      if (closed) return;
      closed = true;
      await run();
    },
  };
};
