import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 15;

/** Asks again until there is an answer (not null, not false), and gives up loudly: every wait of a test has a bound. */
export const eventually = async <T>(
  what: string,
  ask: () => Promise<T | null | false> | T | null | false,
  timeoutMs = 15_000,
): Promise<T> => {
  for (const until = performance.now() + timeoutMs; performance.now() < until; await wait(POLL_MS)) {
    const answer = await ask();
    if (answer !== null && answer !== false) return answer;
  }
  throw new Error(`expected in ${String(timeoutMs)} ms: ${what}`);
};
