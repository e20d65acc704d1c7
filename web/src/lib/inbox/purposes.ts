import type { Application } from '#projections/application.ts';

type RevealPurpose = Parameters<Application['revealContact']>[2];

/** What a person may answer when asked why; the trail keeps the code. */
export const revealPurposes = [
  'answer-customer',
  'identify-customer',
  'handle-request',
  'investigate',
] as const satisfies readonly RevealPurpose[];
export type AskedPurpose = (typeof revealPurposes)[number];

export function isRevealPurpose(text: string): text is AskedPurpose {
  return revealPurposes.some((purpose) => purpose === text);
}
