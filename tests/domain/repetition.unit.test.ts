import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sealForm } from '#tests/support/decider-spec.ts';
import { stepArbitraries } from '#tests/support/history.ts';
import type { Step } from '#tests/support/history-step.ts';
import { minute } from '#tests/support/sample.ts';

/** A wrong password given twice is two wrong passwords, a search made twice two searches; there the command's id alone tells a repetition. */
const countsEach = ({ name }: Step, recorded: readonly { readonly type: string }[]): boolean =>
  name === 'RecordSearch' || (name === 'SignIn' && recorded.some(({ type }) => type === 'SignInRefused'));

describe.each(Object.entries(stepArbitraries))('%s', (_, arbitrary: fc.Arbitrary<Step>) => {
  it('records nothing when a command is repeated, after any history', () => {
    let accepted = 0;
    const property = fc.property(fc.array(arbitrary, { minLength: 1, maxLength: 30 }), (steps) => {
      const states = new Map<string, unknown>();
      steps.forEach((step, n) => {
        const decision = step.decide(states.get(step.stream) ?? step.initial, minute(n));
        const recorded = decision.kind === 'accepted' ? decision.events : [];
        const state = recorded.reduce<unknown>(
          (before, event) => step.evolve(before, sealForm(event)),
          states.get(step.stream) ?? step.initial,
        );
        states.set(step.stream, state);
        accepted += recorded.length;
        if (decision.kind === 'refused' || countsEach(step, recorded)) return;
        const again = step.again(state, minute(n));
        expect({ [step.name]: again.kind === 'accepted' ? again.events.map(({ type }) => type) : [] }).toEqual({ [step.name]: [] });
      });
    });
    fc.assert(property);
    expect(accepted).toBeGreaterThan(20);
  });
});
