import { RATE_ADDRESSES, RATE_WINDOW_MS, SIGN_IN_PER_MINUTE } from './limits.ts';

/** Counts attempts per address in windows of one minute. In memory only: an address is personal data. */
export type Limiter = {
  /** Counts one attempt. @returns 0 when it may go on, else the seconds until it may */
  readonly wait: (address: string) => number;
};

/** One count for both doors, the form of the pages and the API: a guesser must not have two tries for one. */
export const createSignInLimiter = (now: () => number = () => performance.now()): Limiter => {
  const windows = new Map<string, { count: number; readonly endsAt: number }>();
  return {
    wait: (address) => {
      const at = now();
      let window = windows.get(address);
      if (window === undefined || window.endsAt <= at) {
        windows.delete(address);
        window = { count: 0, endsAt: at + RATE_WINDOW_MS };
        makeRoom(windows);
        windows.set(address, window);
      }
      window.count += 1;
      return window.count > SIGN_IN_PER_MINUTE ? Math.ceil((window.endsAt - at) / 1_000) : 0;
    },
  };
};

/** The oldest window goes first; a Map keeps the order in which windows began. */
const makeRoom = (windows: Map<string, unknown>): void => {
  const [oldest] = windows.keys();
  if (windows.size >= RATE_ADDRESSES && oldest !== undefined) windows.delete(oldest);
};
