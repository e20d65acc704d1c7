import type { Refusal } from '#domain/decider.ts';
import type { Refused } from '#projections/shown.ts';
import type { Outcome } from './handle-command.ts';

const STATUS = { conflict: 409, invalid: 422, forbidden: 403 } as const satisfies Record<Refusal['kind'], Refused['status']>;

/** The rules' "no" as pages and the API say it. */
export const refusedBy = ({ kind, code }: Refusal): Refused => ({ ok: false, status: STATUS[kind], code });

/** For commands of which only "done" or "no" is asked. */
export const answerOf = (outcome: Outcome): { readonly ok: true } | Refused =>
  outcome.kind === 'refused' ? refusedBy(outcome.refusal) : { ok: true };
