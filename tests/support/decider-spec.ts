import { expect } from 'vitest';
import type { Decider, Decision, Refusal } from '#domain/decider.ts';
import { isPlain, type Plain, plainContent, type Sealed } from '#domain/personal.ts';
import { sampleSealed } from './sample.ts';

type PlainEvent = { readonly type: string; readonly data: object; readonly personal: object };

let sealedSoFar = 0;

/** The event as the log would hold it, with made-up references: what `evolve` may see. */
export const sealForm = <Sealed_>(event: PlainEvent): Sealed_ => {
  const personal: Record<string, Sealed> = {};
  for (const field of Object.keys(event.personal)) personal[field] = sampleSealed((sealedSoFar += 1));
  return { ...event, personal } as Sealed_;
};

/** The state after the given events. */
export const stateAfter = <S, C, F, P extends PlainEvent, E>(decider: Decider<S, C, F, P, E>, events: readonly P[]): S =>
  events.reduce((state, event) => decider.evolve(state, sealForm<E>(event)), decider.initial);

/** Given events, when a command comes, then these events, or nothing, or a refusal. */
export const deciderSpec = <S, C, F, P extends PlainEvent, E>(decider: Decider<S, C, F, P, E>) => ({
  given: (...events: readonly P[]) => ({
    when: (command: C, facts: F) => {
      const decision = decider.decide(stateAfter(decider, events), command, facts);
      return {
        decision,
        then: (...expected: readonly P[]) => {
          expect(readable(decision)).toEqual(readable({ kind: 'accepted', events: expected }));
        },
        thenNothing: () => {
          expect(readable(decision)).toEqual({ kind: 'accepted', events: [] });
        },
        thenRefused: (kind: Refusal['kind'], code: string) => {
          expect(decision).toEqual({ kind: 'refused', refusal: { kind, code } });
        },
      };
    },
  }),
});

/** Plain values look alike to a comparison, which is their point; here their content must count. */
const readable = <P extends PlainEvent>(decision: Decision<P>): unknown =>
  decision.kind === 'refused'
    ? decision
    : { ...decision, events: decision.events.map(({ type, data, personal }) => ({ type, data, personal: contents(personal) })) };

const contents = (personal: object): Record<string, unknown> =>
  Object.fromEntries(Object.entries(personal).map(([field, value]) => [field, isPlain(value) ? contentOf(value) : value]));

const contentOf = (value: Plain): unknown => ({ plain: plainContent(value) });
