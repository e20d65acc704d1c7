import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { freePort, start, type Started } from './e2e-process.ts';
import { simulatorClient, type SimulatorClient } from './simulator-client.ts';

/** Product and simulator as two processes on free ports, over a data folder that outlives each of them. */
export type Stage = {
  readonly url: string;
  readonly dataFolder: string;
  readonly simulator: SimulatorClient;
  readonly product: () => Started;
  readonly variables: Readonly<Record<string, string>>;
  /** After a kill: the same folder, the same port. */
  readonly restart: () => Promise<void>;
  readonly close: () => Promise<void>;
};

export const openStage = async (more: Readonly<Record<string, string>> = {}, words: readonly string[] = []): Promise<Stage> => {
  await ensureWebBuilt();
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-e2e-')));
  // Not made yet: the first start makes it.
  const dataFolder = join(folder, 'data');
  const port = await freePort();
  const simulator = await start(['simulator', '--port', '0'], {});
  const variables = {
    VCONNECT_DATA: dataFolder,
    VCONNECT_PORT: String(port),
    VCONNECT_SIMULATOR_PORT: new URL(simulator.url).port,
    ...more,
  };
  const begin = (): Promise<Started> => start(['start', ...words], variables);
  let product = await begin();
  return {
    url: product.url,
    dataFolder,
    simulator: simulatorClient(simulator.url),
    product: () => product,
    variables,
    restart: async () => {
      product = await begin();
    },
    close: async () => {
      await product.stop();
      await simulator.stop();
      if (existsSync(folder)) rmSync(folder, { recursive: true, force: true });
    },
  };
};
