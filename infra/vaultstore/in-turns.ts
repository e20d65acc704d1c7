import { setImmediate as nextTurn } from 'node:timers/promises';

/** A chunk of 64 KiB takes about 2 ms in JavaScript and 0.2 ms in libsodium: others wait no longer than for this many. */
const CHUNKS_PER_TURN = 4;

/** Takes the steps of sealing or opening chunks, and lets the event loop turn in between. */
export const inTurns = async <Step, Answer>(
  work: Generator<Step, Answer>,
): Promise<{ readonly steps: readonly Step[]; readonly answer: Answer }> => {
  const steps: Step[] = [];
  for (;;) {
    const step = work.next();
    if (step.done === true) return { steps, answer: step.value };
    steps.push(step.value);
    if (steps.length % CHUNKS_PER_TURN === 0) await nextTurn();
  }
};
