import { loadConfig } from '../config.ts';
import { createLog } from '../log.ts';
import type { CliParts } from './verb.ts';

/** The real parts. Each is loaded when a verb asks for it, so that `verify` and `--help` start at once and touch nothing. */
export const realParts: CliParts = {
  config: loadConfig,
  log: (config) => createLog(config.logLevel),
  openReadModels: async (config, log, role) => (await import('../compose/read-models.ts')).openReadModels(config, log, role),
  openProduct: async (config, log, role) => (await import('../compose.ts')).openProduct(config, log, role),
  openKeys: async (config, log) => (await import('../compose/keys.ts')).openKeysDesk(config, log),
  webHandler: async () => (await import('../http/web-handler.ts')).loadWebHandler(),
  startSimulator: async (at) => (await import('../simulator/main.ts')).startSimulator(at),
  runDemo: async (product, config, print) => (await import('../demo/run-demo.ts')).runDemo(product, config, print),
  verifyLog: async (folder, onProgress) => (await import('../compose/verify-log.ts')).verifyStoredLog(folder, onProgress),
  verify: async (input) => (await import('./verify-file.ts')).verifyFile(input),
};
