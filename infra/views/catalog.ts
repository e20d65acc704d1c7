import type { Generation } from '#domain/ports.ts';
import { writeAtOnce } from '#infra/sqlite/write-lock.ts';
import { CATALOG, catalogFault, openCatalogForReading, openCatalogForWriting } from './catalog-file.ts';
import { damagedDocument } from './document.ts';
import { removeGenerationFiles, removeOrphans } from './files.ts';
import { createQueue } from './queue.ts';
import { type Prepare, rowOf, statements } from './statements.ts';
import { applyStep, closedFault, type Step } from './states.ts';

/** Which generations there are. What it says is in the catalogue; the files follow it. */
export type Catalog = {
  /** All generations as they are now. Costs 3 µs while nothing was written to the catalogue. */
  readonly generations: () => readonly Generation[];
  /** Moves with every commit to the catalogue by another connection. */
  readonly dataVersion: () => number;
  readonly prepare: Prepare;
  readonly begin: (projection: string, version: number) => Promise<Generation>;
  /** Decides and does in one transaction, durable on return. Files of what was dropped are removed afterwards. */
  readonly step: (projection: string, rule: (generations: readonly Generation[]) => Step) => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openCatalog = (folder: string): Catalog => {
  const writer = openCatalogForWriting(folder);
  const reader = openCatalogForReading(folder);
  const read = statements(reader);
  const write = statements(writer);
  const queue = createQueue();
  let closed = false;
  let seen: number | null = null;
  let known: readonly Generation[] = [];

  const asking = <T>(run: () => T): T => {
    if (closed) throw closedFault();
    try {
      return run();
    } catch (error) {
      throw catalogFault(error);
    }
  };
  const dataVersion = (): number => asking(() => Number(rowOf(read('PRAGMA data_version').get())?.[0]));
  const changing = <T>(run: () => T): Promise<T> =>
    closed
      ? Promise.reject(closedFault())
      : queue.run(() => writeAtOnce(writer, CATALOG, run)).catch((error: unknown) => Promise.reject(catalogFault(error)));

  // Rows and folder are compared under the write lock: no other process can be between a new row and its file, or its row and the lock.
  // What cannot be removed now is removed at the next start.
  void changing(() => removeOrphans(folder, listOf(write))).catch(() => undefined);

  return {
    generations: () =>
      asking(() => {
        const version = dataVersion();
        if (version !== seen) known = listOf(read);
        seen = version;
        return known;
      }),
    dataVersion,
    prepare: read,
    begin: (projection, version) =>
      changing(() => {
        const number = Number(rowOf(write(NEXT_NUMBER).get(projection))?.[0]);
        write('INSERT INTO generations (projection, number, version, state) VALUES (?, ?, ?, ?)').run(
          projection,
          number,
          version,
          'building',
        );
        return { projection, number, version, state: 'building' };
      }),
    step: async (projection, rule) => {
      const dropped = await changing(() => {
        const before = listOf(write).filter((one) => one.projection === projection);
        const step = rule(before);
        store(write, before, step);
        return step.dropped;
      });
      for (const number of dropped) removeGenerationFiles(folder, { projection, number });
    },
    close: async () => {
      if (closed) return;
      closed = true;
      await queue.idle();
      reader.close();
      writer.close();
    },
  };
};

const NEXT_NUMBER = `INSERT INTO counters (projection, last) VALUES (?, 1)
  ON CONFLICT (projection) DO UPDATE SET last = last + 1 RETURNING last`;

/** First what stops being live, then what becomes it: there is one live generation at every moment. */
const store = (write: Prepare, before: readonly Generation[], step: Step): void => {
  const after = applyStep(before, step);
  for (const { projection, number } of before) {
    if (!step.dropped.includes(number)) continue;
    write('DELETE FROM generations WHERE projection = ? AND number = ?').run(projection, number);
    write('DELETE FROM progress WHERE projection = ? AND generation = ?').run(projection, number);
  }
  const ordered = [...after].sort((a, b) => Number(a.state === 'live') - Number(b.state === 'live'));
  for (const { projection, number, state } of ordered)
    write('UPDATE generations SET state = ? WHERE projection = ? AND number = ? AND state <> ?').run(state, projection, number, state);
};

const listOf = (prepare: Prepare): readonly Generation[] =>
  prepare('SELECT projection, number, version, state FROM generations ORDER BY projection, number').all().map(generationOf);

const generationOf = (row: unknown): Generation => {
  const [projection, number, version, state] = rowOf(row) ?? [];
  if (typeof projection !== 'string' || typeof number !== 'number' || typeof version !== 'number' || !isState(state))
    throw damagedDocument();
  return { projection, number, version, state };
};

const isState = (state: unknown): state is Generation['state'] =>
  state === 'building' || state === 'ready' || state === 'live' || state === 'previous';
