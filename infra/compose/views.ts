import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { EventStore } from '#domain/ports.ts';
import { allProjections } from '#projections/all.ts';
import { now } from '#infra/app/context.ts';
import type { Product } from '#infra/app/product.ts';
import type { Config } from '#infra/config.ts';
import type { Log } from '#infra/log.ts';
import type { Processes } from '#infra/processes/processes.ts';
import { buildInThreads } from '#infra/projector/build-threads.ts';
import { createMaintenance } from '#infra/projector/maintenance.ts';
import { type ProjectorThread, startProjectorThread } from '#infra/projector/thread-host.ts';
import { type ViewsWatch, watchViews } from '#infra/projector/watch.ts';
import { openViewGenerations } from '#infra/views/generations-sqlite.ts';

/** How soon one verb of the command line notices that nobody moves the views any more. */
const STAND_IN_MS = 500;

type Options = {
  readonly config: Config;
  readonly log: Log;
  readonly processes: Processes;
  readonly store: EventStore;
  readonly onChange: Parameters<typeof watchViews>[0]['onChange'];
};

export type ComposedViews = {
  readonly views: ReturnType<typeof openViewGenerations>['views'];
  readonly watch: ViewsWatch;
  /** The log has grown. */
  readonly appended: () => void;
  /** From here on the views must move, whoever moves them. */
  readonly mustMove: () => void;
  readonly projections: Product['projections'];
  readonly close: () => Promise<void>;
};

/** The read models of one data folder, with the projector in a thread of this process where it has that role. */
export const composeViews = async ({ config, log, processes, store, onChange }: Options): Promise<ComposedViews> => {
  const { dataFolder, logLevel } = config;
  const folder = join(dataFolder, 'views');
  const { views, generations, announcements, close } = openViewGenerations({ folder, projections: allProjections });
  const start = () => startProjectorThread({ dataFolder, processId: processes.id, logLevel, log, onAnnounced: announcements.wake });
  const projector = projectorOf(processes, start);
  const shared = { log: store, generations, announcements, projections: allProjections };
  const onFault = (err: unknown): void => {
    log.error('background.failed', { part: 'views', err });
  };
  const watch = await watchViews({ ...shared, onChange, onFault });
  return {
    views,
    watch,
    appended: projector.appended,
    mustMove: projector.wanted,
    projections: {
      status: watch.status,
      parked: watch.parked,
      ...createMaintenance({
        ...shared,
        clock: { now },
        build: buildInThreads(dataFolder, (name) => sizeOf(folder, name)),
        wanted: projector.wanted,
        // Only told: who misses it reads it with the next change.
        onChange: (change) => void announcements.announce([], [change]).catch(onFault),
      }),
    },
    close: async () => {
      await watch.stop();
      await projector.stop();
      await close();
    },
  };
};

/** What a projection wrote so far tells what it will cost. */
const sizeOf = (folder: string, name: string): number =>
  globSync(`${name}.*.db`, { cwd: folder }).reduce((most, file) => Math.max(most, statSync(join(folder, file)).size), 0);

type Projector = ProjectorThread & {
  /** A generation waits to become live: somebody must run the projector now. */
  readonly wanted: () => void;
};

const projectorOf = (processes: Processes, start: () => ProjectorThread): Projector => {
  if (processes.roles.includes('projector')) return { ...start(), wanted: () => undefined };
  if (processes.roles.includes('cli')) return standIn(processes, start);
  return { appended: () => undefined, wanted: () => undefined, stop: async () => undefined };
};

/**
 * For one verb of the command line: runs the projector only while no living process has that role, and from when on the verb needs one. A verb
 * that builds a generation itself must not have it built by a projector beside it.
 */
const standIn = (processes: Processes, start: () => ProjectorThread): Projector => {
  let thread: ProjectorThread | null = null;
  let timer: NodeJS.Timeout | null = null;
  const look = (): void => {
    if (thread === null && !processes.othersHave('projector')) thread = start();
  };
  return {
    appended: () => thread?.appended(),
    wanted: () => {
      if (timer !== null) return;
      look();
      timer = setInterval(look, STAND_IN_MS).unref();
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer);
      await thread?.stop();
    },
  };
};
