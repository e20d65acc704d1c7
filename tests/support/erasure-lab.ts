import { join } from 'node:path';
import { catalogueOf } from '#domain/catalogue.ts';
import {
  certificateNumber,
  type ContactId,
  type ConversationId,
  type ErasureId,
  parseDigest,
  parseId,
  subjectOf,
  type AccountId,
  type TenantId,
} from '#domain/ids.ts';
import { erasureAggregate } from '#infra/app/aggregates.ts';
import { certificateOf } from '#infra/app/certificate.ts';
import { machineContext, now } from '#infra/app/context.ts';
import { createErasureWorker, type ErasureParts, runErasure } from '#infra/app/erasure-process.ts';
import { createFoldCache } from '#infra/app/fold.ts';
import { forgetting } from '#infra/app/forgetting.ts';
import { createCommandHandler } from '#infra/app/handle-command.ts';
import { newId } from '#infra/app/new-id.ts';
import { createWorkInFlight } from '#infra/app/work-in-flight.ts';
import { unshared } from '#infra/app/worker.ts';
import { loadConfig } from '#infra/config.ts';
import { openSqliteEventStore } from '#infra/eventstore/sqlite.ts';
import { silentLog } from '#infra/log.ts';
import { createVault } from '#infra/vaultstore/open-vault.ts';
import { startProjecting } from './projecting.ts';

/** Wraps a port so that tests can watch or break its calls. */
export type Wrap = <Port extends object>(name: string, port: Port) => Port;
const untouched: Wrap = (_name, port) => port;

const PROCESS = parseId<'process'>('0190a000000070008000000000000001');

export type Lab = Awaited<ReturnType<typeof openLab>>;

/** The stores of a data folder and the erasure process on them, without the workers of the product: what runs, the test decides. */
export const openLab = async (dataFolder: string) => {
  const { rootKey } = loadConfig({ VCONNECT_DATA: dataFolder });
  const vault = await createVault({ dataDir: dataFolder, rootKey, clock: { now } });
  const store = openSqliteEventStore({ file: join(dataFolder, 'events.db'), catalogueOf });
  const projecting = await startProjecting(store, { folder: dataFolder });
  const { views } = projecting;
  const viewsAreCurrent = () => projecting.current(30_000);
  if (PROCESS === null) throw new Error('expected an id');
  /** As a new process would have them: nothing cached. */
  const partsOf = (wrap: Wrap): ErasureParts => {
    const [folds, inFlight] = [createFoldCache(), createWorkInFlight()];
    const ports = { store: wrap('store', store), vault: wrap('vault', vault), views: wrap('views', views) };
    const handler = createCommandHandler({ ...ports, folds, inFlight });
    const forget: ErasureParts['forget'] = async ({ tenant, subject }) => {
      if (await forgetting({ inFlight, vault })(tenant, subject))
        return { processes: [PROCESS], acknowledgements: [{ processId: PROCESS, drainedAt: now() }] };
      throw new Error('expected the work in flight to end');
    };
    return { ...ports, handler, folds, forget, lease: unshared, log: silentLog, clock: { now }, viewsAreCurrent };
  };
  return {
    store,
    vault,
    views,
    order: async (
      tenant: TenantId,
      who: { readonly contactId: ContactId; readonly conversations: readonly ConversationId[]; readonly accountId: AccountId },
    ): Promise<ErasureId> => {
      const erasureId = newId<'erasure'>();
      const subjectHash = parseDigest('ab'.repeat(32));
      if (subjectHash === null) throw new Error('expected a digest');
      const counts = await vault.preview(tenant, subjectOf(who.contactId));
      const command = {
        type: 'RequestErasure',
        erasureId,
        certificate: certificateNumber(2026, 1),
        reason: 'consent-withdrawn',
        role: 'dpo',
        subjectHash,
        counts,
        ...who,
      } as const;
      const { handler } = partsOf(untouched);
      const outcome = await handler.handle(erasureAggregate, erasureId, command, machineContext(tenant, 'cli'), () => ({
        processes: [],
        contactKnown: true,
      }));
      if (outcome.kind === 'refused') throw new Error(`expected the order to be taken, got ${outcome.refusal.code}`);
      return erasureId;
    },
    run: (tenant: TenantId, erasureId: ErasureId, wrap: Wrap = untouched) => runErasure(partsOf(wrap), tenant, erasureId),
    worker: (wrap: Wrap) => createErasureWorker(partsOf(wrap)),
    certificate: (tenant: TenantId, erasureId: ErasureId) => certificateOf({ store, vault }, tenant, erasureId),
    close: async () => {
      await projecting.stop();
      await views.close();
      await store.close();
      await vault.close();
    },
  };
};

/** Counts the calls of all ports it wraps and breaks the n-th, before it begins or after it was carried out. */
export const breaking = (nth: number, when: 'before' | 'after') => {
  const calls: string[] = [];
  const wrap: Wrap = (name, port) =>
    new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          const own = calls.push(`${name}.${String(key)}`) === nth;
          if (own && when === 'before') throw new Error('broken before the call');
          const answer: unknown = Reflect.apply(method, target, args);
          if (!own) return answer;
          if (!(answer instanceof Promise)) throw new Error('broken after the call');
          return answer.then(() => {
            throw new Error('broken after the call');
          });
        };
      },
    });
  return { wrap, calls };
};
