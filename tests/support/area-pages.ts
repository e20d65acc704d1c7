import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect } from 'vitest';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { findChromium } from '#infra/tooling/chromium.ts';
import { launchBrowser } from './browser.ts';
import { serveWeb } from './serve-web.ts';
import { areaFixture } from './web-fixture-areas.ts';

export type OpenOptions = Parameters<typeof areaFixture>[0] & {
  readonly signedIn?: boolean;
  readonly width?: number;
  readonly script?: boolean;
  readonly locale?: 'en' | 'ar';
};
export type AreaPages = {
  readonly open: (path: string, options?: OpenOptions) => Promise<Page>;
  readonly url: () => string;
  readonly context: () => BrowserContext;
  /** Says over the live stream that a view changed. */
  readonly tell: (name: string, id: string) => void;
};

/** `npm test` says loudly that the browser tests are left out where there is none. */
export const hasChromium = findChromium() !== undefined;

const axeSource = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

/** Pages beyond the inbox in a real browser, with the application answered from memory. A fault in a page's console fails its test. */
export const useAreaPages = (): AreaPages => {
  let browser: Browser;
  let context: BrowserContext;
  let server: Awaited<ReturnType<typeof serveWeb>>;
  let tell: AreaPages['tell'] = () => undefined;
  const faults: string[] = [];

  beforeAll(async () => {
    await ensureWebBuilt();
    browser = await launchBrowser();
  });
  afterAll(() => browser.close());
  afterEach(async () => {
    await context.close();
    await server.close();
    expect(faults.splice(0), 'faults on the page or breaches of its policy').toEqual([]);
  });

  const open = async (
    path: string,
    { signedIn = true, width = 1440, script = true, locale = 'en', ...given }: OpenOptions = {},
  ): Promise<Page> => {
    const fixture = areaFixture({ stepMs: 60, ...given });
    const listeners: ((views: readonly { name: string; id?: string }[]) => void)[] = [];
    tell = (name, id) => {
      for (const listener of listeners) listener([{ name, id }]);
    };
    server = await serveWeb({
      ...fixture,
      onChange: (listener) => {
        fixture.onChange(listener);
        listeners.push(listener);
      },
    });
    const look = { viewport: { width, height: 900 }, locale: 'en-GB', timezoneId: 'Africa/Cairo' };
    context = await browser.newContext({ reducedMotion: 'reduce', ...look, javaScriptEnabled: script, acceptDownloads: true });
    const cookies = [{ name: 'vc_locale', value: locale }, ...(signedIn ? [{ name: 'vc_session', value: fixture.token }] : [])];
    await context.addCookies(cookies.map((cookie) => ({ ...cookie, url: server.url })));
    const page = await context.newPage();
    page.on('pageerror', (fault) => faults.push(fault.message));
    page.on('console', (line) => {
      if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) faults.push(line.text());
    });
    await page.goto(`${server.url}${path}`);
    if (script) await page.locator('html[data-ready]').waitFor({ state: 'attached' });
    return page;
  };
  return {
    open,
    url: () => server.url,
    context: () => context,
    tell: (name, id) => {
      tell(name, id);
    },
  };
};

/** What axe finds, each with its first place. */
export const axeFindings = async (page: Page): Promise<unknown> => {
  await page.evaluate(axeSource);
  return page.evaluate(
    'axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`))',
  );
};

/** Where the browser keeps things beyond the page itself. */
export const keptByBrowser = (page: Page): Promise<string> =>
  page.evaluate<string>('JSON.stringify([location.href, document.title, { ...sessionStorage }, { ...localStorage }, history.state])');
