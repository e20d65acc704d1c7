import type { Registry } from 'prom-client';
import type { Vitals } from '../../app/vitals.ts';
import { processRoles } from '../../processes/register.ts';
import { gauge as closedGauge } from './closed.ts';

/** What this process does, and who else works on the data folder. */
export const processMetrics = (register: Registry, vitals: Vitals): (() => void) => {
  const gauge = <T extends string>(name: string, labelNames: readonly T[], help: string) =>
    closedGauge({ name, help, labelNames, registers: [register] });
  const own = gauge('vconnect_process_role', ['role'], '1 for each role of this process, else 0.');
  const living = gauge('vconnect_processes', ['role'], 'Living processes of the data folder by role; one may have several.');
  const held = gauge('vconnect_lease_held', ['lease'], '1 while this process holds the lease and does its work, else 0.');
  const holder = gauge(
    'vconnect_lease_holder_pid',
    ['lease'],
    'System id of the process that holds the lease; 0 while nobody does the work.',
  );
  for (const role of processRoles) own.set({ role }, vitals.roles.includes(role) ? 1 : 0);
  return () => {
    for (const each of [living, held, holder]) each.reset();
    const folder = vitals.processes();
    for (const role of processRoles) living.set({ role }, folder.living[role]);
    for (const { name: lease, mine, pid } of folder.leases) {
      held.set({ lease }, mine ? 1 : 0);
      holder.set({ lease }, pid ?? 0);
    }
  };
};
