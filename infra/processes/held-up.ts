import type { DatabaseSync } from 'node:sqlite';
import type { ProcessId } from '#domain/erasure/commands.ts';
import { type ErasureId, type IsoTime, parseId, parseTime } from '#domain/ids.ts';
import type { Clock } from '#domain/ports.ts';
import { transact } from './database.ts';
import type { LivingProcess, ProcessRole } from './register.ts';

/** Without a beat of its heart for this long a process is frozen, or so busy that it looks like it; the heart beats once a second. */
const FROZEN_MS = 5_000;
const SAY_WAIT_MS = 2_000;

export type HeldUp = {
  /** Of the fault that the last attempt ended with. */
  readonly code: string;
  readonly at: IsoTime;
  /** Those that it waits for and that still live. */
  readonly processes: readonly {
    readonly processId: ProcessId;
    readonly pid: number;
    readonly roles: readonly ProcessRole[];
    readonly frozen: boolean;
  }[];
};

export type HeldUpNotes = {
  readonly say: (erasureId: ErasureId, code: string, processes: readonly ProcessId[]) => void;
  readonly clear: (erasureId: ErasureId) => void;
  /** Why an erasure that is not complete does not move; null while nothing is known to be wrong. */
  readonly of: (erasureId: ErasureId) => HeldUp | null;
};

type Parts = { readonly db: DatabaseSync; readonly living: () => readonly LivingProcess[]; readonly clock: Clock };

/** What stands in the way of an erasure, for every process to show: whoever serves the page is not who erases. */
export const createHeldUpNotes = ({ db, living, clock }: Parts): HeldUpNotes => {
  const write = db.prepare('INSERT OR REPLACE INTO held_up (erasure, code, processes, at) VALUES (?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM held_up WHERE erasure = ?');
  const select = db.prepare('SELECT code, processes, at FROM held_up WHERE erasure = ?');
  return {
    say: (erasureId, code, processes) => {
      transact(db, () => write.run(erasureId, code, processes.join(' '), clock.now()), SAY_WAIT_MS);
    },
    clear: (erasureId) => {
      if (select.get(erasureId) !== undefined) transact(db, () => remove.run(erasureId), SAY_WAIT_MS);
    },
    of: (erasureId) => {
      const row = select.get(erasureId);
      const at = parseTime(row?.['at']);
      if (row === undefined || at === null) return nobodyErases(living());
      const named = new Set(
        String(row['processes'])
          .split(' ')
          .flatMap((id) => parseId<'process'>(id) ?? []),
      );
      return {
        code: String(row['code']),
        at,
        processes: living()
          .filter(({ id }) => named.has(id))
          .map(shown),
      };
    },
  };

  function nobodyErases(all: readonly LivingProcess[]): HeldUp | null {
    const works = all.some(({ roles }) => roles.includes('worker') || roles.includes('cli'));
    return works ? null : { code: 'NO_WORKER', at: clock.now(), processes: [] };
  }
};

const shown = ({ id, pid, roles, heartbeatAgeMs }: LivingProcess): HeldUp['processes'][number] => ({
  processId: id,
  pid,
  roles,
  frozen: heartbeatAgeMs > FROZEN_MS,
});
