import type { Decider, Refusal } from '#domain/decider.ts';
import type { EventCatalogue } from '#domain/define-events.ts';
import { type IsoTime, streamName, type StreamName } from '#domain/ids.ts';
import type { CommandContext, NewEvent } from '#domain/message.ts';
import type { EventStore } from '#domain/ports.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { type PlainEvent, sealedFields, sealRequests } from '#vault/seal-event.ts';
import type { SealRequest, Vault } from '#vault/vault.ts';
import type { CommandMemory } from './command-memory.ts';
import type { FollowingContext } from './context.ts';
import { fault } from './fault.ts';
import { cachedFold, type Fold, type FoldCache, foldFurther } from './fold.ts';
import { eventIdOf, newId } from './new-id.ts';
import { createTurns } from './turns.ts';
import type { WorkInFlight } from './work-in-flight.ts';

/** Losing a race this often means something other than a race: answer 503 and let the caller try later. */
const MAX_CONFLICTS = 12;

export type At = { readonly at: IsoTime };

/** An aggregate's rules with the table of its events. */
export type Aggregate<State, Command, Facts> = {
  readonly decider: Decider<State, Command & At, Facts, PlainEvent, never>;
  readonly catalogue: EventCatalogue;
};

/** `changed`: false when the command was done already (then with what it led to, and where that stands) or changes nothing. */
export type Outcome =
  | { readonly kind: 'done'; readonly changed: boolean; readonly position: bigint; readonly events: readonly NewEvent[] }
  | { readonly kind: 'refused'; readonly refusal: Refusal };

/** The newest handle of each personal field in the stream: for facts that the machine gathers by opening. */
export type Known = Readonly<Partial<Record<string, SealedHandle>>>;
export type GatherFacts<State, Facts> = (state: State, known: Known) => Facts | Promise<Facts>;

export type CommandHandler = {
  readonly handle: <State, Command, Facts>(
    aggregate: Aggregate<State, Command, Facts>,
    id: string,
    command: Command,
    context: CommandContext | FollowingContext,
    facts: GatherFacts<State, Facts>,
    /**
     * `cache`: begin with the fold that was just put there (`foldMany`), for many commands at once. Should it be stale after all, the append
     * conflicts and the log is read.
     */
    from?: 'log' | 'cache',
  ) => Promise<Outcome>;
  /** The present state, without a command. */
  readonly load: <State, Command, Facts>(
    aggregate: Aggregate<State, Command, Facts>,
    tenant: CommandContext['tenant'],
    id: string,
  ) => Promise<{ readonly state: State; readonly known: Known; readonly revision: bigint | null }>;
};

type Parts = { readonly store: EventStore; readonly vault: Vault; readonly folds: FoldCache; readonly inFlight: WorkInFlight };

/** The one place where decisions meet I/O: load → fold → (done already?) → facts → decide → seal → append, again on conflict. */
export const createCommandHandler = ({ store, vault, folds, inFlight }: Parts, turns = createTurns()): CommandHandler => ({
  handle: (aggregate, id, command, context, facts, from = 'log') => {
    const stream = streamName(context.tenant, aggregate.decider.category, id);
    const attempt = async (): Promise<Outcome> => {
      let taken: Error | null = null;
      for (let races = 0; races < MAX_CONFLICTS; races += 1) {
        const known = races === 0 && from === 'cache' ? cachedFold(folds, aggregate, stream) : null;
        const fold = known ?? (await foldFurther(store, folds, aggregate, stream));
        const repeated = await findRepetition(store, stream, fold.commands, context.commandId);
        if (repeated !== null) return repeated;
        if (taken !== null) throw taken;
        const decision = aggregate.decider.decide(fold.state, { ...command, at: context.at }, await facts(fold.state, fold.known));
        if (decision.kind === 'refused') return { kind: 'refused', refusal: decision.refusal };
        if (decision.events.length === 0) return { kind: 'done', changed: false, position: fold.position, events: [] };
        const sealed = await seal(vault, aggregate.catalogue, stream, decision.events, causedBy(context, fold));
        if (sealed === 'fenced') return { kind: 'refused', refusal: { kind: 'conflict', code: 'subject-erased' } };
        const result = await store.append(stream, fold.revision ?? 'none', sealed).catch(takenOrThrow);
        if (result instanceof Error) taken = result;
        else if (result.kind === 'appended') return { kind: 'done', changed: !result.repeated, position: result.position, events: sealed };
      }
      throw fault(
        'APP_TOO_MANY_CONFLICTS',
        `expected to append to a ${aggregate.decider.category} stream, lost ${String(MAX_CONFLICTS)} races`,
      );
    };
    return inFlight.during(context.tenant, () => turns.take(stream, attempt));
  },
  load: async (aggregate, tenant, id) => {
    const { state, known, revision } = await foldFurther(store, folds, aggregate, streamName(tenant, aggregate.decider.category, id));
    return { state, known, revision };
  },
});

/**
 * A command that the stream has taken in already is done, whatever the present state would decide: redelivered after a restart, after any
 * number of other commands, or when the rules would now refuse it.
 */
const findRepetition = async (
  store: EventStore,
  stream: StreamName,
  commands: CommandMemory,
  commandId: CommandContext['commandId'],
): Promise<Outcome | null> => {
  const from = commands.find(commandId);
  if (from === null) return null;
  const events = (await store.readStream(stream, { from })).filter((event) => event.meta.commandId === commandId);
  const last = events.at(-1);
  return last === undefined ? null : { kind: 'done', changed: false, position: last.position, events };
};

/** The same command came in elsewhere meanwhile and was decided otherwise there: the next round finds it in the stream. */
const takenOrThrow = (error: unknown): Error => {
  if (error instanceof Error && 'code' in error && error.code === 'EVENT_ID_TAKEN') return error;
  throw error;
};

const causedBy = (context: CommandContext | FollowingContext, { last }: Fold<unknown>): CommandContext =>
  'follows' in context ? { ...context, ...(last ?? { correlationId: newId<'correlation'>(), causationId: null }) } : context;

/** Envelopes are durable before the events that name them. */
const seal = async (
  vault: Vault,
  catalogue: EventCatalogue,
  stream: StreamName,
  events: readonly PlainEvent[],
  context: CommandContext,
): Promise<readonly NewEvent[] | 'fenced'> => {
  const prepared = events.map((event, index) => {
    const spec = catalogue[event.type];
    if (spec === undefined) throw fault('APP_EVENT_NOT_DECLARED', 'expected a declared event');
    const eventId = eventIdOf(context.commandId, stream, index);
    const requests = sealRequests(event, spec, { tenant: context.tenant, stream, eventId, recordedAt: context.at });
    return { event, version: spec.version, eventId, requests };
  });
  const requests = prepared.flatMap((each): readonly SealRequest[] => each.requests);
  const result = requests.length === 0 ? { kind: 'sealed' as const, sealed: [] } : await vault.seal(requests);
  if (result.kind === 'fenced') return 'fenced';
  let taken = 0;
  return prepared.map(({ event, version, eventId, requests: own }) => {
    const personal = sealedFields(own, result.sealed.slice(taken, taken + own.length));
    taken += own.length;
    return { id: eventId, type: event.type, version, data: event.data, personal, meta: metaOf(context) };
  });
};

const metaOf = ({ commandId, correlationId, causationId, actor, at }: CommandContext): NewEvent['meta'] => ({
  commandId,
  correlationId,
  causationId,
  recordedAt: at,
  actor,
});
