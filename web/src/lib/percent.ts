/** Whole percents of what is not done yet: never 100, and never more than was reached. */
export const percentOf = (done: number): number => Math.min(99, Math.max(0, Math.floor(100 * done)));
