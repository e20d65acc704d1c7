import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import { allProjections } from '#projections/all.ts';
import { createAccounts } from './app/accounts.ts';
import type { App } from './app/app.ts';
import { createApplication } from './app/application.ts';
import { createChannels } from './app/channels.ts';
import { now } from './app/context.ts';
import { createErasureWorker } from './app/erasure-process.ts';
import { createFoldCache } from './app/fold.ts';
import { createCommandHandler } from './app/handle-command.ts';
import { createHandshake } from './app/handshake.ts';
import { createIngest } from './app/ingest.ts';
import { createMediaWorker } from './app/media-worker.ts';
import { newId } from './app/new-id.ts';
import { createOperator } from './app/operator.ts';
import { createOutbox } from './app/outbox.ts';
import type { Product } from './app/product.ts';
import { createReveal } from './app/reveal.ts';
import { createBinder } from './app/binder.ts';
import { createChangeFeed } from './app/change-feed.ts';
import { createHealth } from './app/health.ts';
import { reconnectSimulator } from './app/reconnect-simulator.ts';
import { createSample } from './app/sample.ts';
import { createWorkInFlight } from './app/work-in-flight.ts';
import type { Config } from './config.ts';
import { openSqliteEventStore } from './eventstore/sqlite.ts';
import type { Log } from './log.ts';
import { projectorCollections } from './projector/collections.ts';
import { startProjector } from './projector/run.ts';
import { openSessionStore } from './sessions/sqlite.ts';
import { simulatorChild } from './simulator/child.ts';
import { openSqliteViews } from './views/sqlite.ts';
import { createVault } from './vaultstore/open-vault.ts';
import { createWhatsAppClient, META_MEDIA_HOSTS } from './whatsapp/client.ts';

/** The version of Meta's Graph API that the client was written against (since 29 July 2026). */
const GRAPH_VERSION = 'v26.0';
/** Longest wait for an answer of the Cloud API. */
const WHATSAPP_TIMEOUT_MS = 15_000;
/** A page after a command waits this long for the views; then it shows what is there. */
const SHOWN_TIMEOUT_MS = 2_000;
/** Waits that must not be skipped (an erasure, a first delivery) are longer. */
const CURRENT_TIMEOUT_MS = 15_000;

/**
 * Puts the product together on the embedded stores of one data folder: the only place that imports adapters. The vault opens first, so
 * that a wrong root key touches nothing.
 */
export const openProduct = async (config: Config, log: Log): Promise<Product> => {
  const vault = await createVault({ dataDir: config.dataFolder, rootKey: config.rootKey, clock: { now } });
  const store = openSqliteEventStore({ file: join(config.dataFolder, 'events.db'), catalogueOf });
  const collections = [...allProjections.flatMap((projection) => projection.collections), ...projectorCollections];
  const views = openSqliteViews({ file: join(config.dataFolder, 'views.db'), collections });
  const sessions = openSessionStore(join(config.dataFolder, 'sessions.db'));

  const feed = createChangeFeed();
  const projector = await startProjector({
    store,
    views,
    projections: allProjections,
    clock: { now },
    onChange: feed.publish,
    onFault: (projection, code, err) => {
      log.error('projector.fault', { projection, code, err });
    },
  });
  const viewsAreCurrent = async (): Promise<boolean> => projector.caughtUpTo(await store.head(), CURRENT_TIMEOUT_MS);
  const shown = async (position: bigint): Promise<void> => {
    await projector.caughtUpTo(position, SHOWN_TIMEOUT_MS);
  };

  const folds = createFoldCache();
  const inFlight = createWorkInFlight();
  const handler = createCommandHandler({ store, vault, folds, inFlight });
  const clientFor = (baseUrl: string) =>
    createWhatsAppClient({ baseUrl, graphVersion: GRAPH_VERSION, timeoutMs: WHATSAPP_TIMEOUT_MS, mediaHosts: META_MEDIA_HOSTS });
  const channels = createChannels({ views, vault, defaultBaseUrl: config.whatsapp.baseUrl, clientFor, viewsAreCurrent });
  const outbox = createOutbox({ views, vault, handler, channels, inFlight, log });
  const media = createMediaWorker({ views, vault, handler, channels, inFlight, log });
  const erasure = createErasureWorker({
    store,
    views,
    vault,
    handler,
    folds,
    inFlight,
    processId: newId<'process'>(),
    log,
    viewsAreCurrent,
  });
  const binder = createBinder({ store, vault, log });
  const workers = { outbox, media, erasure, binder };
  feed.onWork((collection) => {
    workers[collection].nudge();
  });

  let url = config.publicUrl ?? `http://${config.host}:${String(config.port)}`;
  const app: App = {
    store,
    views,
    vault,
    handler,
    reveal: createReveal({ vault, handler, inFlight }),
    accounts: createAccounts({ views, vault, handler, sessions, shown }),
    channels,
    sessions,
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
    health: createHealth({ store, views, vault, projector, outbox, dataFolder: config.dataFolder }),
    operator: createOperator({ app, application, projector }),
    sample: createSample(app, application),
    start: async (at) => {
      url = config.publicUrl ?? at.url;
      await viewsAreCurrent();
      for (const worker of Object.values(workers)) worker.start();
      sessions.dropExpired(now());
      await vault.expireSeen(now());
      await reconnectSimulator(app);
    },
    close: async () => {
      await Promise.all(Object.values(workers).map((worker) => worker.stop()));
      await projector.stop();
      await app.simulator.stop();
      sessions.close();
      await views.close();
      await store.close();
      await vault.close();
    },
  };
};
