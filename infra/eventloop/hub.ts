/** Tells waiting subscribers that the log may have grown. A counter, so that growth between a read and the wait is not missed. */
export type Hub = {
  readonly wake: () => void;
  readonly version: () => number;
  /** Resolves when `version` is no longer `seen`, or when `signal` aborts. */
  readonly changed: (seen: number, signal: AbortSignal) => Promise<void>;
};

export const createHub = (): Hub => {
  let version = 0;
  const waiters = new Set<() => void>();
  return {
    wake: () => {
      version += 1;
      const woken = [...waiters];
      waiters.clear();
      for (const resume of woken) resume();
    },
    version: () => version,
    changed: (seen, signal) =>
      new Promise((resolve) => {
        if (version !== seen || signal.aborted) return resolve();
        const resume = () => {
          waiters.delete(resume);
          signal.removeEventListener('abort', resume);
          resolve();
        };
        waiters.add(resume);
        signal.addEventListener('abort', resume, { once: true });
      }),
  };
};
