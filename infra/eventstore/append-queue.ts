import type { AppendResult, ExpectedRevision } from '#domain/ports.ts';
import type { StreamName } from '#domain/ids.ts';
import type { StoredEvent } from './codec.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';

/** One append on its way: a member of the group that shares a transaction and a sync. */
export type Member = { readonly stream: StreamName; readonly expected: ExpectedRevision; readonly events: readonly StoredEvent[] };

/** What became of a member. A fault of one member leaves the others alone. */
export type Outcome = AppendResult | StoreFault;

/** Events that may wait. Behind that the caller hears STORE_BUSY at once, instead of memory growing while the disk is slow. */
export const MAX_QUEUED_EVENTS = 10_000;
/** Events of one transaction. At 10–20 µs each a group holds the event loop for about 5 ms at most. */
export const MAX_GROUP_EVENTS = 256;

/** What one group took, for the metrics: `waitedMs` is the longest wait of a member before its group began, `durationMs` the group itself. */
export type GroupDone = { readonly events: number; readonly members: number; readonly durationMs: number; readonly waitedMs: number };

export type AppendQueue = {
  readonly push: (member: Member, signal?: AbortSignal) => Promise<AppendResult>;
  /** Events that wait to be written. */
  readonly queued: () => number;
  /** Refuses new members and resolves when all accepted ones have their answer. */
  readonly close: () => Promise<void>;
};

type Waiting = {
  readonly member: Member;
  readonly signal: AbortSignal | undefined;
  /** By `performance.now()`. */
  readonly since: number;
  readonly settle: (outcome: Outcome | { readonly aborted: unknown }) => void;
};

/**
 * Group commit: everything that arrives during one turn of the event loop is written together; nobody waits for a timer, so a lone
 * caller pays one sync and no delay. `write` makes a group durable and answers each member; when it throws, every member gets the fault.
 */
export const createAppendQueue = (
  write: (group: readonly Member[]) => Promise<readonly Outcome[]>,
  onGroup?: (group: GroupDone) => void,
): AppendQueue => {
  let waiting: Waiting[] = [];
  let queuedEvents = 0;
  let draining: Promise<void> | null = null;
  let closed = false;

  const nextGroup = (): Waiting[] => {
    let events = 0;
    let size = 0;
    for (const { member } of waiting) {
      if (size > 0 && events + member.events.length > MAX_GROUP_EVENTS) break;
      events += member.events.length;
      size += 1;
    }
    const group = waiting.slice(0, size);
    waiting = waiting.slice(size);
    queuedEvents -= events;
    return group.filter((entry) => !dropAborted(entry));
  };

  const drain = async (): Promise<void> => {
    while (waiting.length > 0) {
      await new Promise(setImmediate);
      const group = nextGroup();
      if (group.length === 0) continue;
      const started = performance.now();
      await settleGroup(group, write);
      onGroup?.(groupDone(group, started));
    }
    // In the same step as the last look at the queue: whoever comes next starts a new round.
    draining = null;
  };

  return {
    push: (member, signal) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new StoreFault('STORE_CLOSED', 'expected an open event log, got one that was closed'));
        if (queuedEvents + member.events.length > MAX_QUEUED_EVENTS) {
          return reject(
            new StoreFault('STORE_BUSY', `expected at most ${String(MAX_QUEUED_EVENTS)} events in the queue, got more: try again`),
          );
        }
        queuedEvents += member.events.length;
        waiting.push({ member, signal, since: performance.now(), settle: (outcome) => settleWith(outcome, resolve, reject) });
        draining ??= drain();
      }),
    queued: () => queuedEvents,
    close: async () => {
      closed = true;
      await draining;
    },
  };
};

const groupDone = (group: readonly Waiting[], started: number): GroupDone => ({
  events: group.reduce((sum, { member }) => sum + member.events.length, 0),
  members: group.length,
  durationMs: performance.now() - started,
  waitedMs: started - Math.min(...group.map(({ since }) => since)),
});

const settleWith = (
  outcome: Outcome | { readonly aborted: unknown },
  resolve: (result: AppendResult) => void,
  reject: (reason: unknown) => void,
) => {
  if (outcome instanceof StoreFault) return reject(outcome);
  if ('aborted' in outcome) return reject(outcome.aborted);
  resolve(outcome);
};

/** A caller may leave while it waits; once its group is being written it gets the true answer. */
const dropAborted = (entry: Waiting): boolean => {
  if (entry.signal?.aborted !== true) return false;
  entry.settle({ aborted: entry.signal.reason });
  return true;
};

const missing = () => new StoreFault('STORE_UNAVAILABLE', 'expected an answer for each append of a group, got fewer');

const settleGroup = async (group: readonly Waiting[], write: (group: readonly Member[]) => Promise<readonly Outcome[]>): Promise<void> => {
  try {
    const outcomes = await write(group.map((entry) => entry.member));
    group.forEach((entry, index) => entry.settle(outcomes[index] ?? missing()));
  } catch (error) {
    const fault =
      error instanceof StoreFault ? error : new StoreFault('STORE_UNAVAILABLE', 'The event log could not be written.', { cause: error });
    group.forEach((entry) => entry.settle(fault));
  }
};
