// One page of the built web app in a real browser, with the application answered from memory.
import { existsSync } from 'node:fs';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { serveWeb } from './serve-web.ts';
import { webFixture, type WebFixture } from './web-fixture.ts';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** True, and said aloud, where there is no browser to look with. */
export const noBrowser = (what: string): boolean => {
  const missing = !existsSync(CHROMIUM);
  if (missing) process.stderr.write(`LEFT OUT: ${what}, because there is no ${CHROMIUM}\n`);
  return missing;
};

export const conversation = (n: number): string => (1000 + n).toString(16).padStart(32, '0');

export type Look = {
  readonly width?: number;
  readonly height?: number;
  readonly theme?: 'light' | 'dark';
  readonly script?: boolean;
  readonly more?: number;
};
export type Opened = { readonly page: Page; readonly url: string; readonly context: BrowserContext; readonly fixture: WebFixture };

/** `close` returns what went wrong on the page meanwhile: faults of scripts and breaches of the security policy. */
export const webPages = () => {
  let browser: Browser;
  let opened: (Opened & { readonly stop: () => Promise<void> }) | undefined;
  const faults: string[] = [];
  return {
    start: async (): Promise<void> => {
      await ensureWebBuilt();
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
    },
    stop: () => browser.close(),
    open: async (path: string, { width = 1440, height = 900, theme = 'light', script = true, more = 135 }: Look = {}): Promise<Opened> => {
      const fixture = webFixture({ more });
      const server = await serveWeb(fixture);
      const context = await browser.newContext({
        reducedMotion: 'reduce',
        viewport: { width, height },
        locale: 'en-GB',
        timezoneId: 'Africa/Cairo',
        javaScriptEnabled: script,
      });
      await context.addCookies([
        { name: 'vc_session', value: fixture.token, url: server.url },
        { name: 'vc_theme', value: theme, url: server.url },
      ]);
      const page = await context.newPage();
      opened = { page, url: server.url, context, fixture, stop: server.close };
      page.on('pageerror', (fault) => faults.push(fault.message));
      page.on('console', (line) => {
        if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) faults.push(line.text());
      });
      await page.goto(`${server.url}${path}`);
      if (script) await page.locator('.rows a[tabindex="0"]').waitFor({ state: 'attached' });
      return opened;
    },
    close: async (): Promise<readonly string[]> => {
      await opened?.context.close();
      await opened?.stop();
      return faults.splice(0);
    },
  };
};
