import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { createAccounts } from './app/accounts.ts';
import type { App } from './app/app.ts';
import { createApplication } from './app/application.ts';
import { createChannels } from './app/channels.ts';
import { now } from './app/context.ts';
import { createErasureWorker } from './app/erasure-process.ts';
import { destroyWhatReturned } from './app/erasure-return.ts';
import { createFoldCache } from './app/fold.ts';
import { createCommandHandler } from './app/handle-command.ts';
import { FORGET_TIMEOUT_MS, forgetting } from './app/forgetting.ts';
import { createHandshake } from './app/handshake.ts';
import { createIngest } from './app/ingest.ts';
import { createMediaWorker } from './app/media-worker.ts';
import { createOperator } from './app/operator.ts';
import { createOutbox } from './app/outbox.ts';
import type { Product } from './app/product.ts';
import { createRefusals } from './app/reveal-record.ts';
import { createReveal } from './app/reveal.ts';
import { createBinder } from './app/binder.ts';
import { createChangeFeed } from './app/change-feed.ts';
import { createHealth } from './app/health.ts';
import { reconnectSimulator } from './app/reconnect-simulator.ts';
import { createSample } from './app/sample.ts';
import { createSearchIndexer } from './app/search-indexer.ts';
import { createGroupRelay, createVitals } from './app/vitals.ts';
import { createWorkInFlight } from './app/work-in-flight.ts';
import type { WorkLease } from './app/worker.ts';
import { composeViews } from './compose/views.ts';
import type { Config } from './config.ts';
import { openSqliteEventStore } from './eventstore/sqlite.ts';
import type { Log } from './log.ts';
import { openProcesses, type Processes } from './processes/processes.ts';
import { type OpenAs, rolesOf } from './processes/roles.ts';
import { openSessionStore } from './sessions/sqlite.ts';
import { simulatorChild } from './simulator/child.ts';
import { createVault } from './vaultstore/open-vault.ts';
import { createWhatsAppClient, META_MEDIA_HOSTS } from './whatsapp/client.ts';

/** The version of Meta's Graph API that the client was written against (since 29 July 2026). */
const GRAPH_VERSION = 'v26.0';
/** Longest wait for an answer of the Cloud API. */
const WHATSAPP_TIMEOUT_MS = 15_000;
/** A page after a command waits this long for the views; then it shows what is there. */
const SHOWN_TIMEOUT_MS = 2_000;
/** What is not done this long after the last request is cut off: everything acknowledged is durable. */
const CLOSE_TIMEOUT_MS = 3_000;
/** Waits that must not be skipped (an erasure, a first delivery) are longer. */
const CURRENT_TIMEOUT_MS = 15_000;

const clock = { now };

/**
 * Puts the product together on the embedded stores of one data folder: the only place that imports adapters. This process is registered
 * before the vault opens, because an erasure asks every process that may hold a key; the vault opens before the stores, so that a wrong
 * root key touches none of them.
 */
