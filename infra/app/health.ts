import { statfs } from 'node:fs/promises';
import { PLATFORM_TENANT } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { EventStore, ViewStore } from '#domain/ports.ts';
import { preparing } from '#infra/projector/building.ts';
import type { ViewsWatch } from '#infra/projector/watch.ts';
import { allProjections } from '#projections/all.ts';
import { ORGANISATION } from '#projections/organisation/view.ts';
import type { Vault } from '#vault/vault.ts';
import type { HealthReport, Product } from './product.ts';
import type { Worker } from './worker.ts';

/** Below this the log could soon not be written any more. */
const LEAST_FREE_BYTES = 200 * 1024 * 1024;
/** Views that are this many seconds behind with events waiting are stuck. */
const STUCK_AFTER_SECONDS = 30;

type Parts = {
  readonly store: EventStore;
  readonly views: ViewStore;
  /** Null where none is opened. */
  readonly vault: Vault | null;
  readonly watch: ViewsWatch;
  /** Null where nothing is sent. */
  readonly outbox: Worker | null;
  readonly dataFolder: string;
  /** The log takes no more writes in this process, because its file is damaged. */
  readonly logDamaged?: () => boolean;
};
type Part = HealthReport['parts'][number];
/** What is wrong, or null. */
type Ask = readonly [Part['part'], () => Promise<string | null>];

/** Asks every part for real: a health page that cannot fail tells nothing. */
export const createHealth = ({ store, views, vault, watch, outbox, dataFolder, logDamaged = () => false }: Parts): Product['health'] => {
  const asks: readonly Ask[] = [
    [
      'eventstore',
      async () => {
        if (logDamaged()) return 'damaged, so nothing more is written: run "npx vconnect verify log"';
        return (await store.head()) >= 0n ? null : 'no head';
      },
    ],
    ...(vault === null ? [] : [askVault(vault)]),
    [
      'views',
      async () => {
        const built = preparing(await watch.status(), allProjections);
        if (built.length > 0) return `being prepared: ${built.map(({ name, done }) => `${name} ${percent(done)}`).join(', ')}`;
        return (await views.count(ORGANISATION, {}, 1)) >= 0 ? null : 'no answer';
      },
    ],
    [
      'projector',
      async () => {
        const behind = (await watch.status()).find(
          (status) => status.fault !== null || (status.lag > 0n && status.secondsSinceProgress > STUCK_AFTER_SECONDS),
        );
        return behind === undefined ? null : `the projection ${behind.name} does not move: run "npx vconnect projections"`;
      },
    ],
    ...(outbox === null ? [] : [askOutbox(outbox)]),
    [
      'disk',
      async () => {
        const { bavail, bsize } = await statfs(dataFolder);
        return bavail * bsize >= LEAST_FREE_BYTES ? null : 'less than 200 MB free: make room';
      },
    ],
  ];
  return async () => {
    const parts = await Promise.all(
      asks.map(async ([part, ask]): Promise<Part> => {
        try {
          const trouble = await ask();
          return { part, ok: trouble === null, says: trouble ?? 'ok' };
        } catch {
          // Which fault it was stands in the log of whoever met it; here only that it does not answer.
          return { part, ok: false, says: 'does not answer' };
        }
      }),
    );
    return { ready: parts.every(({ ok }) => ok), parts };
  };
};

/** Never 100 before it is done. */
const percent = (done: number): string => `${String(Math.min(99, Math.floor(100 * done)))} %`;

const askVault = (vault: Vault): Ask => [
  'vault',
  async () => {
    await vault.find(PLATFORM_TENANT, { field: 'reservation', value: plain('set-up') });
    return null;
  },
];

const askOutbox = (outbox: Worker): Ask => [
  'outbox',
  () => Promise.resolve(outbox.healthy() ? null : 'the last round failed: see the log'),
];
