import type { ErasureDetail } from '#projections/pages.ts';

/** Why an erasure waits, and the way out. */
export const heldUpSentence = ({ code, processes }: NonNullable<ErasureDetail['heldUp']>): string => {
  if (processes.length === 0) return `held up (${code}). ${WAYS_OUT[code] ?? 'It is tried again; the log of the server names the place.'}`;
  const each = processes.map(({ pid, roles, frozen }) => `pid ${String(pid)} (${roles.join(', ')}${frozen ? ', frozen' : ''})`);
  const [first] = processes;
  const pid = String(first?.pid);
  return `waiting for ${each.join(', ')}, which may hold the key in memory. Wake it (kill -CONT ${pid}) or end it (kill -KILL ${pid}); the erasure then goes on by itself.`;
};

const WAYS_OUT: Readonly<Partial<Record<string, string>>> = {
  NO_WORKER: 'No process that carries erasures out is running: start one ("vconnect start").',
  APP_VIEWS_LAG: 'The views are behind the log: "vconnect projections" shows how far.',
  VAULT_NOT_DESTROYED: 'Another program keeps the old pages of the keyring open (a backup, a database browser): close it.',
  VAULT_NOT_REMOVED: 'Another program keeps old pages of the vault open (a backup, a database browser): close it.',
  VAULT_HELD: 'A legal hold keeps the key of this person: release it first.',
  STORE_FULL: 'The disk is full: make room.',
  VAULT_STORE_FULL: 'The disk is full: make room.',
};