export const openProduct = async (config: Config, log: Log, role: OpenAs = 'all'): Promise<Product> => {
  const processes = register(config, log, role);
  const vault = await createVault({
    dataDir: config.dataFolder,
    rootKey: config.rootKey,
    clock,
    holder: processes.id,
  }).catch((error: unknown) => {
    processes.close();
    throw error;
  });
  const groups = createGroupRelay();
  const store = openSqliteEventStore({
    file: join(config.dataFolder, 'events.db'),
    catalogueOf,
    onAppended: () => readModels.appended(),
    onGroup: groups.tell,
  });
  const sessions = openSessionStore(join(config.dataFolder, 'sessions.db'));

  const feed = createChangeFeed();
  const readModels = await composeViews({ config, log, processes, store, onChange: feed.publish });
  readModels.mustMove();
  const { views, watch } = readModels;
  const viewsAreCurrent = async (): Promise<boolean> => watch.caughtUpTo(await store.head(), CURRENT_TIMEOUT_MS);
  const shown = async (position: bigint): Promise<void> => {
    await watch.caughtUpTo(position, SHOWN_TIMEOUT_MS);
  };

  const folds = createFoldCache();
  const inFlight = createWorkInFlight();
  const handler = createCommandHandler({ store, vault, folds, inFlight });
  const closeStores = () => closeAll(sessions, readModels, store, vault, processes);
  await destroyWhatReturned({ store, vault, handler, log }).catch(afterwards(closeStores));
  const clientFor = (baseUrl: string) =>
    createWhatsAppClient({ baseUrl, graphVersion: GRAPH_VERSION, timeoutMs: WHATSAPP_TIMEOUT_MS, mediaHosts: META_MEDIA_HOSTS });
  const channels = createChannels({ views, vault, defaultBaseUrl: config.whatsapp.baseUrl, clientFor, viewsAreCurrent });
  const workers = createWorkers(processes, { store, views, vault, handler, folds, channels, inFlight, log, clock, viewsAreCurrent });
  processes.onForget(forgetting({ inFlight, vault }));
  const works = processes.roles.includes('worker');
  feed.onWork((collection) => {
    workers[collection].nudge();
  });

  const refusals = createRefusals();
  let url = config.publicUrl ?? `http://${config.host}:${String(config.port)}`;
  const app: App = {
    store,
    views,
    vault,
    handler,
    reveal: createReveal({ vault, handler, inFlight, log, refusals }),
    inFlight,
    accounts: createAccounts({ views, vault, handler, sessions, shown }),
    channels,
    sessions,
    heldUp: processes.heldUp.of,
    readModels: readModels.projections,
    simulator: simulatorChild({ port: config.simulator.port }),
    log,
    shown,
    baseUrl: () => url,
    defaultBaseUrl: config.whatsapp.baseUrl,
    allowedHosts: config.whatsapp.allowedHosts,
  };
  const application = createApplication(app);
  return {
    application,
    webhook: {
      handshake: createHandshake({ channels, handler }),
      receive: createIngest({ store, vault, handler, channels, inFlight, log }),
    },
    onChange: feed.subscribe,
    health: createHealth({
      store,
      views,
      vault,
      watch,
      outbox: works ? workers.outbox : null,
      dataFolder: config.dataFolder,
      logDamaged: store.damaged,
    }),
    operator: createOperator({ app, application }),
    projections: readModels.projections,
    vitals: createVitals(processes, { onGroup: groups.onGroup, queued: store.queued }, refusals.counts),
    sample: createSample(app, application),
    start: async (at) => {
      url = config.publicUrl ?? at.url;
      await viewsAreCurrent();
      if (role === 'cli') workers.erasure.start();
      if (works) for (const worker of Object.values(workers)) worker.start();
      if (works) sessions.dropExpired(now());
      if (works) await vault.expireSeen(now());
      if (processes.roles.includes('web')) await reconnectSimulator(app).catch(notReconnected(log));
    },
    close: async () => {
      await Promise.all(Object.values(workers).map((worker) => worker.stop()));
      await app.simulator.stop();
      // Whose connection was cut may still be at work: it ends before the stores close under it.
      await inFlight.ended(CLOSE_TIMEOUT_MS);
      await closeStores();
    },
  };
};

/** In this order: a process is unregistered when it can hold no key any more. */
const closeAll = async (...parts: readonly { readonly close: () => Promise<void> | void }[]): Promise<void> => {
  for (const part of parts) await part.close();
};

const afterwards =
  (end: () => Promise<void>) =>
  async (error: unknown): Promise<never> => {
    await end();
    throw error;
  };

type WorkerParts = Parameters<typeof createOutbox>[0] & Parameters<typeof createErasureWorker>[0];

/** What works in the background, each under a lease of its own, so that one that hangs holds up no other. */
const createWorkers = (processes: Processes, parts: Omit<WorkerParts, 'lease' | 'forget' | 'heldUp'>) => ({
  outbox: createOutbox({ ...parts, lease: processes.lease('outbox') }),
  media: createMediaWorker({ ...parts, lease: processes.lease('media') }),
  erasure: createErasureWorker({
    ...parts,
    forget: (question) => processes.ask(question, FORGET_TIMEOUT_MS),
    heldUp: processes.heldUp,
    lease: erasureLease(processes),
  }),
  binder: createBinder({ ...parts, lease: processes.lease('binder') }),
  search: createSearchIndexer({ ...parts, lease: processes.lease('search') }),
});

/** One verb of the command line takes an erasure on only where no living process would. */
const erasureLease = (processes: Processes): WorkLease => {
  const lease = processes.lease('erasure');
  if (!processes.roles.includes('cli')) return lease;
  return { whileHeld: (signal, work) => lease.whileHeld(signal, work, { when: () => !processes.othersHave('worker') }) };
};

const register = ({ dataFolder }: Config, log: Log, role: OpenAs): Processes =>
  openProcesses({
    folder: dataFolder,
    roles: rolesOf(role),
    holdsKeys: true,
    clock,
    onFault: (err) => {
      log.error('background.failed', { part: 'processes', err });
    },
  });

/** No projector runs yet, or the views are being built: pages say so, webhooks are taken. */
const notReconnected =
  (log: Log) =>
  (err: unknown): void => {
    log.error('simulator.not-reconnected', { err });
  };
