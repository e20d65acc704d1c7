import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { findChromium } from '#infra/tooling/chromium.ts';
import { openStage, type Stage } from './product.ts';

const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const axeReply = z.array(z.object({ id: z.string(), target: z.string() }));

const executablePath = findChromium();

describe.skipIf(executablePath === undefined)('the phone page', () => {
  let browser: Browser;
  let stage: Stage;
  let page: Page;
  let faults: string[];

  beforeAll(async () => {
    browser = await chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox', ...QUIET] });
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    stage = await openStage();
    faults = [];
  });
  afterEach(async () => {
    await page.context().close();
    await stage.close();
    expect(faults).toEqual([]);
  });

  const open = async (
    query = '',
    options: { readonly width?: number; readonly dark?: boolean; readonly checked?: boolean } = {},
  ): Promise<void> => {
    const { width = 1_440, dark = false, checked = false } = options;
    // The page's own policy forbids the checker's script, so the checker comes in around it.
    const context = await browser.newContext({
      viewport: { width, height: 844 },
      colorScheme: dark ? 'dark' : 'light',
      bypassCSP: checked,
      // A bubble that fades in is pale for a moment: what is checked is how it looks when it has arrived.
      reducedMotion: 'reduce',
    });
    page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (line) => line.type() === 'error' && faults.push(line.text()));
    await page.goto(`${stage.url}/${query}`);
    await page.locator('.person').first().waitFor({ state: 'attached' });
  };

  it('lets one write as a customer by keyboard and shows the answer as it comes, with the ticks', async () => {
    await open('?customer=nour');
    await page.getByRole('textbox', { name: 'Message' }).fill('الطلب ما وصلش');
    await page.keyboard.press('Enter');
    await stage.until(() => stage.items.some((item) => item.kind === 'message' && item.message.text === 'الطلب ما وصلش'));
    await page.locator('.b.me .tick.delivered').waitFor();

    await stage.client.sendMessage(stage.at, {
      to: { kind: 'phone', value: '201000000101' },
      content: { kind: 'text', body: 'نسأل السائق' },
    });
    await page.locator('.b:not(.me)', { hasText: 'نسأل السائق' }).locator('.tick.read').waitFor();
    await page.getByRole('cell', { name: 'text from نور حسن' }).first().waitFor();
  });

  it('sends a photo and a document with the words beside them', async () => {
    await open('?customer=ben');
    await page.getByRole('textbox', { name: 'Message' }).fill('look at this');
    await page.locator('#file-photo').setInputFiles({ name: 'p.png', mimeType: 'image/png', buffer: Buffer.from('not really a picture') });
    await page
      .locator('#file-document')
      .setInputFiles({ name: 'فاتورة.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') });
    await stage.until(() => stage.items.length === 2);
    expect(stage.items).toMatchObject([
      { message: { type: 'image', caption: 'look at this' } },
      { message: { type: 'document', media: { filename: 'فاتورة.pdf' } } },
    ]);
  });

  it('marks as read by hand when reading at once is off', async () => {
    await open('?customer=nour');
    const saved = page.waitForResponse((response) => response.request().method() === 'PUT' && response.url().endsWith('/customers/nour'));
    await page.getByRole('switch', { name: 'Reads at once' }).click();
    expect((await saved).ok()).toBe(true);
    await stage.control('POST', 'customers/nour/messages', { text: 'سلام' });
    await stage.client.sendMessage(stage.at, {
      to: { kind: 'phone', value: '201000000101' },
      content: { kind: 'text', body: 'وعليكم السلام' },
    });
    await page.locator('.b:not(.me) .tick.delivered').waitFor();
    await page.getByRole('button', { name: 'Mark as read' }).click();
    await stage.until(() => stage.items.some((item) => item.kind === 'status' && item.status.status === 'read'));
  });

  it('switches what can go wrong on and off, and moves the clock', async () => {
    await open();
    await page.getByRole('switch', { name: 'Undeliverable' }).click();
    await page.getByRole('switch', { name: 'Token expired' }).click();
    await page.getByRole('status').filter({ hasText: '1 switch is on' }).waitFor();
    expect(await stage.control('GET', 'state')).toMatchObject({ chaos: { failSends: 190 } });
    await page.getByRole('button', { name: 'All off' }).click();
    await page.getByRole('button', { name: '+24 h: window closes' }).click();
    await page.getByText('24 h ahead').waitFor();
    expect(await stage.control('GET', 'state')).toMatchObject({ chaos: { failSends: null }, offsetMs: 86_400_000 });
  });

  it('makes a customer who hides the number', async () => {
    await open();
    await page.getByRole('button', { name: 'New customer' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('Lina Saad');
    await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Create' }).click();
    await page.locator('.person[aria-current=true]', { hasText: '@lina.saad' }).waitFor();
  });

  it.each([
    ['English', '', {}],
    ['Arabic, dark', '?lang=ar', { dark: true }],
    ['a phone', '', { width: 390 }],
    ['a phone, Arabic', '?lang=ar', { width: 390, dark: true }],
  ] as const)('has nothing that axe finds and nothing that overflows: %s', async (_, query, options) => {
    await open(query, { ...options, checked: true });
    await stage.control('POST', 'script/start', { customers: 12, pace: 500 });
    await stage.until(() => stage.items.length > 20);
    const panes = 'width' in options ? ['people', 'phone', 'webhooks', 'chaos'] : ['phone'];
    for (const pane of panes) {
      if ('width' in options) await page.locator(`#tabs [data-pane=${pane}]`).click();
      await page.evaluate(AXE);
      const found = await page.evaluate(
        'axe.run().then((r) => r.violations.map((v) => ({ id: v.id, target: v.nodes[0].target.join(" ") })))',
      );
      expect({ pane, found: axeReply.parse(found) }).toEqual({ pane, found: [] });
      expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false);
    }
    expect(await page.evaluate('document.documentElement.dir')).toBe(query === '' ? 'ltr' : 'rtl');
  });
});
