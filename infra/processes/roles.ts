import type { ProcessRole } from './register.ts';

/** What `vconnect start --role` takes. */
export const startRoles = ['all', 'web', 'projector', 'worker'] as const;
export type StartRole = (typeof startRoles)[number];

/** `cli`: one verb of the command line; it does what it needs done only where no living process has the role. */
export type OpenAs = Exclude<StartRole, 'projector'> | 'cli';

export const rolesOf = (role: StartRole | 'cli'): readonly ProcessRole[] => (role === 'all' ? ['web', 'projector', 'worker'] : [role]);
