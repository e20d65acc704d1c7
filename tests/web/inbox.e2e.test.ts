import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { serveWeb } from '#tests/support/serve-web.ts';
import { webFixture, type WebFixture } from '#tests/support/web-fixture.ts';

// The pages in a real browser, with the application answered from memory: keys, forms, live changes, both languages, axe.
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const ARGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];
const noBrowser = !existsSync(CHROMIUM);
if (noBrowser) console.warn(`LEFT OUT: the pages in a browser, because there is no ${CHROMIUM}`);

const row = (n: number): string => (1000 + n).toString(16).padStart(32, '0');
const axeSource = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

describe.skipIf(noBrowser)('the inbox in a browser', () => {
  let browser: Browser;
  let context: BrowserContext;
  let fixture: WebFixture;
  let server: Awaited<ReturnType<typeof serveWeb>>;
  const faults: string[] = [];

  beforeAll(async () => {
    await ensureWebBuilt();
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGS });
  });
  afterAll(async () => {
    await browser.close();
  });
  afterEach(async () => {
    await context.close();
    await server.close();
    const seen = faults.splice(0);
    expect(seen, 'faults on the page or breaches of its policy').toEqual([]);
  });

  const open = async (path: string, { width = 1440, height = 900, theme = 'light', script = true, more = 135 } = {}): Promise<Page> => {
    fixture = webFixture({ more });
    server = await serveWeb(fixture);
    context = await browser.newContext({ viewport: { width, height }, locale: 'en-GB', timezoneId: 'Africa/Cairo', javaScriptEnabled: script });
    await context.addCookies([
      { name: 'vc_session', value: fixture.token, url: server.url },
      { name: 'vc_theme', value: theme, url: server.url },
    ]);
    const page = await context.newPage();
    page.on('pageerror', (fault) => faults.push(fault.message));
    page.on('console', (line) => { if (line.type() === 'error' && !line.text().startsWith('Failed to load resource')) faults.push(line.text()); });
    await page.goto(`${server.url}${path}`);
    if (script) await page.waitForFunction(`document.querySelector('.rows a[tabindex="0"]') !== null`);
    return page;
  };
  const list = (page: Page) => page.getByRole('region', { name: /Conversations|المحادثات/u });
  const log = (page: Page) => page.getByRole('log');

  it('sends with the keyboard, shows the reply, and lets the draft go', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.keyboard.press('r');
    await page.keyboard.type('Your chairs are on the same van.');
    await page.keyboard.press('Control+Enter');
    await log(page).getByText('Your chairs are on the same van.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('');
    await list(page).getByText('Your chairs are on the same van.').waitFor();
  });

  it('gives a refused reply back with its reason', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.keyboard.press('r');
    await page.keyboard.type('refuse');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('24 hours').waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('refuse');
  });

  it('writes a note that only the team sees', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.keyboard.press('n');
    await page.keyboard.type('Ask the depot first');
    await page.keyboard.press('Control+Enter');
    await log(page).getByText('Ask the depot first').waitFor();
    expect(await log(page).getByText('only your team sees this').count()).toBe(2);
  });

  it('resolves with E, puts the focus back into the list, and takes it back', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.keyboard.press('e');
    await page.getByText('Resolved. Back in the list.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/inbox');
    await page.waitForFunction(`document.activeElement.id.startsWith('row-')`);
    await page.getByRole('button', { name: 'Undo' }).click();
    await list(page).getByText('Nadia K').waitFor();
  });

  it('moves through the list with J and K and opens with O', async () => {
    const page = await open('/inbox');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.waitForFunction(`document.activeElement.id === 'row-${row(1)}'`);
    await page.keyboard.press('o');
    await page.waitForURL(`**/inbox/${row(1)}`);
    await log(page).getByText('Nine days').waitFor();
    await page.keyboard.press(']');
    await page.waitForURL(`**/inbox/${row(2)}`);
  });

  it('gives the conversation to me with I and to a colleague from the menu', async () => {
    const page = await open(`/inbox/${row(1)}`);
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'Assigned to Mona' }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('menuitem', { name: 'Karim Adel' }).click();
    await page.getByRole('button', { name: 'Assigned to Karim' }).waitFor();
  });

  it('shows what a customer writes at once, in the list and in the thread', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.waitForTimeout(300);
    fixture.receive(1000, 'Is the van late?');
    await log(page).getByText('Is the van late?').waitFor();
    await list(page).getByText('Is the van late?').waitFor();
  });

  it('keeps a draft while another conversation is open, and nowhere in the browser', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.keyboard.press('r');
    await page.keyboard.type('Half a thought');
    await page.locator(`#row-${row(1)}`).click();
    await log(page).getByText('Nine days').waitFor();
    await list(page).getByText('Draft:').waitFor();
    await page.locator(`#row-${row(0)}`).click();
    await page.getByText('Siwa dining table').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('Half a thought');
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBeLessThanOrEqual(1);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain('Half a thought');
  });

  it('reveals a phone only for a purpose, and takes it away with the conversation', async () => {
    const page = await open(`/inbox/${row(0)}`);
    const panel = page.getByRole('complementary', { name: 'Contact' });
    expect(await panel.getByText('0555').count()).toBe(0);
    await panel.getByRole('button', { name: 'Reveal' }).click();
    await panel.getByLabel('To check who it is').check();
    await panel.getByRole('button', { name: 'Reveal name and phone' }).click();
    await panel.getByText('+20 10 0555 0142').waitFor();
    await page.locator(`#row-${row(1)}`).click();
    await log(page).getByText('Nine days').waitFor();
    expect(await page.getByText('+20 10 0555 0142').count()).toBe(0);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage, history: history.state })')).not.toContain('0555');
  });

  it('loads ten thousand conversations page by page and keeps few in the document', async () => {
    const page = await open('/inbox', { more: 10_000 });
    const rows = page.locator('.rows');
    for (const from of [24, 74, 124]) {
      await rows.evaluate((pane) => { pane.scrollTo({ top: pane.scrollHeight }); });
      await list(page).getByText(`Customer ${String(from)}`).first().waitFor();
    }
    expect(await page.locator('.rows a.row').count()).toBeLessThan(60);
  });

  it('answers, resolves and pages before any script', async () => {
    const page = await open(`/inbox/${row(1)}`, { script: false });
    await page.getByRole('textbox', { name: 'Reply' }).fill('Sent without script');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await log(page).getByText('Sent without script').waitFor();
    await page.getByRole('button', { name: 'Resolve', exact: true }).click();
    await page.waitForURL('**/inbox');
    expect(await list(page).getByText('Omar S').count()).toBe(0);
    await page.getByRole('link', { name: 'Load more' }).click();
    await list(page).getByText('Customer 60').waitFor();
  });

  it('turns single keys off', async () => {
    const page = await open(`/inbox/${row(0)}`);
    await page.keyboard.press('Shift+Slash');
    await page.getByRole('button', { name: 'Turn single keys off' }).click();
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('e');
    await page.waitForTimeout(300);
    expect(new URL(page.url()).pathname).toBe(`/inbox/${row(0)}`);
  });

  const looks = [
    { name: 'light', path: `/inbox/${row(0)}`, options: {} },
    { name: 'dark', path: `/inbox/${row(0)}`, options: { theme: 'dark' } },
    { name: 'Arabic', path: `/inbox/${row(0)}?lang=ar`, options: {} },
    { name: 'Arabic, dark', path: `/inbox/${row(0)}?lang=ar`, options: { theme: 'dark' } },
    { name: '1180 wide', path: `/inbox/${row(0)}?panel`, options: { width: 1180, height: 820 } },
    { name: 'phone, list', path: '/inbox', options: { width: 390, height: 844 } },
    { name: 'phone, thread', path: `/inbox/${row(0)}`, options: { width: 390, height: 844 } },
    { name: 'closed window', path: `/inbox/${row(9)}`, options: {} },
    { name: 'erased', path: `/inbox/${row(6)}`, options: { theme: 'dark' } },
  ];
  it.each(looks)('has nothing that axe calls serious: $name', async ({ path, options }) => {
    const page = await open(path, options);
    await page.evaluate(axeSource);
    const found = await page.evaluate(`axe.run().then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id))`);
    expect(found).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
