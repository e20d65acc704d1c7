import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import { type EventPlace, StoreFault } from '#infra/sqlite/store-fault.ts';
import type { StoredRef, Vault } from '#vault/vault.ts';
import { timeAt } from './context.ts';
import { createWorker, type Worker, type WorkLease } from './worker.ts';

const BATCH = 1_000;
/** No command works on its envelopes this long before it appends; what is unbound after it never will be bound. */
export const ORPHAN_AGE_MS = 24 * 60 * 60 * 1000;
const ORPHAN_BATCH = 200;

type Parts = { readonly store: EventStore; readonly vault: Vault; readonly lease: WorkLease; readonly log: Log };

/**
 * Follows the log and tells the vault which references stand in it. What was never bound, because its command was decided anew after a lost
 * race or died between seal and append, is removed a day later, when the log denies it once more.
 */
export const createBinder = (parts: Parts): Worker =>
  createWorker({
    name: 'binder',
    log: parts.log,
    lease: parts.lease,
    round: async () => {
      const before = await parts.vault.boundUpTo();
      const events = await parts.store.readAll(before, BATCH).catch(placeOf);
      if ('position' in events) {
        // What cannot be read names nothing to bind; its envelopes stay, because nobody can deny them either.
        await parts.vault.markBound([], events.position);
        return true;
      }
      const last = events.at(-1);
      if (last === undefined) return (await dropOrphans(parts)) > 0;
      await parts.vault.markBound(events.flatMap(refsOf), last.position);
      return true;
    },
  });

const placeOf = (error: unknown): EventPlace => {
  if (error instanceof StoreFault && error.at !== null) return error.at;
  throw error;
};

const refsOf = ({ tenant, personal }: RecordedEvent): readonly StoredRef[] => Object.values(personal).map(({ ref }) => ({ tenant, ref }));

/** Runs when the binder has seen the whole log. */
const dropOrphans = async ({ store, vault, log }: Parts): Promise<number> => {
  const candidates = await vault.unbound(timeAt(Date.now() - ORPHAN_AGE_MS), ORPHAN_BATCH);
  const denied: StoredRef[] = [];
  for (const { tenant, ref, stream } of candidates) {
    const named = (await store.readStream(stream)).some((event) => Object.values(event.personal).some((sealed) => sealed.ref === ref));
    if (named) await vault.markBound([{ tenant, ref }]);
    else denied.push({ tenant, ref });
  }
  const dropped = await vault.dropUnbound(denied);
  if (dropped > 0) log.info('vault.orphans-removed', { count: dropped });
  return dropped;
};
