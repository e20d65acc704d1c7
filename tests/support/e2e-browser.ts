import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { z } from 'zod';
import { findChromium } from '#infra/tooling/chromium.ts';
import { locales, type Locale } from '#lib/i18n/locales.ts';

// The machine's browser asks for nothing of its own while the pages are watched.
const QUIET = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const WAIT_MS = 30_000;

export const chromiumPath = findChromium();
/** Where pictures of the pages go, for a person to look at. Never inside the repository. */
export const SHOTS = join(tmpdir(), 'vconnect-shots');

export const openBrowser = (): Promise<Browser> => chromium.launch({ executablePath: chromiumPath ?? 'chromium', args: QUIET });

export type Look = { readonly locale: Locale; readonly theme?: 'light' | 'dark'; readonly width?: number; readonly height?: number };

/** A person's browser, in their language. What goes wrong on any of its pages is gathered in `faults`. */
export const openDesk = async (browser: Browser, look: Look, faults: string[]): Promise<BrowserContext> => {
  const { locale, theme = 'light', width = 1440, height = 900 } = look;
  const context = await browser.newContext({
    reducedMotion: 'reduce',
    viewport: { width, height },
    locale: locales[locale].tag,
    timezoneId: 'Africa/Cairo',
    colorScheme: theme,
    acceptDownloads: true,
  });
  context.setDefaultTimeout(WAIT_MS);
  context.on('page', (page) => watch(page, faults));
  // Says when the stream of changes is open: from then on what happens elsewhere must appear by itself.
  await context.addInitScript(`{
    const Source = EventSource;
    window.EventSource = class extends Source {
      constructor(...given) { super(...given); this.addEventListener('open', () => { document.documentElement.dataset.e2eLive = 'yes'; }); }
    };
  }`);
  return context;
};

/** The page runs and hears of changes. */
export const live = async (page: Page): Promise<void> => {
  await page.locator('html[data-e2e-live]').waitFor({ state: 'attached' });
};

/** A mark that a reload would wipe away. */
export const mark = (page: Page): Promise<unknown> => page.evaluate('window.e2eMark = true');
export const isMarked = async (page: Page): Promise<boolean> => (await page.evaluate('window.e2eMark === true')) === true;

const watch = (page: Page, faults: string[]): void => {
  page.on('pageerror', (fault) => faults.push(`${pathOf(page)}: ${fault.message}`));
  page.on('console', (line) => {
    // A server that was killed on purpose is missed by the network; everything else is a fault of the page.
    if (line.type() === 'error' && !/net::ERR_|Failed to load resource/.test(line.text())) faults.push(`${pathOf(page)}: ${line.text()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 500) faults.push(`${pathOf(page)}: ${String(response.status())} for ${new URL(response.url()).pathname}`);
  });
};

export const pathOf = (page: Page): string => new URL(page.url()).pathname;

const found = z.array(z.object({ id: z.string(), impact: z.string(), target: z.string() }));

/** What axe calls serious or critical on the page as it stands. `colours`: only what changes with the look. */
export const seriousOn = async (page: Page, only: 'all' | 'colours' = 'all'): Promise<readonly string[]> => {
  const options = only === 'all' ? "{ resultTypes: ['violations'] }" : "{ runOnly: ['color-contrast'], resultTypes: ['violations'] }";
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(AXE);
  const answer = await page.evaluate(
    `axe.run(${options}).then(({ violations }) => violations.filter(({ impact }) => impact === 'serious' || impact === 'critical').map((v) => ({ id: v.id, impact: v.impact, target: v.nodes.map((n) => n.target.join(' ')).slice(0, 3).join(' | ') })))`,
  );
  return found.parse(answer).map(({ id, target }) => `${id}: ${target}`);
};

/** Whether the page is wider than the window, and by what. */
export const overflowOn = async (page: Page): Promise<string> =>
  String(
    await page.evaluate(`(() => {
      const root = document.documentElement;
      if (root.scrollWidth <= innerWidth) return '';
      const wide = [...document.querySelectorAll('body *')].find((node) => { const box = node.getBoundingClientRect(); return box.right > innerWidth + 1 || box.left < -1; });
      return root.scrollWidth + ' px of ' + innerWidth + ': ' + (wide?.outerHTML.slice(0, 120) ?? '');
    })()`),
  );

/** Everything a browser keeps or shows of a page outside of its content. */
export const leftBehind = async (page: Page): Promise<string> =>
  String(
    await page.evaluate(
      'JSON.stringify({ local: { ...localStorage }, session: { ...sessionStorage }, state: history.state, title: document.title, url: location.href })',
    ),
  );

export const shoot = async (page: Page, name: string): Promise<void> => {
  mkdirSync(SHOTS, { recursive: true });
  await page.screenshot({ path: join(SHOTS, `${name}.png`) });
};

/** What every open page showed when something failed. */
export const shootAll = async (browser: Browser, name: string): Promise<void> => {
  const pages = browser.contexts().flatMap((context) => context.pages());
  for (const [at, page] of pages.entries()) await shoot(page, `${name}-${String(at)}`).catch(() => {});
};
