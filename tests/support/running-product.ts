import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openProduct } from '#infra/compose.ts';
import { loadConfig } from '#infra/config.ts';
import type { LogLevel } from '#infra/config-variables.ts';
import { startFront } from '#infra/http/front.ts';
import type { WebHandler } from '#infra/http/web-handler.ts';
import { createLog } from '#infra/log.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import type { Product } from '#infra/app/product.ts';
import type { Application } from '#projections/application.ts';
import { simulatorClient, type SimulatorClient } from './simulator-client.ts';

/** The whole product on real stores and real HTTP, with the simulator beside it; only the pages are left out. */
export type RunningProduct = {
  readonly url: string;
  readonly dataFolder: string;
  readonly product: Product;
  readonly application: Application;
  readonly simulator: SimulatorClient;
  /** Log lines so far. */
  readonly lines: readonly string[];
  /** Stops product, front and simulator; removes the folder unless it was given. */
  readonly close: () => Promise<void>;
};

export type RunOptions = {
  readonly dataFolder?: string;
  readonly port?: number;
  readonly logLevel?: LogLevel;
  /** A simulator that runs already. */
  readonly simulatorUrl?: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The pages; without them every address that is none of the API's answers "page". */
  readonly web?: WebHandler;
  /** How often streams ask whether their session holds. */
  readonly heartbeatMs?: number;
};

export const newDataFolder = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'vconnect-run-')));

export const runProduct = async (options: RunOptions = {}): Promise<RunningProduct> => {
  const dataFolder = options.dataFolder ?? newDataFolder();
  const own = options.simulatorUrl === undefined ? await startSimulator({ port: 0, host: '127.0.0.1' }) : null;
  const simulatorUrl = options.simulatorUrl ?? own?.url ?? '';
  const config = loadConfig(environmentOf(dataFolder, simulatorUrl, options));
  const lines: string[] = [];
  const log = createLog(options.logLevel ?? 'warn', { write: (line) => void lines.push(line) });
  const product = await openProduct(config, log);
  const front = await startFront({
    ...config,
    product,
    log,
    web: options.web ?? ((_request, response) => response.end('page')),
    ...(options.heartbeatMs === undefined ? {} : { heartbeatMs: options.heartbeatMs }),
  });
  await product.start({ url: front.url });
  return {
    url: front.url,
    dataFolder,
    product,
    application: product.application,
    simulator: simulatorClient(simulatorUrl),
    lines,
    close: async () => {
      await front.close();
      await product.close();
      await own?.close();
      if (options.dataFolder === undefined) rmSync(dataFolder, { recursive: true, force: true });
    },
  };
};

export const environmentOf = (
  dataFolder: string,
  simulatorUrl: string,
  { port = 0, environment = {} }: RunOptions,
): Readonly<Record<string, string>> => ({
  VCONNECT_DATA: dataFolder,
  VCONNECT_PORT: String(port),
  VCONNECT_SIMULATOR_PORT: new URL(simulatorUrl).port,
  VCONNECT_WHATSAPP_ALLOWED_HOSTS: new URL(simulatorUrl).host,
  ...environment,
});
