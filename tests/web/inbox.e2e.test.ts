import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conversation, noBrowser, webPages, type Look, type Opened } from '#tests/support/web-pages.ts';

// Keys, forms and live changes of the inbox, with and without script.
describe.skipIf(noBrowser('the inbox in a browser'))('the inbox in a browser', () => {
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
  const log = (page: Page) => page.getByRole('log');

  it('sends with the keyboard, shows the reply, and lets the draft go', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.keyboard.press('r');
    await page.keyboard.type('Your chairs are on the same van.');
    await page.keyboard.press('Control+Enter');
    await log(page).getByText('Your chairs are on the same van.').waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('');
    await list(page).getByText('Your chairs are on the same van.').waitFor();
  });

  it('gives a refused reply back with its reason', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.keyboard.press('r');
    await page.keyboard.type('refuse');
    await page.keyboard.press('Control+Enter');
    await page.getByRole('alert').getByText('24 hours').waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('refuse');
  });

  it('writes a note that only the team sees', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.keyboard.press('n');
    await page.keyboard.type('Ask the depot first');
    await page.keyboard.press('Control+Enter');
    await log(page).getByText('Ask the depot first').waitFor();
    await log(page).getByText('only your team sees this').nth(1).waitFor();
  });

  it('resolves with E, puts the focus back into the list, and takes it back', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.keyboard.press('e');
    await page.getByText('Resolved. Back in the list.').waitFor();
    expect(new URL(page.url()).pathname).toBe('/inbox');
    await page.locator('a.row:focus').waitFor();
    await page.getByRole('button', { name: 'Undo' }).click();
    await list(page).getByText('Nadia K').waitFor();
  });

  it('moves through the list with J and K and opens with O', async () => {
    const page = await visit('/inbox');
    await page.keyboard.press('j');
    await page.keyboard.press('j');
    await page.locator(`#row-${conversation(1)}:focus`).waitFor();
    await page.keyboard.press('o');
    await page.waitForURL(`**/inbox/${conversation(1)}`);
    await log(page).getByText('Nine days').waitFor();
    await page.keyboard.press(']');
    await page.waitForURL(`**/inbox/${conversation(2)}`);
  });

  it('gives the conversation to me with I and to a colleague from the menu', async () => {
    const page = await visit(`/inbox/${conversation(1)}`);
    await page.keyboard.press('i');
    await page.getByRole('button', { name: 'Assigned to Mona' }).waitFor();
    await page.keyboard.press('a');
    await page.getByRole('menuitem', { name: 'Karim Adel' }).click();
    await page.getByRole('button', { name: 'Assigned to Karim' }).waitFor();
  });

  it('shows what a customer writes at once, in the list and in the thread', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.waitForTimeout(300);
    opened.fixture.receive(1000, 'Is the van late?');
    await log(page).getByText('Is the van late?').waitFor();
    await list(page).getByText('Is the van late?').waitFor();
  });

  it('keeps a draft while another conversation is open, and nowhere in the browser', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.keyboard.press('r');
    await page.keyboard.type('Half a thought');
    await page.locator(`#row-${conversation(1)}`).click();
    await log(page).getByText('Nine days').waitFor();
    await list(page).getByText('Draft:').waitFor();
    await page.locator(`#row-${conversation(0)}`).click();
    await page.getByText('Siwa dining table').first().waitFor();
    expect(await page.getByRole('textbox', { name: 'Reply' }).inputValue()).toBe('Half a thought');
    expect(await page.evaluate('localStorage.length + sessionStorage.length')).toBeLessThanOrEqual(1);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })')).not.toContain('Half a thought');
  });

  it('reveals a phone only for a purpose, and takes it away with the conversation', async () => {
    const page = await visit(`/inbox/${conversation(0)}`);
    const panel = page.getByRole('complementary', { name: 'Contact' });
    expect(await panel.getByText('0555').count()).toBe(0);
    await panel.getByRole('button', { name: 'Reveal' }).click();
    await panel.getByLabel('To check who it is').check();
    await panel.getByRole('button', { name: 'Reveal name and phone' }).click();
    await panel.getByText('+20 10 0555 0142').waitFor();
    await page.locator(`#row-${conversation(1)}`).click();
    await log(page).getByText('Nine days').waitFor();
    expect(await page.getByText('+20 10 0555 0142').count()).toBe(0);
    expect(await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage, history: history.state })')).not.toContain('0555');
  });

  it('loads ten thousand conversations page by page and keeps few in the document', async () => {
    const page = await visit('/inbox', { more: 10_000 });
    const rows = page.locator('.rows');
    for (const from of [24, 74, 124]) {
      const wanted = list(page)
        .getByText(`Customer ${String(from)}`)
        .first();
      // A page that came while the pane was at its end moves the end: a reader scrolls on.
      const scrolledTo = async (): Promise<boolean> => {
        await rows.evaluate((pane) => {
          pane.scrollTo({ top: pane.scrollHeight });
        });
        return wanted.waitFor({ timeout: 1_000 }).then(
          () => true,
          () => false,
        );
      };
      await expect.poll(scrolledTo, { timeout: 40_000 }).toBe(true);
    }
    expect(await page.locator('.rows a.row').count()).toBeLessThan(60);
  });

  it('answers, resolves and pages before any script', async () => {
    const page = await visit(`/inbox/${conversation(1)}`, { script: false });
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
    const page = await visit(`/inbox/${conversation(0)}`);
    await page.keyboard.press('Shift+Slash');
    await page.getByRole('button', { name: 'Turn single keys off' }).click();
    await page.waitForLoadState('networkidle');
    await page.keyboard.press('e');
    await page.waitForTimeout(300);
    expect(new URL(page.url()).pathname).toBe(`/inbox/${conversation(0)}`);
  });

  it('needs no more than 150 kB of script, whatever is loaded later included', async () => {
    const page = await visit('/inbox');
    const scripts = new Map<string, Promise<Buffer>>();
    page.on('response', (answer) => {
      if (answer.request().resourceType() === 'script') scripts.set(answer.url(), answer.body());
    });
    await page.goto(`${opened.url}/inbox/${conversation(0)}`);
    await page.locator('.rows a[tabindex="0"]').waitFor({ state: 'attached' });
    const sizes = await Promise.all([...scripts.values()].map(async (body) => gzipSync(await body).length));
    expect(sizes.length).toBeGreaterThan(5);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(150_000);
  });

  it('asks the browser to keep nothing and to run only what is ours', async () => {
    const page = await visit('/inbox');
    const headers = (await page.request.get(`${opened.url}/inbox/${conversation(0)}`)).headers();
    expect(headers['cache-control']).toBe('no-store');
    expect(headers['content-security-policy']).toMatch(/script-src 'self' 'nonce-[\w+/=]+'/u);
    expect(headers['content-security-policy']).not.toMatch(/unsafe-(inline|eval)/u);
  });

  it('sends who is not signed in to the sign-in, and back again afterwards', async () => {
    const page = await visit('/inbox');
    await opened.context.clearCookies();
    const answer = await page.request.get(`${opened.url}/inbox/${conversation(0)}?view=mine`, { maxRedirects: 0 });
    expect(answer.status()).toBe(303);
    expect(answer.headers()['location']).toBe(`/signin?next=${encodeURIComponent(`/inbox/${conversation(0)}?view=mine`)}`);
  });

  it('answers a conversation that does not exist with 404, its code and a way out', async () => {
    const page = await visit('/inbox');
    const answer = await page.goto(`${opened.url}/inbox/${'f'.repeat(32)}`);
    expect(answer?.status()).toBe(404);
    await page.getByText('404 not-found').waitFor();
    await page.getByRole('link', { name: 'Go to the start page' }).waitFor();
  });
});
