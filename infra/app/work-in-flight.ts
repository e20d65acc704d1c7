import type { TenantId } from '#domain/ids.ts';

/**
 * Counts the commands that this process is working on, so that an erasure can wait until all that were decided before its fence have
 * ended: only then does the process acknowledge.
 */
export type WorkInFlight = {
  readonly during: <T>(tenant: TenantId, work: () => Promise<T>) => Promise<T>;
  /** Resolves when everything of the tenant that is running now has ended: true, or false when `timeoutMs` passed first. */
  readonly drained: (tenant: TenantId, timeoutMs: number) => Promise<boolean>;
  /** The same for everything, of all tenants: before the stores close under it. */
  readonly ended: (timeoutMs: number) => Promise<boolean>;
};

export const createWorkInFlight = (): WorkInFlight => {
  const running = new Map<TenantId, Set<Promise<unknown>>>();
  const allEnded = async (tasks: readonly Promise<unknown>[], timeoutMs: number): Promise<boolean> => {
    const timer = Promise.withResolvers<boolean>();
    const timeout = setTimeout(() => {
      timer.resolve(false);
    }, timeoutMs);
    const ended = Promise.allSettled(tasks).then(() => true);
    const result = await Promise.race([ended, timer.promise]);
    clearTimeout(timeout);
    return result;
  };
  return {
    during: async (tenant, work) => {
      const own = running.get(tenant) ?? new Set();
      running.set(tenant, own);
      const task = work();
      own.add(task);
      try {
        return await task;
      } finally {
        own.delete(task);
        if (own.size === 0) running.delete(tenant);
      }
    },
    drained: (tenant, timeoutMs) => allEnded([...(running.get(tenant) ?? [])], timeoutMs),
    ended: (timeoutMs) =>
      allEnded(
        [...running.values()].flatMap((tasks) => [...tasks]),
        timeoutMs,
      ),
  };
};
