/** Lets the event loop go on when the caller has held it for `sliceMs`: long work in short slices, without a pause when it is short. */
export const breather = (sliceMs: number): (() => Promise<void> | void) => {
  let started = performance.now();
  return () => {
    if (performance.now() - started < sliceMs) return;
    return new Promise((resolve) => {
      setImmediate(() => {
        started = performance.now();
        resolve();
      });
    });
  };
};
