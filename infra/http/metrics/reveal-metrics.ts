import type { Registry } from 'prom-client';
import { refusalReasons, type RevealRefusals } from '../../app/reveal-record.ts';
import { counter } from './closed.ts';

/** A number that climbs is an account that looks at too many people, or at what is not for it: worth an alarm. */
export const revealMetrics = (register: Registry, refusals: RevealRefusals['counts'] | null): (() => void) => {
  const refused = counter({
    name: 'vconnect_reveals_refused_total',
    help: 'Looks at personal values, and searches, that were refused: by the reason of the denial or the limit that was reached.',
    labelNames: ['reason'],
    registers: [register],
  });
  return () => {
    refused.reset();
    for (const reason of refusalReasons) refused.inc({ reason }, refusals?.().get(reason) ?? 0);
  };
};
