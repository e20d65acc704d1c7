import type { ErasureDetail } from '#projections/pages.ts';

export type Step = ErasureDetail['step'];
export const steps = ['requested', 'fenced', 'destroyed', 'removed', 'verified', 'completed'] as const satisfies readonly Step[];

export const reasons = [
  'no-longer-necessary',
  'consent-withdrawn',
  'objection',
  'unlawful-processing',
  'legal-obligation',
  'child',
  'local-law',
] as const satisfies readonly ErasureDetail['reason'][];

export function isReason(text: string): text is (typeof reasons)[number] {
  return reasons.some((reason) => reason === text);
}

export type StepState = 'done' | 'now' | 'todo';

/** Done once its time is recorded; the first without one is under way, unless all is done. */
export function stepStates({ reached, step }: Pick<ErasureDetail, 'reached' | 'step'>): Readonly<Record<Step, StepState>> {
  const last = steps.indexOf(step);
  const stateOf = (one: Step, index: number): StepState =>
    reached[one] !== undefined || index <= last ? 'done' : index === last + 1 ? 'now' : 'todo';
  return Object.fromEntries(steps.map((one, index) => [one, stateOf(one, index)])) as Record<Step, StepState>;
}

/** From the order to the signature, in milliseconds; undefined while it runs. */
export function durationOf({ reached }: Pick<ErasureDetail, 'reached'>): number | undefined {
  const { requested, completed } = reached;
  return requested === undefined || completed === undefined ? undefined : Math.max(0, Date.parse(completed) - Date.parse(requested));
}
