import type { Locator, Page } from 'playwright-core';
import { expect } from 'vitest';
import { isMarked, leftBehind, live, mark } from '#tests/support/e2e-browser.ts';
import type { Cast } from './cast.ts';
import { invoice } from './customer.ts';

export const list = ({ words: { common } }: Cast, page: Page): Locator => page.getByRole('region', { name: common('inbox.conversations') });
export const log = (page: Page): Locator => page.getByRole('log');
export const bubble = (page: Page, text: string): Locator => log(page).locator('article').filter({ hasText: text });

/** Opens the inbox and the conversation whose last words are these. Nothing is loaded again after this. */
export const openThread = async (cast: Cast, page: Page, words: string): Promise<void> => {
  await page.goto(`${cast.stage.url}/inbox`);
  await live(page);
  await mark(page);
  await list(cast, page).locator('a.row').filter({ hasText: words }).click();
  await page.waitForURL(/\/inbox\/[0-9a-f]{32}/);
  await log(page).getByText(words).first().waitFor();
};

/** Masked until a purpose is given; then shown, and kept nowhere. */
export const revealPhone = async ({ words: { common } }: Cast, page: Page, phone: string): Promise<void> => {
  const panel = page.getByRole('complementary', { name: common('panel.title') });
  const digits = phone.slice(-8);
  expect((await panel.innerText()).replaceAll(/\D/g, '')).not.toContain(phone);
  await panel.getByRole('button', { name: common('reveal.open') }).click();
  await panel.getByLabel(common('purpose.identify-customer')).check();
  await panel.getByRole('button', { name: common('reveal.do') }).click();
  await panel.getByText(common('value.toYou'), { exact: true }).waitFor();
  expect((await panel.innerText()).replaceAll(/\D/g, '')).toContain(phone);
  expect((await leftBehind(page)).replaceAll(/\D/g, '')).not.toContain(digits);
};

export const reply = async ({ words: { common } }: Cast, page: Page, text: string): Promise<void> => {
  await page.getByRole('textbox', { name: common('composer.reply') }).fill(text);
  await page.getByRole('button', { name: common('composer.send'), exact: true }).click();
  await bubble(page, text).waitFor();
};

export const replyWithDocument = async ({ words: { common } }: Cast, page: Page, name: string, caption: string): Promise<void> => {
  await page.locator('.attach input[type=file]').setInputFiles({ name, mimeType: 'application/pdf', buffer: invoice });
  await page.getByRole('textbox', { name: common('composer.reply') }).fill(caption);
  await page.getByRole('button', { name: common('composer.send'), exact: true }).click();
  await bubble(page, caption).filter({ hasText: name }).waitFor();
};

/** Two blue ticks, drawn and in words. */
export const isRead = async ({ words: { common } }: Cast, page: Page, text: string): Promise<void> => {
  await bubble(page, text)
    .locator('.tick.read')
    .filter({ hasText: common('tick.read') })
    .waitFor();
};

/** A reply that could not be delivered says why, and the way out works. */
export const failAndTryAgain = async (cast: Cast, page: Page, text: string, repair: () => Promise<void>): Promise<void> => {
  const {
    words: { common },
  } = cast;
  await reply(cast, page, text);
  const failed = bubble(page, text);
  await failed.getByText(common('failure.undeliverable'), { exact: true }).waitFor();
  await failed.getByText('131026').waitFor();
  await repair();
  await failed.getByRole('button', { name: common('common.tryAgain') }).click();
  await isRead(cast, page, text);
  expect(await failed.count()).toBe(1);
  expect(await isMarked(page), 'the page was loaded again').toBe(true);
};
