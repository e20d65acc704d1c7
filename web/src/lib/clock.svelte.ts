/** One beat for every "2 m ago" and window ring on the page. */
const beatMs = 15_000;
const beat = $state({ at: Date.now() });

/** On the server there is no beat; each request reads the time itself. */
export function now(): number {
  return typeof window === 'undefined' ? Date.now() : beat.at;
}

/** Starts the beat; returns how to stop it. */
export function startClock(): () => void {
  beat.at = Date.now();
  const timer = setInterval(() => (beat.at = Date.now()), beatMs);
  return () => clearInterval(timer);
}
