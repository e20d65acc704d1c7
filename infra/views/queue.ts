/** Runs one after the other: writes that share a connection share its transaction. */
export type Queue = {
  readonly run: <T>(work: () => T | Promise<T>) => Promise<T>;
  /** When all that was queued so far has ended. */
  readonly idle: () => Promise<void>;
};

export const createQueue = (): Queue => {
  let last: Promise<void> = Promise.resolve();
  return {
    run: (work) => {
      const mine = last.then(work);
      last = mine.then(
        () => undefined,
        () => undefined,
      );
      return mine;
    },
    idle: () => last,
  };
};
