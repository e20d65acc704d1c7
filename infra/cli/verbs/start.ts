import { type StartRole, startRoles } from '#infra/processes/roles.ts';
import type { Product } from '../../app/product.ts';
import type { Config } from '../../config.ts';
import { startFront } from '../../http/front.ts';
import { startHealthFront } from '../../http/health-front.ts';
import { type Log, toldAddress, toldCode } from '../../log.ts';
import { makeDataFolder } from '../data-folder.ts';
import { EXIT, type ExitCode, UsageFault } from '../exit-codes.ts';
import { type Args, type Context, result, type Verb } from '../verb.ts';

/** Longest time between the signal and the end of the process. */
const STOP_TIMEOUT_MS = 10_000;

export const start: Verb = {
  name: 'start',
  summary: 'Run the product: pages, API, webhooks, workers',
  usage: ['start [--role ROLE] [--demo]'],
  says: `Serves everything on one port until Ctrl-C or SIGTERM. The first start makes the data folder and the root key. "npm start" builds the pages first where needed. Several processes of one machine may share a data folder, each on its own port. ROLE is one of: ${startRoles.join(', ')}. web serves pages, API and webhooks; worker sends, fetches files and erases; projector moves the lists that pages read and opens no vault. Worker and projector answer only /health and /metrics.`,
  options: {
    role: { type: 'string', value: 'ROLE', says: 'What this process does. Default: VCONNECT_ROLE, or all.' },
    demo: { type: 'boolean', says: 'Begin with a sample organisation whose customers write.' },
  },
  run: async (args, context) => {
    const config = context.parts.config();
    const role = roleOf(args, config);
    const log = context.parts.log(config);
    const closing: (() => Promise<void>)[] = [];
    try {
      const served = { config, log, context, closing };
      const { url, product } = role === 'worker' || role === 'projector' ? await serveNobody(role, served) : await serveAll(role, served);
      log.info('server.listening', { listening: toldAddress(url) });
      // Before anybody is told the address: who knows it may already ask the process to end.
      const stopped = context.io.untilStopped();
      result(context, { ok: true, url }, [sentenceOf(role, url)]);
      if (args.flag('demo') && product !== null) await context.parts.runDemo(product, config, context.io.out);
      const signal = await stopped;
      context.io.say('Stopping …');
      log.info('server.stopping', { signal: toldCode(signal) });
      return await within(STOP_TIMEOUT_MS, () => closeAll(closing));
    } catch (error) {
      await within(STOP_TIMEOUT_MS, () => closeAll(closing));
      throw error;
    }
  },
};

type Served = {
  readonly config: Config;
  readonly log: Log;
  readonly context: Context;
  /** What is open, the last first. */
  readonly closing: (() => Promise<void>)[];
};
type Running = { readonly url: string; readonly product: Product | null };

const serveAll = async (role: 'all' | 'web', { config, log, context, closing }: Served): Promise<Running> => {
  // Before the stores: pages that were not built end the start at once.
  const web = await context.parts.webHandler();
  makeDataFolder(config.dataFolder);
  const product = await context.parts.openProduct(config, log, role);
  closing.unshift(() => product.close());
  const front = await startFront({ ...config, product, log, web });
  closing.unshift(() => front.close());
  await product.start({ url: front.url });
  return { url: front.url, product };
};

const serveNobody = async (role: 'worker' | 'projector', { config, log, context, closing }: Served): Promise<Running> => {
  const { parts } = context;
  makeDataFolder(config.dataFolder);
  const product = role === 'worker' ? await parts.openProduct(config, log, role) : null;
  const service = product ?? (await parts.openReadModels(config, log, 'projector'));
  closing.unshift(() => service.close());
  const front = await startHealthFront({ ...config, service, log });
  closing.unshift(() => front.close());
  await product?.start({ url: front.url });
  return { url: front.url, product };
};

const sentenceOf = (role: StartRole, url: string): string =>
  role === 'worker' || role === 'projector'
    ? `The ${role} is running; its health is at ${url}/health/ready`
    : `V Connect is running at ${url}`;

const roleOf = (args: Args, config: Config): StartRole => {
  const given = args.text('role');
  const role = given === undefined ? config.role : startRoles.find((each) => each === given);
  if (role === undefined) throw new UsageFault(`--role: expected one of ${startRoles.join(', ')}`);
  if (args.flag('demo') && role !== 'all') throw new UsageFault('--demo: expected the role all');
  return role;
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
