import { catalogueOf } from '#domain/catalogue.ts';
import { type Category, streamName, type TenantId } from '#domain/ids.ts';
import type { Actor, RecordedEvent } from '#domain/message.ts';
import type { ViewStore, ViewWrite } from '#domain/ports.ts';
import { applyItems } from '#infra/projector/apply.ts';
import { emptyTables, memoryReads, writeAll } from '#infra/views/memory-reads.ts';
import { declaredCollections } from '#infra/views/query.ts';
import type { Projection } from '#projections/projection.ts';
import { sealForm } from './decider-spec.ts';
import { minute, sampleId } from './sample.ts';

/** Applies a log to projections with the product's own runner on views in memory. */

type Told = { readonly type: string; readonly data: object; readonly personal?: Readonly<Record<string, true>> };
type Place = { readonly category: Category; readonly id: string; readonly tenant?: TenantId; readonly actor?: Actor };

export const organisationId = sampleId<'tenant'>(1);
export const agent: Actor = { kind: 'account', id: sampleId<'account'>(10), role: 'agent' };

/** A log of one organisation, one event a minute. `personal` names the sealed fields. */
export const logFrom = (events: readonly (readonly [Place, Told])[]): readonly RecordedEvent[] => {
  const revisions = new Map<string, bigint>();
  return events.map(([{ category, id, tenant = organisationId, actor = agent }, told], n) => {
    if (catalogueOf(category)?.[told.type] === undefined) throw new Error(`expected an event of ${category}, got ${told.type}`);
    const stream = streamName(tenant, category, id);
    const revision = (revisions.get(stream) ?? -1n) + 1n;
    revisions.set(stream, revision);
    const sealed = sealForm<Pick<RecordedEvent, 'type' | 'data' | 'personal'>>({ ...told, personal: told.personal ?? {} });
    const meta = {
      commandId: sampleId<'command'>(n),
      correlationId: sampleId<'correlation'>(n),
      causationId: null,
      recordedAt: minute(n),
      actor,
    };
    return { ...sealed, id: sampleId<'event'>(10_000 + n), version: 1, meta, tenant, stream, revision, position: BigInt(n + 1) };
  });
};

export type ProjectedViews = ViewStore & { readonly write: (writes: readonly ViewWrite[]) => void };

export const viewsFor = (projections: readonly Projection[]): ProjectedViews => {
  const collections = projections.flatMap((projection) => projection.collections);
  const [tables, declared] = [emptyTables(collections), declaredCollections(collections)];
  const reads = memoryReads(tables, declared);
  return {
    get: async (collection, id) => reads.get(collection, id),
    getMany: async (collection, ids) => reads.getMany(collection, ids),
    find: async (collection, query) => reads.find(collection, query),
    count: async (collection, where, cap) => reads.count(collection, where, cap),
    close: async () => undefined,
    write: (writes) => writeAll(tables, declared, writes),
  };
};

/** Applies events in batches of at most `batch`; what a projection refuses fails the test. */
export const project = async (
  projection: Projection,
  views: ProjectedViews,
  log: readonly RecordedEvent[],
  batch = 1_000,
): Promise<void> => {
  for (let start = 0; start < log.length; start += batch) {
    const items = log.slice(start, start + batch).map((event) => ({ kind: 'event', event }) as const);
    const { writes, poison } = await applyItems(items, { projection, views, waiting: () => false });
    if (poison.length > 0)
      throw new Error(`expected no poison, got ${poison.map(({ eventType, code }) => `${String(eventType)}: ${code}`).join(', ')}`);
    views.write(writes);
  }
};

/** One document after the whole log, without what the runner keeps in it. */
export const documentAfter = async <D extends object>(
  projection: Projection,
  log: readonly RecordedEvent[],
  collection: string,
  id: string,
): Promise<D | null> => {
  const views = viewsFor([projection]);
  await project(projection, views, log);
  const document = await views.get<D & { readonly applied?: unknown }>(collection, id);
  if (document === null) return null;
  const { applied: _, ...rest } = document;
  return rest as unknown as D;
};

/** Every document that the log can have touched, by collection and id, as JSON. */
export const contentsOf = async (
  projection: Projection,
  views: ProjectedViews,
  log: readonly RecordedEvent[],
): Promise<ReadonlyMap<string, string>> => {
  const contents = new Map<string, string>();
  for (const { collection, id } of log.flatMap((event) => projection.route(event))) {
    contents.set(`${collection}/${id}`, JSON.stringify(await views.get(collection, id)));
  }
  return contents;
};
