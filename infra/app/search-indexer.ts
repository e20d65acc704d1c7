import { catalogueOf } from '#domain/catalogue.ts';
import { streamParts, type TenantId } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import type { EventStore } from '#domain/ports.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import type { Log } from '#infra/log.ts';
import { type EventPlace, StoreFault } from '#infra/sqlite/store-fault.ts';
import type { SearchEntry, SearchField, Vault } from '#vault/vault.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { createWorker, type Worker, type WorkLease } from './worker.ts';

/** Events read, and values opened, in one round: some 30 ms of work. */
const BATCH = 500;

type Parts = {
  readonly store: Pick<EventStore, 'readAll' | 'head'>;
  readonly vault: Pick<Vault, 'open' | 'index' | 'indexedUpTo'>;
  readonly inFlight: Pick<WorkInFlight, 'during'>;
  readonly lease: WorkLease;
  readonly log: Log;
};

/**
 * Follows the log and keeps the vault's search index as the log says people are called; the machine opens values for this alone, and shows
 * them to nobody. The index stands beside the position that it has reached, so no crash leaves a person half indexed: rows are there when
 * their event is in the log and the worker has come to it. An index that is missing, or formed by older rules, stands at 0 and is built anew.
 */
export const createSearchIndexer = (parts: Parts): Worker =>
  createWorker({
    name: 'search',
    log: parts.log,
    lease: parts.lease,
    round: async () => {
      const from = await parts.vault.indexedUpTo();
      // The log came back from an older copy than the index: what it says from here on would be missed.
      if (from > (await parts.store.head())) return parts.vault.index([], from, 0n);
      const events = await parts.store.readAll(from, BATCH).catch(placeOf);
      if ('position' in events) return parts.vault.index([], from, events.position);
      const last = events.at(-1);
      if (last === undefined) return false;
      const index = async (): Promise<boolean> => parts.vault.index(await entriesOf(parts, events), from, last.position);
      await duringAll(parts.inFlight, tenantsIn(events), index);
      return true;
    },
  });

/** What cannot be read names nobody; the log's own alarms speak of it. */
const placeOf = (error: unknown): EventPlace => {
  if (error instanceof StoreFault && error.at !== null) return error.at;
  throw error;
};

const tenantsIn = (events: readonly RecordedEvent[]): readonly TenantId[] => [...new Set(events.map(({ tenant }) => tenant))];

/** One piece of work of all these tenants: the erasure of anybody whose values are open meanwhile waits for its end. */
const duringAll = <T>(inFlight: Parts['inFlight'], tenants: readonly TenantId[], work: () => Promise<T>): Promise<T> =>
  tenants.reduce<() => Promise<T>>((inner, tenant) => () => inFlight.during(tenant, inner), work)();

const entriesOf = async ({ vault, log }: Parts, events: readonly RecordedEvent[]): Promise<readonly SearchEntry[]> => {
  const handles = events.flatMap(handlesOf);
  const opened = await vault.open(handles.map(({ handle }) => handle));
  // One line for a batch: where a keyring is lost it is every value of the log.
  const unopened = handles.filter((_, index) => opened[index]?.kind !== 'value' && opened[index]?.kind !== 'erased');
  const [first] = unopened;
  if (first !== undefined) log.warn('search.values-not-opened', { event: first.handle.event, count: unopened.length });
  return handles.flatMap(({ handle, field }, index): readonly SearchEntry[] => {
    const value = opened[index];
    return value?.kind === 'value' ? [{ tenant: handle.tenant, subject: handle.subject, field, value: plain(value.value) }] : [];
  });
};

const handlesOf = (event: RecordedEvent): readonly { readonly handle: SealedHandle; readonly field: SearchField }[] => {
  const { category } = streamParts(event.stream);
  const spec = category === 'contact' ? catalogueOf(category)?.[event.type] : undefined;
  if (spec === undefined) return [];
  return Object.keys(event.personal).flatMap((name) => {
    const field = spec.personal[name]?.searchedAs;
    const handle = field === undefined ? null : handleOf(event, spec, name);
    return field === undefined || handle === null ? [] : [{ handle, field }];
  });
};
