import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { openProduct } from '#infra/compose.ts';
import { loadConfig } from '#infra/config.ts';
import { startFront } from '#infra/http/front.ts';
import type { WebHandler } from '#infra/http/web-handler.ts';
import { createLog } from '#infra/log.ts';
import { openProcesses } from '#infra/processes/processes.ts';
import { NOW } from './fake-values.ts';
import { environmentOf } from './running-product.ts';

/**
 * A product whose views were deleted while it was stopped, started again: its projector cannot begin, because somebody else holds the lease,
 * as a frozen process would. `release` lets it begin.
 */
export const startHeldUp = async (
  dataFolder: string,
  simulatorUrl: string,
  web: WebHandler = (_request, response) => response.end('page'),
) => {
  rmSync(join(dataFolder, 'views'), { recursive: true });
  const other = openProcesses({ folder: dataFolder, roles: ['projector'], holdsKeys: false, clock: { now: () => NOW } });
  const holding = new AbortController();
  const { promise: taken, resolve } = Promise.withResolvers<undefined>();
  const held = other.lease('projector').whileHeld(holding.signal, async ({ signal }) => {
    resolve(undefined);
    await new Promise((end) => signal.addEventListener('abort', end, { once: true }));
  });
  await taken;
  const release = async (): Promise<void> => {
    holding.abort();
    await held;
    other.close();
  };
  const config = loadConfig(environmentOf(dataFolder, simulatorUrl, {}));
  const lines: string[] = [];
  const log = createLog('warn', { write: (line) => void lines.push(line) });
  const product = await openProduct(config, log);
  const front = await startFront({ ...config, product, log, web });
  const started = product.start({ url: front.url });
  return {
    url: front.url,
    product,
    release,
    started,
    lines,
    close: async (): Promise<void> => {
      if (!holding.signal.aborted) await release();
      await started;
      await front.close();
      await product.close();
    },
  };
};
