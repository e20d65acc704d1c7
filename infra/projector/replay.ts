import type { StreamName } from '#domain/ids.ts';
import type { EventStore, ViewStore, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { type Applied, applyItems } from './apply.ts';
import { type Parked, parkedWrite, PROJECTION_STATE, type ProjectionState, unparkedWrite } from './collections.ts';
import type { FeedItem } from './feed.ts';

export type ReplayResult =
  { readonly kind: 'not-parked' } | { readonly kind: 'caught-up' } | { readonly kind: 'parked'; readonly code: string };

/** Empties the projection's collections and notes the version that will fill them. Ends the same when it is interrupted and done again. */
export const resetProjection = async (views: ViewStore, projection: Projection, parked: readonly Parked[]): Promise<void> => {
  const { name, version } = projection;
  const state: ProjectionState = { version };
  await views.reset(
    name,
    projection.collections.map((collection) => collection.name),
  );
  await views.commit(name, 0n, [
    { collection: PROJECTION_STATE, id: name, document: state },
    ...parked.map((item) => unparkedWrite(name, item.stream)),
  ]);
};

const REPLAY_CHUNK = 250;

type Replay = {
  readonly stream: StreamName;
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly projection: Projection;
  readonly parked: Map<StreamName, Parked>;
  readonly checkpoint: bigint;
  readonly commit: (position: bigint, applied: Applied, writes?: readonly ViewWrite[]) => Promise<void>;
};

/** Takes a parked stream up again where it stopped, up to the checkpoint; from there the pump goes on. Each chunk is one transaction. */
export const replayStream = async (replay: Replay): Promise<ReplayResult> => {
  const { stream, store, views, projection, parked, checkpoint, commit } = replay;
  for (;;) {
    const start = parked.get(stream);
    if (start === undefined) return { kind: 'not-parked' };
    const read = await store.readStream(stream, { from: BigInt(start.revision), limit: REPLAY_CHUNK }).catch(asUnreadable);
    if (read instanceof StoreFault) return { kind: 'parked', code: read.code };
    const events = read.filter((event) => event.position <= checkpoint);
    const items = events.map((event): FeedItem => ({ kind: 'event', event }));
    const applied = await applyItems(items, { projection, views, waiting: () => false });
    const failed = applied.poison[0];
    if (failed !== undefined) {
      await commit(checkpoint, applied);
      return { kind: 'parked', code: failed.code };
    }
    const last = events.at(-1);
    if (last === undefined || read.length < REPLAY_CHUNK || events.length < read.length) {
      await commit(checkpoint, applied, [unparkedWrite(projection.name, stream)]);
      parked.delete(stream);
      return { kind: 'caught-up' };
    }
    const further: Parked = { ...start, revision: Number(last.revision) + 1 };
    await commit(checkpoint, applied, [parkedWrite(further)]);
    parked.set(stream, further);
  }
};

const asUnreadable = (error: unknown): StoreFault => {
  if (error instanceof StoreFault && error.at !== null) return error;
  throw error;
};
