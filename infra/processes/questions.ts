import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import type { ProcessId } from '#domain/erasure/commands.ts';
import { type ErasureId, type IsoTime, parseId, parseTime, type SubjectId, type TenantId } from '#domain/ids.ts';
import type { Clock } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { monotonicMs, transact } from './database.ts';
import { ProcessFault } from './fault.ts';
import type { LivingProcess } from './register.ts';

/** How soon a process sees what others ask or answer. The look costs 2 µs. */
export const POLL_MS = 20;
/**
 * A process whose heart (one beat a second) was silent this long is frozen, or so busy that nobody can say what it holds: the question fails
 * now, loudly, instead of at the end of its time.
 */
const SILENT_MS = 5_000;
/** One that has just woken, or has just been busy, gets the time of two beats to show it. */
const GRACE_MS = 2_000;
/** A question may wait for other writers of the file a little longer than a heartbeat may. */
const ASK_WAIT_MS = 2_000;

/** Work of the organisation that is under way must end, and what is cached of the person must go. */
export type Forget = { readonly tenant: TenantId; readonly subject: SubjectId; readonly erasureId: ErasureId };
/** @returns false when work did not end in time: the process cannot say that it has forgotten */
export type OnForget = (tenant: TenantId, subject: SubjectId) => Promise<boolean>;
export type Acknowledgement = { readonly processId: ProcessId; readonly drainedAt: IsoTime };
export type Gathered = {
  /** Who lives at the end and may hold keys; each has acknowledged. */
  readonly processes: readonly ProcessId[];
  /** Also of those that ended meanwhile. */
  readonly acknowledgements: readonly Acknowledgement[];
};

type Parts = {
  readonly db: DatabaseSync;
  readonly self: ProcessId;
  readonly clock: Clock;
  /** Those that live now and may hold keys. */
  readonly holders: () => readonly LivingProcess[];
  readonly onFault: (error: unknown) => void;
};

type Row = { readonly id: number; readonly tenant: TenantId; readonly subject: SubjectId };

/** Questions that every process which may hold keys must answer. */
export const createQuestions = ({ db, self, clock, holders, onFault }: Parts) => {
  const insert = db.prepare('INSERT INTO question (asker, tenant, subject, erasure) VALUES (?, ?, ?, ?) RETURNING id');
  const remove = db.prepare('DELETE FROM question WHERE id = ?');
  const removeAnswers = db.prepare('DELETE FROM answer WHERE question = ?');
  const open = db.prepare(
    'SELECT id, tenant, subject FROM question AS q WHERE NOT EXISTS (SELECT 1 FROM answer WHERE question = q.id AND process = ?)',
  );
  // A question that was given up meanwhile takes no answer.
  const record = db.prepare('INSERT OR IGNORE INTO answer SELECT id, ?2, ?3, ?4 FROM question WHERE id = ?1');
  const answers = db.prepare('SELECT process, done, at FROM answer WHERE question = ?');
  const running = new Set<number>();
  let onForget: OnForget | null = null;

  const answer = async ({ id, tenant, subject }: Row, handler: OnForget): Promise<void> => {
    running.add(id);
    try {
      const isDone = await handler(tenant, subject).catch((error: unknown) => {
        onFault(error);
        return false;
      });
      transact(db, () => record.run(id, self, isDone ? 1 : 0, clock.now()));
    } catch (error) {
      onFault(error);
    } finally {
      running.delete(id);
    }
  };
  /** Begins to answer what is not answered yet. */
  const look = (): void => {
    const handler = onForget;
    if (handler === null) return;
    for (const row of open.all(self).map(rowOf)) if (!running.has(row.id)) void answer(row, handler);
  };

  const gather = async (id: number, timeoutMs: number): Promise<Gathered> => {
    for (const askedAt = monotonicMs(); ; await wait(POLL_MS)) {
      look();
      // Looked up anew each time: who began meanwhile found the question, who ended has nothing left to forget.
      const processes = holders();
      const given = new Map(answers.all(id).map((row) => [String(row['process']), row]));
      const undone = processes.filter((each) => given.get(each.id)?.['done'] === 0);
      if (undone.length > 0) throw new ProcessFault('PROCESS_NOT_DRAINED', SAYS_UNDONE, undone);
      const missing = processes.filter((each) => !given.has(each.id));
      if (missing.length === 0)
        return { processes: processes.map((each) => each.id), acknowledgements: [...given.values()].flatMap(acknowledgementOf) };
      const waitedMs = monotonicMs() - askedAt;
      // The asker itself is not silent: it is asking.
      const silent = waitedMs < GRACE_MS ? [] : missing.filter((each) => each.id !== self && each.heartbeatAgeMs > SILENT_MS);
      if (silent.length > 0) throw new ProcessFault('PROCESS_NOT_ANSWERING', SAYS_SILENT, silent);
      if (waitedMs > timeoutMs) throw new ProcessFault('PROCESS_NOT_ANSWERING', SAYS_SLOW, missing);
    }
  };
  const giveUp = (id: number): void => {
    remove.run(id);
    removeAnswers.run(id);
  };

  return {
    look,
    onForget: (handler: OnForget): void => {
      onForget = handler;
      look();
    },
    /**
     * Asks every living process that may hold keys, this one too. Those that end meanwhile no longer count: their memory is gone. Throws
     * `PROCESS_NOT_ANSWERING` or `PROCESS_NOT_DRAINED`, naming them.
     */
    ask: async ({ tenant, subject, erasureId }: Forget, timeoutMs: number): Promise<Gathered> => {
      // Whoever registers after this transaction finds the question; whoever registered before it is among the living.
      const id = transact(db, () => Number(insert.get(self, tenant, subject, erasureId)?.['id']), ASK_WAIT_MS);
      try {
        return await gather(id, timeoutMs);
      } finally {
        transact(db, () => giveUp(id), ASK_WAIT_MS);
      }
    },
  };
};

const SAYS_UNDONE = 'expected work for the organisation to end in time, it did not in';
const SAYS_SILENT = 'expected every process to forget the person, these are frozen (wake them or end them):';
const SAYS_SLOW = 'expected every process to forget the person in time, these did not answer:';

const acknowledgementOf = (row: Readonly<Record<string, unknown>>): readonly Acknowledgement[] => {
  const processId = parseId<'process'>(row['process']);
  const drainedAt = parseTime(row['at']);
  return processId === null || drainedAt === null || row['done'] === 0 ? [] : [{ processId, drainedAt }];
};

const rowOf = (row: Readonly<Record<string, unknown>>): Row => {
  const tenant = parseId<'tenant'>(row['tenant']);
  const subject = parseId<'subject'>(row['subject']);
  if (tenant === null || subject === null) throw new StoreFault('STORE_DAMAGED', 'The list of processes is damaged: stop all, delete it.');
  return { id: Number(row['id']), tenant, subject };
};
