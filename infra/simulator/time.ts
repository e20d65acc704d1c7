/** Virtual time for what people see (windows, expiry, timestamps); real timers for what happens next. */

export type VirtualClock = {
  readonly now: () => number;
  readonly offsetMs: () => number;
  readonly advance: (ms: number) => void;
  readonly reset: () => void;
};

export function createClock(): VirtualClock {
  let offset = 0;
  return {
    now: () => Date.now() + offset,
    offsetMs: () => offset,
    advance: (ms) => {
      offset += ms;
    },
    reset: () => {
      offset = 0;
    },
  };
}

export type Timers = {
  readonly after: (ms: number, run: () => void) => void;
  readonly clear: () => void;
};

/** All timers of one simulator, so that closing it leaves none behind. */
export function createTimers(): Timers {
  const pending = new Set<NodeJS.Timeout>();
  return {
    after: (ms, run) => {
      const timer = setTimeout(() => {
        pending.delete(timer);
        run();
      }, ms);
      pending.add(timer);
    },
    clear: () => {
      for (const timer of pending) clearTimeout(timer);
      pending.clear();
    },
  };
}
