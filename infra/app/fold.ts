import type { CorrelationId, EventId, StreamName } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import { typedEvent } from '#domain/upcast.ts';
import { type CommandMemory, createCommandMemory } from './command-memory.ts';
import type { Aggregate } from './handle-command.ts';

/** Folded streams kept in memory: enough for the conversations of a busy day; each holds ids and codes, no personal value. */
const MAX_FOLDS = 20_000;

export type Fold<State> = {
  readonly state: State;
  readonly revision: bigint | null;
  readonly position: bigint;
  readonly known: Readonly<Partial<Record<string, SealedHandle>>>;
  /** Every command that the stream has taken in. */
  readonly commands: CommandMemory;
  /** Its last event as the cause of what a machine does next; null for a stream that does not exist. */
  readonly last: { readonly causationId: EventId; readonly correlationId: CorrelationId } | null;
};

/** Folds by stream, least recently used out first. Never stale: a load reads what came after the fold's revision. */
export type FoldCache = {
  readonly get: (stream: StreamName) => Fold<unknown> | undefined;
  readonly set: (stream: StreamName, fold: Fold<unknown>) => void;
  readonly forget: (stream: StreamName) => void;
};

export const createFoldCache = (): FoldCache => {
  const folds = new Map<StreamName, Fold<unknown>>();
  return {
    get: (stream) => {
      const fold = folds.get(stream);
      if (fold === undefined) return undefined;
      folds.delete(stream);
      folds.set(stream, fold);
      return fold;
    },
    set: (stream, fold) => {
      folds.delete(stream);
      folds.set(stream, fold);
      if (folds.size <= MAX_FOLDS) return;
      const [oldest] = folds.keys();
      if (oldest !== undefined) folds.delete(oldest);
    },
    forget: (stream) => {
      folds.delete(stream);
    },
  };
};

/** As it was when it was put there; null when it is not. */
export const cachedFold = <State, Command, Facts>(
  cache: FoldCache,
  _aggregate: Aggregate<State, Command, Facts>,
  stream: StreamName,
): Fold<State> | null =>
  // eslint-disable-next-line no-restricted-syntax -- keyed by stream, and a stream's category names its aggregate: the state is of this type
  (cache.get(stream) as Fold<State> | undefined) ?? null;

/** Reads what is new in the stream and folds it onto what is known. */
export const foldFurther = async <State, Command, Facts>(
  store: EventStore,
  cache: FoldCache,
  aggregate: Aggregate<State, Command, Facts>,
  stream: StreamName,
): Promise<Fold<State>> => {
  const start = cachedFold(cache, aggregate, stream) ?? nothingOf(aggregate);
  const events = await store.readStream(stream, { from: start.revision === null ? 0n : start.revision + 1n });
  const fold = foldOnto(aggregate, start, events);
  if (fold !== start) cache.set(stream, fold);
  return fold;
};

/** Puts the folds of many streams into the cache with one read. */
export const foldMany = async <State, Command, Facts>(
  store: EventStore,
  cache: FoldCache,
  aggregate: Aggregate<State, Command, Facts>,
  streams: readonly StreamName[],
): Promise<void> => {
  for (const [stream, events] of await store.readStreams(streams)) cache.set(stream, foldOnto(aggregate, nothingOf(aggregate), events));
};

const nothingOf = <State, Command, Facts>(aggregate: Aggregate<State, Command, Facts>): Fold<State> => ({
  state: aggregate.decider.initial,
  revision: null,
  position: 0n,
  known: {},
  commands: createCommandMemory(),
  last: null,
});

const foldOnto = <State, Command, Facts>(
  aggregate: Aggregate<State, Command, Facts>,
  start: Fold<State>,
  events: readonly RecordedEvent[],
): Fold<State> => {
  const last = events.at(-1);
  if (last === undefined) return start;
  for (const event of events) start.commands.add(event.meta.commandId, event.revision);
  return {
    state: events.reduce((state, event) => evolve(aggregate, state, event), start.state),
    revision: last.revision,
    position: last.position,
    known: knownAfter(aggregate, start.known, events),
    commands: start.commands,
    last: { causationId: last.id, correlationId: last.meta.correlationId },
  };
};

/** The aggregate's catalogue made the type of `event`, and its decider folds just these: `never` stands for "whichever of them". */
const evolve = <State, Command, Facts>(aggregate: Aggregate<State, Command, Facts>, state: State, event: RecordedEvent): State =>
  // eslint-disable-next-line no-restricted-syntax -- the catalogue has just checked that it is one of the aggregate's own events
  aggregate.decider.evolve(state, typedEvent(aggregate.catalogue, event) as never);

const knownAfter = <State, Command, Facts>(
  { catalogue }: Aggregate<State, Command, Facts>,
  known: Fold<State>['known'],
  events: readonly RecordedEvent[],
): Fold<State>['known'] => {
  const found: Partial<Record<string, SealedHandle>> = { ...known };
  for (const event of events) {
    const spec = catalogue[event.type];
    for (const field of Object.keys(event.personal)) {
      const handle = spec === undefined ? null : handleOf(event, spec, field);
      if (handle !== null) found[field] = handle;
    }
  }
  return found;
};
