import type { Product } from '../../app/product.ts';
import type { Config } from '../../config.ts';
import { startFront } from '../../http/front.ts';
import type { WebHandler } from '../../http/web-handler.ts';
import type { Log } from '../../log.ts';
import { serveControl } from '../control-server.ts';
import { ownDataFolder } from '../data-folder.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { type Context, result, type Verb } from '../verb.ts';

/** Longest time between the signal and the end of the process. */
const STOP_TIMEOUT_MS = 10_000;

export const start: Verb = {
  name: 'start',
  summary: 'Run the product: pages, API, webhooks, workers',
  usage: ['start [--demo]'],
  says: 'Serves everything on one port until Ctrl-C or SIGTERM. The first start makes the data folder and the root key. "npm start" builds the pages first where needed.',
  options: { demo: { type: 'boolean', says: 'Begin with a sample organisation whose customers write.' } },
  run: async (args, context) => {
    const config = context.parts.config();
    const log = context.parts.log(config);
    const web = await context.parts.webHandler();
    const release = ownDataFolder(config.dataFolder);
    try {
      const product = await context.parts.openProduct(config, log);
      return await serve({ product, web, config, log, context, demo: args.flag('demo') });
    } finally {
      release();
    }
  },
};

type Served = {
  readonly product: Product;
  readonly web: WebHandler;
  readonly config: Config;
  readonly log: Log;
  readonly context: Context;
  readonly demo: boolean;
};

const serve = async ({ product, web, config, log, context, demo }: Served): Promise<ExitCode> => {
  const closing: (() => Promise<void>)[] = [() => product.close()];
  try {
    const front = await startFront({ ...config, product, log, web });
    closing.unshift(() => front.close());
    const control = await serveControl(config.dataFolder, product, log);
    closing.unshift(() => control.close());
    await product.start({ url: front.url });
    log.info('server.listening', { listening: front.url });
    // Before anybody is told the address: who knows it may already ask the process to end.
    const stopped = context.io.untilStopped();
    result(context, { ok: true, url: front.url }, [`V Connect is running at ${front.url}`]);
    if (demo) await context.parts.runDemo(product, config, context.io.out);
    const signal = await stopped;
    context.io.say('Stopping …');
    log.info('server.stopping', { signal });
    return await within(STOP_TIMEOUT_MS, () => closeAll(closing));
  } catch (error) {
    await within(STOP_TIMEOUT_MS, () => closeAll(closing));
    throw error;
  }
};

/** In order: the door first, the stores last. */
const closeAll = async (closing: readonly (() => Promise<void>)[]): Promise<ExitCode> => {
  for (const close of closing) await close();
  return EXIT.done;
};

/** What is not closed by then is cut off by the end of the process: everything acknowledged is durable already. */
const within = async (timeoutMs: number, work: () => Promise<ExitCode>): Promise<ExitCode> => {
  const { promise, resolve } = Promise.withResolvers<ExitCode>();
  const timer = setTimeout(() => resolve(EXIT.refused), timeoutMs);
  try {
    return await Promise.race([work(), promise]);
  } finally {
    clearTimeout(timer);
  }
};
