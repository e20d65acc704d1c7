import { describe, expect, it } from 'vitest';
import { hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

describe.skipIf(!hasChromium)('the trail', () => {
  const pages = useAreaPages();

  it('opens one event beside the list and gives the focus back', async () => {
    const page = await pages.open('/audit');
    const row = page.getByRole('link', { name: /Karim Adel asked to see/u });
    await row.click();
    await page.getByRole('complementary', { name: 'One event' }).getByText('RevealDenied').waitFor();
    expect(new URL(page.url()).searchParams.get('event')).toMatch(/^[0-9a-f]{32}\.0$/u);
    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'One event' }).waitFor({ state: 'detached' });
    expect(await row.evaluate((element) => element === document.activeElement)).toBe(true);
  });

  it('filters by kind, keeps it in the address, and clears it', async () => {
    const page = await pages.open('/audit');
    await page.getByLabel('Kind').selectOption('erasure');
    await page.waitForURL((url) => url.searchParams.get('kind') === 'erasure');
    await page.getByText('Mona Farid replied to').waitFor({ state: 'detached' });
    await page.getByText('The key of one person was destroyed').waitFor();
    await page.getByRole('link', { name: 'Clear filters' }).click();
    await page.getByText('Mona Farid replied to').waitFor();
  });

  it('says how much is new and never moves by itself', async () => {
    const page = await pages.open('/audit');
    const first = await page.locator('.list a.ev').first().textContent();
    await page.waitForTimeout(300);
    for (let n = 0; n < 12; n += 1) pages.tell('audit', `${String(n)}.0`);
    await page.getByRole('button', { name: '12 new events' }).waitFor();
    expect(await page.locator('.list a.ev').first().textContent()).toBe(first);
    await page.getByRole('button', { name: '12 new events' }).click();
    await page.getByRole('button', { name: '12 new events' }).waitFor({ state: 'detached' });
  });

  it('gives a true sentence for an event of a newer version', async () => {
    const page = await pages.open('/audit?after=30');
    await page.getByText('Tom Becker caused SomethingNewer').waitFor();
  });

  it('is closed to a role that may not read it, and says whom to ask', async () => {
    const page = await pages.open('/audit', { permissions: ['conversations.read'], role: 'agent' });
    await page.getByRole('heading', { name: 'This is not open to your role' }).waitFor();
    await page.getByText('An owner or admin').waitFor();
  });
});
