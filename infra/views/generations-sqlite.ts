import type { Generation, GenerationViews, ViewGenerations, ViewReads } from '#domain/ports.ts';
import type { Announcements } from '#infra/projector/announcements.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { sqliteAnnouncements } from './announcements-sqlite.ts';
import { type Catalog, openCatalog } from './catalog.ts';
import { syncFolder } from './files.ts';
import { collectionsOf, generationFault, type GenerationPlace, openForWriting, whatOf } from './generation-file.ts';
import { generationReads, generationViews } from './generation-views.ts';
import { liveViews } from './live-views.ts';
import { dropForgottenIndexes, makeIndexes, makeTables } from './shape.ts';
import { dropStep, goneFault, readyStep, switchStep } from './states.ts';

export type ViewGenerationsOptions = { readonly folder: string; readonly projections: readonly Projection[] };
export type OpenViews = {
  /** What pages read. */
  readonly views: ViewReads & { readonly close: () => Promise<void> };
  readonly generations: ViewGenerations;
  readonly announcements: Announcements;
  /** Closes all three. Generations that were opened are closed by whoever opened them. */
  readonly close: () => Promise<void>;
};

/** The views of one data folder: a catalogue, and a file for each generation of each projection. Any number of processes may open them. */
export const openViewGenerations = ({ folder, projections }: ViewGenerationsOptions): OpenViews => {
  const catalog = openCatalog(folder);
  const live = liveViews({ folder, catalog, projections });
  const announcements = sqliteAnnouncements({ folder, catalog, onMoved: live.letGo });
  const close = async (): Promise<void> => {
    await live.close();
    await announcements.close();
    await catalog.close();
  };
  return { views: live, announcements, generations: { ...sqliteGenerations({ folder, projections, catalog }), close }, close };
};

type Options = ViewGenerationsOptions & { readonly catalog: Catalog };

const sqliteGenerations = ({ folder, projections, catalog }: Options): Omit<ViewGenerations, 'close'> => {
  const projectionOf = (name: string): Projection => {
    const found = projections.find((projection) => projection.name === name);
    if (found === undefined) throw new StoreFault('VIEW_NOT_DECLARED', 'expected a declared projection, got another name');
    return found;
  };
  const stateOf = ({ projection, number }: Generation): Generation | null =>
    catalog.generations().find((one) => one.projection === projection && one.number === number) ?? null;
  /** As the catalogue has it now, whatever the caller remembers. */
  const placeOf = (generation: Generation): GenerationPlace => {
    const projection = projectionOf(generation.projection);
    const now = stateOf(generation);
    if (now === null) throw goneFault();
    return { folder, projection, generation: now };
  };

  return {
    list: () => promised(() => catalog.generations()),
    begin: async (name, version) => {
      const projection = projectionOf(name);
      const generation = await catalog.begin(name, version);
      openForWriting({ folder, projection, generation }).close();
      return generation;
    },
    open: (generation) =>
      withFaults(generation.projection, async () => {
        const place = placeOf(generation);
        const mayCommit = () => {
          const now = stateOf(generation);
          if (now === null) throw goneFault();
          return now.state !== 'previous';
        };
        return openViews(place, mayCommit);
      }),
    openForReading: (generation) => withFaults(generation.projection, async () => generationReads(placeOf(generation))),
    markReady: (generation) =>
      withFaults(generation.projection, async () => {
        const place = placeOf(generation);
        if (place.generation.state === 'building' || place.generation.state === 'previous') await finish(place);
        await catalog.step(generation.projection, (all) => readyStep(all, generation.number));
      }),
    switchTo: ({ projection, number }) => catalog.step(projection, (all) => switchStep(all, number)),
    drop: ({ projection, number }) => catalog.step(projection, (all) => dropStep(all, number)),
  };
};

/** What is open to pages has its indexes, also those that this program declares since; what is being built gets them at its end. */
const openViews = async (place: GenerationPlace, mayCommit: () => boolean): Promise<GenerationViews> => {
  const writer = openForWriting(place);
  try {
    const what = whatOf(place.projection.name);
    const collections = collectionsOf(place.projection);
    await makeTables(writer, what, collections);
    if (place.generation.state !== 'building') await makeIndexes(writer, what, collections);
    if (place.generation.state === 'live' && place.generation.version === place.projection.version)
      await dropForgottenIndexes(writer, what, collections);
    return generationViews({ ...place, writer, mayCommit });
  } catch (error) {
    writer.close();
    throw error;
  }
};

/** Indexes, then everything to the disk: from here on the catalogue may point at this file. Sorting goes to files, a million keys are many. */
const finish = async (place: GenerationPlace): Promise<void> => {
  const db = openForWriting(place);
  try {
    db.exec('PRAGMA temp_store = FILE');
    await makeTables(db, whatOf(place.projection.name), collectionsOf(place.projection));
    await makeIndexes(db, whatOf(place.projection.name), collectionsOf(place.projection));
    db.exec('PRAGMA wal_checkpoint(PASSIVE)');
    syncFolder(place.folder);
  } finally {
    db.close();
  }
};

const withFaults = async <T>(projection: string, run: () => Promise<T>): Promise<T> => {
  try {
    return await run();
  } catch (error) {
    throw generationFault(projection, error);
  }
};

const promised = <T>(run: () => T): Promise<T> => new Promise((resolve) => resolve(run()));
