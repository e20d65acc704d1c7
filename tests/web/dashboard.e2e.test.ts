import { describe, expect, it } from 'vitest';
import { axeFindings, hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

const READER = ['dashboard.read'] as const;

describe.skipIf(!hasChromium)('the figures', () => {
  const pages = useAreaPages();

  it('are drawn by the server: charts, sentences, tables and the choice of a period need no script', async () => {
    const page = await pages.open('/dashboard', { script: false });
    expect(await page.locator('h2').count()).toBe(6);
    expect(await page.locator('rect.in').count()).toBe(30);
    const [first, last] = [await page.locator('rect.in').first().boundingBox(), await page.locator('rect.in').last().boundingBox()];
    expect(first!.height).toBeGreaterThan(20);
    expect(first!.x).toBeLessThan(last!.x);
    await page.getByRole('link', { name: '7 days' }).click();
    expect(page.url()).toContain('days=7');
    expect(await page.locator('rect.in').count()).toBe(7);
    expect(await page.getByRole('link', { name: '7 days' }).getAttribute('aria-current')).toBe('page');
  });

  it('draw as lines what has too many days for bars', async () => {
    const page = await pages.open('/dashboard?days=90');
    expect(await page.locator('rect.in').count()).toBe(0);
    const line = page.locator('path.in');
    expect((await line.getAttribute('d'))?.split('L')).toHaveLength(90);
    expect(await page.evaluate("getComputedStyle(document.querySelector('path.in')).fill")).toBe('none');
  });

  it('run from right to left in Arabic', async () => {
    const page = await pages.open('/dashboard', { locale: 'ar' });
    const [first, last] = [await page.locator('rect.in').first().boundingBox(), await page.locator('rect.in').last().boundingBox()];
    expect(first!.x).toBeGreaterThan(last!.x);
  });

  it('say in a sentence with numbers what each chart shows, and give the numbers as a table', async () => {
    const page = await pages.open('/dashboard?days=7');
    const sentences = await page.locator('h2').allInnerTexts();
    expect(sentences).toHaveLength(6);
    for (const sentence of sentences) expect(sentence).toMatch(/\d/);
    const volume = page.locator('section', { hasText: 'Messages a day' });
    expect(await volume.locator('table').isVisible()).toBe(false);
    await volume.locator('summary').focus();
    await page.keyboard.press('Enter');
    expect(await volume.locator('tbody tr').count()).toBe(7);
    const received = await volume.locator('tbody td:nth-child(2)').allInnerTexts();
    const total = await page.locator('dd.v').first().innerText();
    expect(received.reduce((sum, text) => sum + Number(text.replaceAll(',', '')), 0)).toBe(Number(total.replaceAll(',', '')));
    expect(await axeFindings(page)).toEqual([]);
  });

  it('of an organisation that nobody has written to say so, and lead on', async () => {
    const page = await pages.open('/dashboard', { quiet: true });
    expect(await page.getByRole('heading', { name: 'No figures yet' }).isVisible()).toBe(true);
    expect(await page.getByRole('link', { name: 'Connect a number' }).getAttribute('href')).toBe('/channels');
    expect(await axeFindings(page)).toEqual([]);
  });

  it('stand in the rail for who may read them', async () => {
    const reader = await pages.open('/dashboard', { permissions: READER, role: 'auditor' });
    expect(await reader.locator('.kpi').count()).toBe(1);
    expect(await reader.locator('.rail a[href="/dashboard"]').count()).toBe(1);
  });

  it('are refused to who may not read them', async () => {
    const page = await pages.open('/dashboard', { permissions: ['conversations.read'], role: 'agent' });
    expect(await page.locator('.rail a[href="/dashboard"]').count()).toBe(0);
    expect(await page.locator('.kpi, .ch').count()).toBe(0);
  });
});
