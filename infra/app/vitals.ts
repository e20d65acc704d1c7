import type { ProcessId } from '#domain/erasure/commands.ts';
import type { GroupDone } from '#infra/eventstore/append-queue.ts';
import type { Processes } from '#infra/processes/processes.ts';
import type { ProcessRole } from '#infra/processes/register.ts';
import type { RevealRefusals } from './reveal-record.ts';

/** Work that one process of the data folder does at a time. */
export const leaseNames = ['projector', 'outbox', 'media', 'erasure', 'binder', 'search'] as const;
export type LeaseName = (typeof leaseNames)[number];

/** Appends of this process to the log. */
export type Appends = {
  /** Calls `listener` after each group. Returns the way to stop. */
  readonly onGroup: (listener: (group: GroupDone) => void) => () => void;
  /** Events that wait to be written. */
  readonly queued: () => number;
};

/** Who works on the data folder, and how: asked by `/metrics`. Ids of machines and counts only. */
export type Vitals = {
  /** Null in a process that only reads the log. */
  readonly appends: Appends | null;
  readonly roles: readonly ProcessRole[];
  readonly processes: () => Folder;
  /** Reveals and searches that this process refused; null in one that reveals nothing. */
  readonly refusals: RevealRefusals['counts'] | null;
};

export type Folder = {
  /** Living processes by role, this one too. */
  readonly living: Readonly<Record<ProcessRole, number>>;
  readonly leases: readonly { readonly name: LeaseName; readonly mine: boolean; readonly pid: number | null }[];
};

export const createVitals = (processes: Processes, appends: Appends | null, refusals: RevealRefusals['counts'] | null = null): Vitals => {
  const holders = leaseNames.map((name) => [name, processes.lease(name).holder] as const);
  return {
    appends,
    refusals,
    roles: processes.roles,
    processes: () => {
      const living = processes.living();
      const pids = new Map<ProcessId, number>(living.map(({ id, pid }) => [id, pid]));
      const count = (role: ProcessRole): number => living.filter(({ roles }) => roles.includes(role)).length;
      return {
        living: { web: count('web'), projector: count('projector'), worker: count('worker'), cli: count('cli') },
        leases: holders.map(([name, holderOf]) => {
          const holder = holderOf();
          return { name, mine: holder === processes.id, pid: holder === null ? null : (pids.get(holder) ?? null) };
        }),
      };
    },
  };
};

/** Hands groups on to whoever listens; the store takes one function at its opening, before anybody does. */
export const createGroupRelay = () => {
  const listeners = new Set<(group: GroupDone) => void>();
  return {
    tell: (group: GroupDone): void => {
      for (const listener of listeners) listener(group);
    },
    onGroup: (listener: (group: GroupDone) => void) => {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
};
