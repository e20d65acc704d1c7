import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { now } from '#infra/app/context.ts';
import { createHealth } from '#infra/app/health.ts';
import type { ReadModels } from '#infra/app/product.ts';
import { createVitals } from '#infra/app/vitals.ts';
import { composeViews } from './views.ts';
import type { Config } from '#infra/config.ts';
import { openSqliteLogReader } from '#infra/eventstore/reader.ts';
import type { Log } from '#infra/log.ts';
import { openProcesses } from '#infra/processes/processes.ts';

/**
 * The read models of a data folder, as one more process of it: the log is only read, and the vault stays closed, so that no key is needed. As
 * `projector` it moves them for everybody; as `cli` an operator looks after them.
 */
export const openReadModels = async (config: Config, log: Log, role: 'projector' | 'cli'): Promise<ReadModels> => {
  const { dataFolder } = config;
  const onFault = (err: unknown): void => {
    log.error('background.failed', { part: 'processes', err });
  };
  const processes = openProcesses({ folder: dataFolder, roles: [role], holdsKeys: false, clock: { now }, onFault });
  const store = openSqliteLogReader({ file: join(dataFolder, 'events.db'), catalogueOf });
  const { views, watch, projections, close } = await composeViews({ config, log, processes, store, onChange: () => undefined });
  return {
    projections,
    vitals: createVitals(processes, null),
    health: createHealth({ store, views, watch, dataFolder, vault: null, outbox: null }),
    close: async () => {
      await close();
      await store.close();
      processes.close();
    },
  };
};
