import { mkdirSync } from 'node:fs';
import type { ProcessId } from '#domain/erasure/commands.ts';
import type { Clock } from '#domain/ports.ts';
import { newId } from '#infra/app/new-id.ts';
import { openProcessesFile } from './database.ts';
import { createHeldUpNotes, type HeldUpNotes } from './held-up.ts';
import { type Lease, leasesOf } from './lease.ts';
import { createQuestions, type Forget, type Gathered, type OnForget, POLL_MS } from './questions.ts';
import { createRegister, type LivingProcess, type ProcessRole } from './register.ts';

const HEARTBEAT_MS = 1_000;

export type Processes = {
  /** Of this process: a new one at every start. */
  readonly id: ProcessId;
  readonly roles: readonly ProcessRole[];
  /** All processes of the data folder that live now, this one too; clears up behind dead ones. */
  readonly living: () => readonly LivingProcess[];
  /** Whether another living process has this role. */
  readonly othersHave: (role: ProcessRole) => boolean;
  readonly lease: (name: string) => Lease;
  /** How this process forgets a person. Until it is told, an erasure waits for this process. */
  readonly onForget: (handler: OnForget) => void;
  /** Asks all that may hold keys: `createQuestions`. */
  readonly ask: (question: Forget, timeoutMs: number) => Promise<Gathered>;
  /** What stands in the way of erasures. */
  readonly heldUp: HeldUpNotes;
  /** After everything that may hold a key is closed. */
  readonly close: () => void;
};

type Options = {
  readonly folder: string;
  readonly roles: readonly ProcessRole[];
  /** False for a process that never opens the vault: erasures need not wait for it. */
  readonly holdsKeys: boolean;
  readonly clock: Clock;
  /** Something was tried in the background and failed; it is tried again. */
  readonly onFault?: (error: unknown) => void;
};

/**
 * Makes this process one of the data folder's. Comes before the vault is opened: an erasure asks everybody who is registered, so that nobody
 * can hold a key unasked.
 */
export const openProcesses = ({ folder, roles, holdsKeys, clock, onFault = () => undefined }: Options): Processes => {
  const id = newId<'process'>();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const db = openProcessesFile(folder);
  const register = createRegister(db, folder);
  const leave = enterOr(
    () => db.close(),
    () => register.enter({ id, roles, mayHoldKeys: holdsKeys, startedAt: clock.now() }),
  );
  const questions = createQuestions({
    db,
    self: id,
    clock,
    holders: () => register.living(id).filter((each) => each.mayHoldKeys),
    onFault,
  });
  const version = db.prepare('PRAGMA data_version');
  let seen: unknown;
  const timers = [
    every(HEARTBEAT_MS, () => register.beat(id), onFault),
    every(
      POLL_MS,
      () => {
        const now = version.get()?.['data_version'];
        if (now === seen) return;
        questions.look();
        seen = now;
      },
      onFault,
    ),
  ];
  return {
    id,
    roles,
    living: () => {
      register.sweep(id);
      return register.living(id);
    },
    othersHave: (role) => register.living(id).some((each) => each.id !== id && each.roles.includes(role)),
    lease: leasesOf(db, { folder, processId: id, onFault }),
    onForget: questions.onForget,
    ask: questions.ask,
    heldUp: createHeldUpNotes({ db, living: () => register.living(id), clock }),
    close: () => {
      if (!db.isOpen) return;
      for (const timer of timers) clearInterval(timer);
      try {
        leave();
      } finally {
        db.close();
      }
    },
  };
};

const enterOr = <T>(close: () => void, enter: () => T): T => {
  try {
    return enter();
  } catch (error) {
    close();
    throw error;
  }
};

/** Keeps no process from ending, and fails without ending one. */
const every = (ms: number, task: () => void, onFault: (error: unknown) => void): NodeJS.Timeout =>
  setInterval(() => {
    try {
      task();
    } catch (error) {
      onFault(error);
    }
  }, ms).unref();
