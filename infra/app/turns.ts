/**
 * One after the other for the same key, side by side for different ones. The expected revision keeps a stream right whoever writes to it;
 * turns only keep the commands of one process from losing races against each other, so that a burst to one conversation is not refused.
 */
export type Turns = { readonly take: <T>(key: string, work: () => Promise<T>) => Promise<T> };

export const createTurns = (): Turns => {
  const last = new Map<string, Promise<void>>();
  return {
    take: (key, work) => {
      const mine = (last.get(key) ?? Promise.resolve()).then(work);
      const ended = mine.then(nothing, nothing).then(() => {
        if (last.get(key) === ended) last.delete(key);
      });
      last.set(key, ended);
      return mine;
    },
  };
};

const nothing = (): void => undefined;
