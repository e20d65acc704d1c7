import type { Category, IsoTime } from './ids.ts';

/** The rules say no. `conflict`: not in this state (HTTP 409). `invalid`: not with these values (HTTP 422). `forbidden`: not by this role (HTTP 403). */
export type Refusal = { readonly kind: 'conflict' | 'invalid' | 'forbidden'; readonly code: string };

/** Every command reaches its decider with the time at which it was given, ours: the only clock that the rules know. */
export type At = { readonly at: IsoTime };

export type Decision<PlainEvent> =
  { readonly kind: 'accepted'; readonly events: readonly PlainEvent[] } | { readonly kind: 'refused'; readonly refusal: Refusal };

/**
 * Everything the rules of one aggregate are. `decide` and `evolve` are pure, synchronous and total. `evolve` never refuses: it tells
 * what happened. Facts are closed answers that need plaintext or other streams; they are gathered outside, so `decide` opens nothing.
 */
export type Decider<State, Command, Facts, PlainEvent, SealedEvent> = {
  readonly category: Category;
  readonly initial: State;
  readonly decide: (state: State, command: Command, facts: Facts) => Decision<PlainEvent>;
  readonly evolve: (state: State, event: SealedEvent) => State;
};

export const accept = <E>(...events: readonly E[]): Decision<E> => ({ kind: 'accepted', events });

/** Already so: the command is done and changes nothing. */
export const nothing = <E>(): Decision<E> => ({ kind: 'accepted', events: [] });

export const refuse = <E>(kind: Refusal['kind'], code: string): Decision<E> => ({ kind: 'refused', refusal: { kind, code } });
