import { setTimeout as wait } from 'node:timers/promises';

/** Whether the run still makes new work, and until when it repeats what has no answer. */
export type Stage = {
  readonly isOver: () => boolean;
  /** True until the end of the drain: after it nobody repeats any more. */
  readonly mayRepeat: () => boolean;
  readonly drain: (withinMs: number) => void;
};

export const newStage = (): Stage => {
  let drainUntil: number | null = null;
  return {
    isOver: () => drainUntil !== null,
    mayRepeat: () => drainUntil === null || performance.now() < drainUntil,
    drain: (withinMs) => {
      drainUntil = performance.now() + withinMs;
    },
  };
};

/** Everything that was begun, so that its end can be waited for. */
export type Works = { readonly begin: (work: Promise<void>) => void; readonly allDone: () => Promise<void> };

export const newWorks = (onFault: (error: unknown) => void): Works => {
  const open = new Set<Promise<void>>();
  return {
    begin: (work) => {
      const watched: Promise<void> = work.catch(onFault).finally(() => open.delete(watched));
      open.add(watched);
    },
    allDone: async () => {
      while (open.size > 0) await Promise.all(open);
    },
  };
};

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 2_000;

/** Asks again, with growing pauses, until there is an answer; null when the stage ended before. */
export const untilAnswered = async <T>(stage: Stage, ask: (attempt: number) => Promise<T | null>): Promise<T | null> => {
  for (let attempt = 0; stage.mayRepeat(); attempt += 1) {
    const answer = await ask(attempt);
    if (answer !== null) return answer;
    await wait(Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** attempt));
  }
  return null;
};
