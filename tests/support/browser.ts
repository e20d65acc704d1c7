import { chromium, type Browser } from 'playwright-core';
import { findChromium } from '#infra/tooling/chromium.ts';

/** The machine's own Chromium, headless. `npm test` leaves the browser tests out, loudly, where there is none; here it is a fault. */
export const launchBrowser = async (): Promise<Browser> => {
  const executablePath = findChromium();
  if (executablePath === undefined) {
    throw Object.assign(new Error('expected chromium in the path, got none'), { code: 'no_chromium' });
  }
  // Root in a container has no user namespace for the sandbox; the pages opened are the product's own.
  return chromium.launch({ executablePath, headless: true, chromiumSandbox: false });
};
