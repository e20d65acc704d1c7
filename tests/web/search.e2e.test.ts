import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conversation, noBrowser, webPages, type Look, type Opened } from '#tests/support/web-pages.ts';

// The search of the inbox, with and without script.
describe.skipIf(noBrowser('the search in a browser'))('the search in a browser', () => {
  const pages = webPages();
  let opened: Opened;
  const visit = async (path: string, look?: Look): Promise<Page> => {
    opened = await pages.open(path, look);
    return opened.page;
  };
  beforeAll(pages.start);
  afterAll(pages.stop);
  afterEach(async () => {
    expect(await pages.close(), 'faults on the page or breaches of its policy').toEqual([]);
  });

  const list = (page: Page) => page.getByRole('region', { name: 'Conversations' });
  const box = (page: Page) => page.getByRole('search').getByRole('textbox', { name: 'Search for a customer' });
  const rows = (page: Page) => list(page).locator('.rows a');

  it('is reached with /, shows who was found, says how many, and ends with Escape', async () => {
    const page = await visit('/inbox');
    await page.keyboard.press('/');
    await page.keyboard.type('Nadia');
    await page.keyboard.press('Enter');
    await list(page).getByRole('heading', { name: 'Found' }).waitFor();
    expect(await rows(page).count()).toBe(1);
    expect(await list(page).getByRole('status').textContent()).toBe('1 conversation found');
    expect(await box(page).evaluate((field) => field === document.activeElement)).toBe(true);
    await page.keyboard.press('Escape');
    await list(page).getByRole('heading', { name: 'All open' }).waitFor();
    expect([await box(page).inputValue(), (await rows(page).count()) > 10]).toEqual(['', true]);
  });

  it('keeps what was found while its conversations are opened', async () => {
    const page = await visit('/inbox');
    await box(page).fill('nadia');
    await box(page).press('Enter');
    await list(page).getByRole('heading', { name: 'Found' }).waitFor();
    await rows(page).first().click();
    await page.waitForURL(`**/inbox/${conversation(0)}`);
    expect(await rows(page).count()).toBe(1);
  });

  it('says when nobody is found, and leads back to the list', async () => {
    const page = await visit('/inbox');
    await box(page).fill('zzyzx');
    await box(page).press('Enter');
    await list(page).getByRole('heading', { name: 'Nobody found' }).waitFor();
    await list(page).getByRole('link', { name: 'Back to the list' }).click();
    await rows(page).first().waitFor();
    expect(await box(page).inputValue()).toBe('');
  });

  it('says when further words are needed, and when an hour’s searches are used up', async () => {
    const page = await visit('/inbox');
    await box(page).fill('omar');
    await box(page).press('Enter');
    await list(page).getByText('Add another word of the name').waitFor();
    await box(page).fill('too often');
    await box(page).press('Enter');
    await list(page).getByRole('heading', { name: 'No search just now' }).waitFor();
    await list(page).getByText('searched as often as one hour allows').waitFor();
  });

  it('takes away who was found when they are erased meanwhile', async () => {
    const page = await visit('/inbox');
    await box(page).fill('Nadia');
    await box(page).press('Enter');
    await list(page).getByText('Nadia K').waitFor();
    opened.fixture.erase(1000);
    await list(page).getByRole('heading', { name: 'Nobody found' }).waitFor();
  });

  it.each([true, false])('leaves the term in no address, history or storage; script: %s', async (script) => {
    const page = await visit('/inbox', { script });
    const asked: string[] = [];
    page.on('request', (request) => asked.push(`${request.url()} ${request.headers()['referer'] ?? ''}`));
    await box(page).fill('Nadia');
    await box(page).press('Enter');
    await list(page).getByRole('heading', { name: 'Found' }).waitFor();
    expect(await rows(page).count()).toBe(1);
    await rows(page).first().click();
    await page.waitForURL(`**/inbox/${conversation(0)}*`);
    expect(asked.length).toBeGreaterThan(0);
    for (const line of [...asked, page.url()]) expect(line.toLowerCase()).not.toContain('nadia');
    const kept = await opened.context.storageState();
    expect(JSON.stringify(kept).toLowerCase()).not.toContain('nadia');
    if (!script) return;
    expect(
      JSON.stringify(
        await page.evaluate(() => [history.state, Object.entries(sessionStorage), Object.entries(localStorage)]),
      ).toLowerCase(),
    ).not.toContain('nadia');
  });
});
