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
  if (PROCESS === null) throw new Error('expected an id');
  /** As a new process would have them: nothing cached. Whatever an erasure calls outside its own memory goes through `wrap`. */
  const partsOf = (wrap: Wrap): ErasureParts => {
    const [folds, inFlight] = [createFoldCache(), createWorkInFlight()];
    const ports = { store: wrap('store', store), vault: wrap('vault', vault), views: wrap('views', views) };
    const handler = createCommandHandler({ ...ports, folds, inFlight });
    const forget: ErasureParts['forget'] = async ({ tenant, subject }) => {
      if (await forgetting({ inFlight, vault })(tenant, subject))
        return { processes: [PROCESS], acknowledgements: [{ processId: PROCESS, drainedAt: now() }] };
      throw new Error('expected the work in flight to end');
    };
    const { viewsAreCurrent } = wrap('projector', { viewsAreCurrent: () => projecting.current(30_000) });
    const asking = wrap('processes', { forget });
    return {
      ...ports,
      handler,
      folds,
      forget: asking.forget,
      heldUp: wrap('processes', { say: () => undefined, clear: () => undefined }),
      lease: unshared,
      log: wrap('log', silentLog),
      clock: wrap('clock', { now }),
      viewsAreCurrent,
    };
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

/**
 * Counts the calls of all ports it wraps, and stops at the n-th, before it begins or right after it was carried out: from then on no call
 * is carried out any more, as if the machine had lost its power. What had begun before may still end.
 */
export const stoppingAt = (nth: number, when: 'before' | 'after') => {
  const calls: string[] = [];
  let isStopped = false;
  const stop = (): never => {
    isStopped = true;
    throw new Error('stopped');
  };
  const wrap: Wrap = (name, port) =>
    new Proxy(port, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]): unknown => {
          if (isStopped) return stop();
          const isLast = calls.push(`${name}.${String(key)}`) === nth;
          if (isLast && when === 'before') return stop();
          const answer: unknown = Reflect.apply(method, target, args);
          if (!isLast) return answer;
          if (!(answer instanceof Promise)) return stop();
          // What others call while it is being carried out is not carried out any more.
          isStopped = true;
          return answer.then(stop);
        };
      },
    });
  return { wrap, calls, stopped: () => isStopped };
};
