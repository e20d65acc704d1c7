/** Whole percents of what is not done yet: never 100, and never more than was reached. */
export const percentOf = (done: number): number => Math.floor(99 * Math.min(1, Math.max(0, done)));
