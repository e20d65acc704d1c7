import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { live } from '#tests/support/e2e-browser.ts';
import type { Cast } from './cast.ts';

export type Certificate = {
  readonly number: string;
  readonly bytes: Buffer;
  readonly vkey: string;
  readonly salt: string;
  readonly contactId: string;
  readonly erasureId: string;
};

/** From the list of people to the form: what goes is counted before anything is asked. @returns the number to type */
export const previewErasure = async (
  { stage, words: { privacy } }: Cast,
  page: Page,
  contactId: string,
  classes: readonly string[],
): Promise<string> => {
  await page.goto(`${stage.url}/privacy`);
  await live(page);
  await page.locator(`a[href="/privacy/erase/${contactId}"]`).click();
  await page.waitForURL(`**/privacy/erase/${contactId}`);
  const counts = page.locator('table.cls');
  for (const one of classes) await counts.getByRole('rowheader', { name: privacy(`class.${one}`) }).waitFor();
  await page.getByRole('radio', { name: privacy('reason.consent-withdrawn') }).check();
  const hint = await page.locator('.hint').filter({ hasText: 'EC-' }).innerText();
  const number = /EC-\d{4}-\d+/.exec(hint)?.[0];
  if (number === undefined) throw new Error(`expected the number of a certificate in the hint, got ${hint}`);
  return number;
};

export const orderErasure = async ({ words: { privacy } }: Cast, page: Page, number: string): Promise<void> => {
  const submit = page.getByRole('button', { name: privacy('erase.submit') });
  await page.getByLabel(privacy('erase.confirm')).fill('wrong');
  expect(await submit.getAttribute('aria-disabled')).toBe('true');
  await page.getByLabel(privacy('erase.confirm')).fill(number);
  await submit.click();
};

/** The six steps, each done, without loading the page again; then the file. */
export const takeCertificate = async ({ words: { privacy } }: Cast, page: Page, contactId: string): Promise<Certificate> => {
  await page.waitForURL(/\/privacy\/erasures\/[0-9a-f]{32}$/);
  await page.getByText(privacy('state.complete'), { exact: true }).waitFor();
  expect(await page.locator('li.st.done').count()).toBe(6);
  const salt = await page
    .locator('.copy bdi')
    .filter({ hasText: /^[0-9a-f]{64}$/ })
    .first()
    .innerText();
  const number = await page.locator('.no').innerText();
  const downloading = page.waitForEvent('download');
  await page.getByRole('link', { name: privacy('erasure.download') }).click();
  const download = await downloading;
  expect(download.suggestedFilename()).toBe(`certificate-${number}.json`);
  const vkey = await page
    .locator('.copy bdi')
    .filter({ hasText: /^[^\s+]+\+[0-9a-f]{8}\+/ })
    .first()
    .innerText();
  const erasureId = new URL(page.url()).pathname.split('/').at(-1) ?? '';
  return { number, bytes: readFileSync(await download.path()), vkey, salt, contactId, erasureId };
};

/** The certificate as a page, checked in the browser by itself. */
export const readCertificate = async (
  { stage, words: { privacy } }: Cast,
  page: Page,
  { number, erasureId }: Certificate,
): Promise<void> => {
  // The salt is shown once: the page asks before one leaves it.
  page.once('dialog', (dialog) => void dialog.accept());
  await page.goto(`${stage.url}/privacy/certificates/${erasureId}`);
  await page.getByRole('heading', { name: privacy('cert.title') }).waitFor();
  await page.locator('article.paper').getByText(number).waitFor();
  await page.getByRole('heading', { name: privacy('verify.here') }).waitFor();
};

/** Anyone's browser, with the network off. */
export const verifyOffline = async ({ stage, words: { privacy }, desk }: Cast, certificate: Certificate): Promise<void> => {
  const context = await desk();
  const page = await context.newPage();
  await page.goto(`${stage.url}/verify`);
  await page.waitForLoadState('networkidle');
  await context.setOffline(true);
  await page
    .getByRole('status')
    .filter({ hasText: privacy('verify.offline') })
    .waitFor();
  const file = (bytes: Buffer) => ({ name: 'certificate.json', mimeType: 'application/json', buffer: bytes });
  await page.locator('input[type=file]').first().setInputFiles(file(certificate.bytes));
  await page.getByLabel(privacy('verify.key')).fill(certificate.vkey);
  await page.getByText(privacy('verify.person'), { exact: true }).click();
  await page.getByLabel(privacy('verify.salt'), { exact: true }).fill(certificate.salt);
  await page.getByLabel(privacy('verify.contactId')).fill(certificate.contactId);
  await page.getByRole('button', { name: privacy('verify.run') }).click();
  await page.getByRole('heading', { name: privacy('verify.good') }).waitFor();
  await page.getByText(privacy('verify.about')).waitFor();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(file(changed(certificate.bytes)));
  await page.getByRole('button', { name: privacy('verify.run') }).click();
  await page.getByRole('heading', { name: privacy('verify.bad') }).waitFor();
  await context.close();
};

/** One digit of the counts, another one: the smallest lie. */
export const changed = (bytes: Buffer): Buffer => {
  const text = bytes.toString('utf8');
  const at = text.search(/(?<="(?:message|payloads)":)\d/);
  if (at < 0) throw new Error('expected a count in the certificate, got none');
  return Buffer.from(`${text.slice(0, at)}${String((Number(text[at]) + 1) % 10)}${text.slice(at + 1)}`);
};
