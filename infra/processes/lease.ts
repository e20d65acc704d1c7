import type { DatabaseSync } from 'node:sqlite';
import { setTimeout as wait } from 'node:timers/promises';
import { type ProcessId } from '#domain/erasure/commands.ts';
import { parseId } from '#domain/ids.ts';
import { monotonicMs, openProcessesFile, transact } from './database.ts';
import { isAlive } from './life.ts';

/**
 * How long a lease stands without a sign of its living holder: the holder is frozen, or so busy that it cannot work. With the pause between
 * two tries it bounds a takeover after SIGSTOP to well below five seconds, and outlasts every pause of a healthy process that was seen.
 * A dead holder's lease is free at once.
 */
export const LEASE_TERM_MS = 3_000;
/** Several renewals fit into a term: one that fails or comes late costs nothing. */
export const LEASE_RENEWAL_MS = 500;
/** Who waits for a lease looks this often. */
export const LEASE_TRY_MS = 200;

export type Held = {
  /** Grows with every change of holder. */
  readonly token: bigint;
  /** Aborts when the lease is lost, or when the caller's own signal does. */
  readonly signal: AbortSignal;
  /**
   * Asks now, so that a process that was frozen notices before it acts. True: nobody else has held it since it was taken, and nobody can
   * take it for most of a term. False once, false for ever: `signal` aborts.
   */
  readonly stillHeld: () => boolean;
};

export type Lease = {
  /**
   * Runs `work` whenever this lease can be had, until `signal` aborts or `work` ends by itself. `work` must end soon after `held.signal`
   * aborts; only then is the lease given up, or tried for again. `when`: try only while it says so.
   */
  readonly whileHeld: (
    signal: AbortSignal,
    work: (held: Held) => Promise<void>,
    options?: { readonly when?: () => boolean },
  ) => Promise<void>;
  /** The living process that holds it now. */
  readonly holder: () => ProcessId | null;
};

export type Leases = { readonly lease: (name: string) => Lease; readonly close: () => void };

type LeaseOptions = {
  readonly folder: string;
  /** Whose life the lease hangs on: the process that this thread belongs to. */
  readonly processId: ProcessId;
  /** A try or a renewal failed: it is tried again. */
  readonly onFault?: (error: unknown) => void;
};

/** Leases for a worker thread, over a connection of its own. */
export const openLeases = (options: LeaseOptions): Leases => {
  const db = openProcessesFile(options.folder);
  return { lease: leasesOf(db, options), close: () => db.close() };
};

export const leasesOf = (db: DatabaseSync, { folder, processId, onFault = () => undefined }: LeaseOptions): Leases['lease'] => {
  const select = db.prepare('SELECT token, holder, renewed FROM lease WHERE name = ?');
  const upsert = db.prepare(
    `INSERT INTO lease (name, token, holder, renewed) VALUES (?1, 1, ?2, ?3)
     ON CONFLICT (name) DO UPDATE SET token = token + 1, holder = ?2, renewed = ?3 RETURNING token`,
  );
  const renewal = db.prepare('UPDATE lease SET renewed = ?3 WHERE name = ?1 AND token = ?2 AND holder IS NOT NULL');
  const giveUp = db.prepare('UPDATE lease SET holder = NULL WHERE name = ? AND token = ?');

  const livingHolder = (name: string): { readonly id: ProcessId; readonly renewed: number } | null => {
    const row = select.get(name);
    const id = parseId<'process'>(row?.['holder']);
    return id !== null && (id === processId || isAlive(folder, id)) ? { id, renewed: Number(row?.['renewed']) } : null;
  };
  const isFree = (name: string): boolean => {
    const holder = livingHolder(name);
    // The age counts only for a holder that lives, and so was written since the machine started.
    return holder === null || monotonicMs() - holder.renewed > LEASE_TERM_MS;
  };
  const take = (name: string): bigint | null => {
    // Looked at without the write lock first: most tries end here.
    if (!isFree(name)) return null;
    return transact(db, () => (isFree(name) ? BigInt(Number(upsert.get(name, processId, monotonicMs())?.['token'])) : null));
  };
  const renew = (name: string, token: bigint): boolean => transact(db, () => Number(renewal.run(name, token, monotonicMs()).changes) === 1);
  const release = (name: string, token: bigint): void => {
    transact(db, () => giveUp.run(name, token));
  };
  const tried = <T>(task: () => T): T | null => {
    try {
      return task();
    } catch (error) {
      onFault(error);
      return null;
    }
  };

  return (name) => ({
    holder: () => livingHolder(name)?.id ?? null,
    whileHeld: async (signal, work, { when = () => true } = {}) => {
      while (!signal.aborted) {
        const token = tried(() => (when() ? take(name) : null));
        if (token === null) {
          await pause(signal);
          continue;
        }
        const tenure = beginTenure(signal, () => renew(name, token), onFault);
        try {
          await work({ token, ...tenure.held });
          if (!tenure.isLost()) return;
        } finally {
          tenure.end();
          tried(() => release(name, token));
        }
      }
    },
  });
};

const pause = async (signal: AbortSignal): Promise<void> => {
  try {
    await wait(LEASE_TRY_MS, undefined, { signal, ref: false });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
};

/** From taking the lease to giving it up. `renew`: true when it is renewed, false when another holds it, throws when that cannot be told. */
const beginTenure = (signal: AbortSignal, renew: () => boolean, onFault: (error: unknown) => void) => {
  const lost = new AbortController();
  let renewedAt = monotonicMs();
  const isRenewed = (): boolean => {
    const now = monotonicMs();
    if (!renew()) return false;
    renewedAt = now;
    return true;
  };
  const lose = (): false => {
    lost.abort();
    return false;
  };
  const timer = setInterval(() => {
    try {
      if (!isRenewed()) lose();
    } catch (error) {
      onFault(error);
      // Another may have it by now.
      if (monotonicMs() - renewedAt > LEASE_TERM_MS) lose();
    }
  }, LEASE_RENEWAL_MS);
  timer.unref();
  const stillHeld = (): boolean => {
    if (lost.signal.aborted) return false;
    try {
      return isRenewed() || lose();
    } catch (error) {
      onFault(error);
      return lose();
    }
  };
  return {
    held: { signal: AbortSignal.any([signal, lost.signal]), stillHeld },
    isLost: () => lost.signal.aborted,
    end: () => clearInterval(timer),
  };
};
