/** Does `work` for every item, `width` at a time. After a failure nothing new begins; rejects when what runs has ended. */
export const inParallel = async <T>(items: readonly T[], width: number, work: (item: T) => Promise<void>): Promise<void> => {
  const left = items.values();
  let failed = false;
  const lane = async (): Promise<void> => {
    for (const item of left) {
      if (failed) return;
      try {
        await work(item);
      } catch (error) {
        failed = true;
        throw error;
      }
    }
  };
  const lanes = await Promise.allSettled(Array.from({ length: Math.min(width, items.length) }, lane));
  const broken = lanes.find((result) => result.status === 'rejected');
  // What was thrown is thrown on, whatever it is.
  // eslint-disable-next-line @typescript-eslint/only-throw-error -- a settled promise types its reason as any
  if (broken !== undefined) throw broken.reason;
};
