/**
 * Long work in short slices. Whoever works on views or projections asks `breathe()` after each small step: it goes on at once while the
 * current slice lasts, and otherwise waits for a turn of its own. Turns are given out one per round of the event loop, so that nine
 * projections catching up together hold it no longer than one would.
 */
const SLICE_MS = 4;

let sliceStarted = 0;
const waiting: (() => void)[] = [];

const giveTurn = (): void => {
  const next = waiting.shift();
  if (waiting.length > 0) setImmediate(giveTurn);
  sliceStarted = performance.now();
  next?.();
};

/** Goes on in a later round of the event loop, alone. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    waiting.push(resolve);
    if (waiting.length === 1) setImmediate(giveTurn);
  });

export const breathe = (): Promise<void> | void => (performance.now() - sliceStarted < SLICE_MS ? undefined : nextTurn());
