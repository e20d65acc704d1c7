import type { DatabaseSync } from 'node:sqlite';
import type { ProcessId } from '#domain/erasure/commands.ts';
import { type IsoTime, parseId, parseTime } from '#domain/ids.ts';
import { monotonicMs, transact } from './database.ts';
import { beginLife, clearUp, isAlive } from './life.ts';

/** What a process of a data folder does. `cli`: one verb of the command line, then it ends. */
export const processRoles = ['web', 'projector', 'worker', 'cli'] as const;
export type ProcessRole = (typeof processRoles)[number];

export type LivingProcess = {
  readonly id: ProcessId;
  readonly pid: number;
  readonly roles: readonly ProcessRole[];
  readonly startedAt: IsoTime;
  /** Since its heart last beat; it beats once a second. */
  readonly heartbeatAgeMs: number;
  /** It may have opened the vault. */
  readonly mayHoldKeys: boolean;
};

type Me = { readonly id: ProcessId; readonly roles: readonly ProcessRole[]; readonly mayHoldKeys: boolean; readonly startedAt: IsoTime };

/** At the start others may be starting, too. */
const REGISTER_WAIT_MS = 5_000;

/** The rows of all processes, each beside its lock file. */
export const createRegister = (db: DatabaseSync, folder: string) => {
  const insert = db.prepare('INSERT INTO process (id, pid, roles, keys, started_at, beat) VALUES (?, ?, ?, ?, ?, ?)');
  const remove = db.prepare('DELETE FROM process WHERE id = ?');
  const all = db.prepare('SELECT * FROM process ORDER BY id');
  const beat = db.prepare('UPDATE process SET beat = ? WHERE id = ?');
  const dropQuestions = db.prepare('DELETE FROM question WHERE asker = ?');
  const dropAnswers = db.prepare('DELETE FROM answer WHERE question NOT IN (SELECT id FROM question)');

  const rows = (): readonly LivingProcess[] => all.all().flatMap((row) => processOf(row, monotonicMs()));

  /** Inside a transaction: nobody is between its lock and its row then. */
  const sweep = (self: ProcessId): void => {
    const dead = rows().filter(({ id }) => id !== self && !isAlive(folder, id));
    for (const { id } of dead) {
      remove.run(id);
      dropQuestions.run(id);
      clearUp(folder, id);
    }
    if (dead.length > 0) dropAnswers.run();
  };

  return {
    /** @returns its end */
    enter: ({ id, roles, mayHoldKeys, startedAt }: Me): (() => void) => {
      const endLife = transact(
        db,
        () => {
          sweep(id);
          const end = beginLife(folder, id);
          insert.run(id, process.pid, roles.join(' '), mayHoldKeys ? 1 : 0, startedAt, monotonicMs());
          return end;
        },
        REGISTER_WAIT_MS,
      );
      return () => {
        try {
          transact(db, () => remove.run(id), REGISTER_WAIT_MS);
        } finally {
          endLife();
        }
      };
    },
    beat: (id: ProcessId): void => {
      transact(db, () => beat.run(monotonicMs(), id));
    },
    sweep: (self: ProcessId): void => {
      if (rows().some(({ id }) => id !== self && !isAlive(folder, id))) transact(db, () => sweep(self));
    },
    /** Those whose lock is held. */
    living: (self: ProcessId): readonly LivingProcess[] => rows().filter(({ id }) => id === self || isAlive(folder, id)),
  };
};

const processOf = (row: Readonly<Record<string, unknown>>, nowMs: number): readonly LivingProcess[] => {
  const id = parseId<'process'>(row['id']);
  const startedAt = parseTime(row['started_at']);
  if (id === null || startedAt === null) return [];
  return [
    {
      id,
      pid: Number(row['pid']),
      roles: processRoles.filter((role) => String(row['roles']).split(' ').includes(role)),
      startedAt,
      heartbeatAgeMs: Math.max(0, nowMs - Number(row['beat'])),
      mayHoldKeys: row['keys'] !== 0,
    },
  ];
};
