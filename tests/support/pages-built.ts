import { ensureWebBuilt } from '#infra/tooling/build-web.ts';

/** The web app's own types are written by its build, and browser tests serve it: built once, then only after a change. */
export const setup = async (): Promise<void> => {
  await ensureWebBuilt();
};
