import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { dispatch } from '#infra/cli/dispatch.ts';
import type { Io } from '#infra/cli/io.ts';
import type { CliParts, Verified } from '#infra/cli/verb.ts';
import { verbs } from '#infra/cli/verbs.ts';
import { openKeysDesk } from '#infra/compose/keys.ts';
import { verifyStoredLog } from '#infra/compose/verify-log.ts';
import { loadConfig } from '#infra/config.ts';
import { createLog } from '#infra/log.ts';
import { createFakeProduct, type FakeProduct } from '#tests/support/fake-product.ts';

export type Ran = { readonly exit: number; readonly out: string; readonly err: string };
export type Line = {
  readonly fake: FakeProduct;
  readonly folder: string;
  readonly data: string;
  /** Runs one command line to its end. */
  readonly run: (line: string, typed?: readonly string[]) => Promise<Ran>;
  /** Starts one that goes on until `stop`. */
  readonly begin: (line: string) => Running;
  environment: Record<string, string>;
  openProduct: CliParts['openProduct'];
  openReadModels: CliParts['openReadModels'];
  verified: Verified;
  verifyInputs: Parameters<CliParts['verify']>[0][];
};
export type Running = {
  readonly out: () => string;
  readonly err: () => string;
  /** Waits until stdout holds `part`. */
  readonly until: (part: string) => Promise<string>;
  readonly stop: () => Promise<Ran>;
  readonly ended: Promise<Ran>;
};

const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A terminal, a data folder of its own and a product in memory. */
export const commandLine = (): Line => {
  const folder = mkdtempSync(join(tmpdir(), 'vconnect-cli-'));
  stops.push(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const fake = createFakeProduct();
  const line: Line = {
    fake,
    folder,
    data,
    environment: { VCONNECT_DATA: data, VCONNECT_PORT: '0', VCONNECT_SIMULATOR_PORT: '0', VCONNECT_LOG_LEVEL: 'error' },
    openProduct: async () => fake.product,
    openReadModels: async () => fake.product,
    verified: { ok: true, says: 'Certificate EC-2026-0001 is genuine and unchanged.', facts: { stage: 'executed' } },
    verifyInputs: [],
    run: (text, typed) => start(line, text, typed).ended,
    begin: (text) => start(line, text),
  };
  return line;
};

const start = (line: Line, text: string, typed?: readonly string[]): Running => {
  const stopped = Promise.withResolvers<string>();
  const answers = [...(typed ?? [])];
  let out = '';
  let err = '';
  const waiting = new Set<() => void>();
  const io: Io = {
    out: (written) => {
      out += `${written}\n`;
      for (const look of waiting) look();
    },
    say: (said) => void (err += `${said}\n`),
    draw: (drawn) => void (err += `\r${drawn}`),
    live: false,
    canAsk: typed !== undefined,
    ask: async (question) => {
      err += question;
      return answers.shift() ?? '';
    },
    askHidden: async (question) => {
      err += question;
      return answers.shift() ?? '';
    },
    readStdin: async () => answers.shift() ?? 'from-stdin',
    untilStopped: () => stopped.promise,
  };
  const ended = dispatch(
    verbs,
    splitWords(text),
    partsOf(line, (logged) => (err += logged)),
    io,
  ).then((exit) => ({ exit, out, err }));
  const stop = (): Promise<Ran> => {
    stopped.resolve('SIGTERM');
    return ended;
  };
  stops.push(stop);
  return {
    out: () => out,
    err: () => err,
    until: (part) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!out.includes(part)) return;
          waiting.delete(look);
          resolve(out);
        };
        waiting.add(look);
        look();
        void ended.then((ran) => reject(new Error(`ended with ${String(ran.exit)}: ${ran.err}`)));
      }),
    stop,
    ended,
  };
};

const splitWords = (text: string): readonly string[] =>
  [...text.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, bare]) => quoted ?? bare ?? '');

const partsOf = (line: Line, logged: (text: string) => void): CliParts => ({
  config: () => loadConfig(line.environment),
  log: (config) => createLog(config.logLevel, { write: logged }),
  openProduct: (config, log, role) => line.openProduct(config, log, role),
  openReadModels: (config, log, role) => line.openReadModels(config, log, role),
  openKeys: (config, log) => openKeysDesk(config, log),
  webHandler: async () => (_request, response) => response.end('page'),
  startSimulator: async ({ port, host }) => ({ url: `http://${host}:${String(port)}`, close: async () => undefined }),
  runDemo: async (_product, _config, print) => print('demo people'),
  verifyLog: (folder, onProgress) => verifyStoredLog(folder, onProgress),
  verify: async (input) => {
    line.verifyInputs.push(input);
    return line.verified;
  },
});
