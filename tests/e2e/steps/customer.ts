import type { Page } from 'playwright-core';
import type { Locale } from '#lib/i18n/locales.ts';
import type { Stage } from '#tests/support/e2e-stage.ts';

/** A picture that a browser can really draw: 64 × 48 pixels of one colour. */
export const photo = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAEAAAAAwCAIAAAAuKetIAAAARElEQVR42u3PMQ0AAAgDsKlDCTf+TyzwkjSpgaamX4uAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAwNUCpxkgxJEFfM0AAAAASUVORK5CYII=',
  'base64',
);
export const invoice = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** The phone of one of the simulator's people. */
export const openPhone = async (stage: Stage, page: Page, customer: string, locale: Locale): Promise<void> => {
  await page.goto(`${stage.simulator.baseUrl}/?customer=${customer}&lang=${locale}`);
  await page.locator(`[data-customer="${customer}"][aria-current=true]`).waitFor({ state: 'attached' });
};

export const writeText = async (page: Page, text: string): Promise<void> => {
  await page.locator('#text').fill(text);
  await page.keyboard.press('Enter');
  await page.locator('.b.me', { hasText: text }).waitFor();
};

export const sendPhoto = async (page: Page): Promise<void> => {
  await page.locator('#file-photo').setInputFiles({ name: 'IMG_0142.png', mimeType: 'image/png', buffer: photo });
  await page.locator('.b.me img').waitFor();
};

export const sendDocument = async (page: Page, name: string): Promise<void> => {
  await page.locator('#file-document').setInputFiles({ name, mimeType: 'application/pdf', buffer: invoice });
  await page.locator('.b.me', { hasText: name }).waitFor();
};

/** A switch of what goes wrong, and that it has taken. */
export const flip = async (page: Page, word: string, on: boolean): Promise<void> => {
  await page.locator(`#sw-${word}`).click();
  await page.locator(`#sw-${word}[aria-checked=${String(on)}]`).waitFor();
};
