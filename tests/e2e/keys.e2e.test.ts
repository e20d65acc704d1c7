import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumPath, leftBehind, live, openBrowser, shootAll } from '#tests/support/e2e-browser.ts';
import { wordsOf } from '#tests/support/e2e-words.ts';
import { openSample, type Sample } from './steps/sample.ts';

// The inbox without a mouse, on the real product; and what is revealed leaves nothing behind.
describe.skipIf(chromiumPath === undefined)('the inbox by keys alone', () => {
  let browser: Browser;
  let sample: Sample;
  const faults: string[] = [];
  const t = wordsOf('en');
  beforeAll(async () => {
    browser = await openBrowser();
    sample = await openSample();
  });
  afterAll(async () => {
    await browser.close();
    await sample.stage.close();
  });

  const open = async (path: string, role: 'agent' | 'dpo' = 'agent'): Promise<Page> => {
    const page = await (await sample.desk(browser, role, { locale: 'en' }, faults)).newPage();
    await page.goto(`${sample.stage.url}${path}`);
    await live(page);
    return page;
  };
  const focused = (page: Page): Promise<string> => page.evaluate('document.activeElement.id').then(String);

  it('moves, opens, answers, resolves and explains itself', async () => {
    const page = await open('/inbox');
    try {
      await page.keyboard.press('j');
      const first = await focused(page);
      await page.keyboard.press('j');
      const second = await focused(page);
      expect([first, second].every((id) => id.startsWith('row-'))).toBe(true);
      expect(second).not.toBe(first);
      await page.keyboard.press('k');
      expect(await focused(page)).toBe(first);
      const wanted = `row-${sample.conversationId}`;
      for (let steps = 0; steps < 20 && (await focused(page)) !== wanted; steps += 1) await page.keyboard.press('j');
      expect(await focused(page)).toBe(wanted);
      await page.keyboard.press('o');
      await page.waitForURL(`**/inbox/${sample.conversationId}`);
      await page.getByRole('log').locator('article').first().waitFor();
      await page.keyboard.press('r');
      await page.keyboard.type('Answered without a mouse. Jokes, e.g. "or", type as text?');
      await page.keyboard.press('Control+Enter');
      const said = page.getByRole('log').locator('article.out', { hasText: 'Answered without a mouse. Jokes, e.g. "or", type as text?' });
      await said
        .locator('.tick')
        .filter({ hasText: new RegExp(`${t('tick.delivered')}|${t('tick.read')}`) })
        .waitFor();
      await page.keyboard.press('Escape');
      await page.keyboard.press('Shift+Slash');
      await page
        .getByRole('dialog', { name: t('keys.title') })
        .getByText(t('keys.resolve'))
        .waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      await page.keyboard.press('e');
      await page.waitForURL('**/inbox');
      await page.locator(`#${wanted}`).waitFor({ state: 'detached' });
      expect(await focused(page)).toMatch(/^row-/);
    } catch (fault) {
      await shootAll(browser, 'failed-keys');
      throw fault;
    }
    expect(faults).toEqual([]);
  });

  it('keeps nothing of what it revealed: not in storage, history, address or title, and not after the page is left', async () => {
    const page = await open(`/contacts/${sample.contactId}`, 'dpo');
    await page
      .getByRole('button', { name: /Reveal/ })
      .first()
      .click();
    const purpose = page.getByRole('radio').first();
    if (await purpose.isVisible()) await purpose.check();
    await page.getByRole('button', { name: wordsOf('en', 'privacy')('contact.revealSubmit') }).click();
    const shown = page
      .locator('bdi[dir=ltr]')
      .filter({ hasText: /^\+\d[\d\s-]{7,24}$/ })
      .first();
    await shown.waitFor();
    const phone = (await shown.innerText()).replaceAll(/\D/g, '');
    expect((await leftBehind(page)).replaceAll(/\D/g, '')).not.toContain(phone);
    await page.goto(`${sample.stage.url}/inbox`);
    await live(page);
    await page.goBack();
    await page.waitForURL(`**/contacts/${sample.contactId}`);
    await live(page);
    expect((await page.content()).replaceAll(/\D/g, '')).not.toContain(phone);
    expect(faults).toEqual([]);
  });
});
