import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { live } from '#tests/support/e2e-browser.ts';
import type { Cast, Role } from './cast.ts';

/** The first page of a new server: an organisation, its owner, and the simulator. @returns the owner's page and the phone's */
export const setUp = async ({
  stage,
  words: { access },
  people: { owner },
  desk,
  locale,
}: Cast): Promise<{ readonly page: Page; readonly phone: Page }> => {
  const context = await desk();
  const page = await context.newPage();
  await page.goto(stage.url);
  await page.waitForURL('**/setup');
  expect(await page.locator('html').getAttribute('dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr');
  await page.getByLabel(access('setup.organisation')).fill('Marsa Group');
  await page.getByLabel(access('setup.name')).fill(owner.name);
  await page.getByLabel(access('setup.email')).fill(owner.email);
  await page.getByLabel(access('setup.password'), { exact: true }).fill(owner.password);
  await page.getByRole('button', { name: access('setup.submit') }).click();
  await page.waitForURL('**/setup/connect');
  await page.getByRole('button', { name: access('connect.simulatorSubmit') }).click();
  await page.waitForURL(/\/setup\/connect\/[0-9a-f]{32}$/);
  await live(page);
  const opening = context.waitForEvent('page');
  await page.getByRole('link', { name: access('wait.open') }).click();
  const phone = await opening;
  await phone.waitForLoadState();
  return { page, phone };
};

/** People come in on the page for people: the owner types them, each with a first password. */
export const addPeople = async (
  { words: { common, settings }, people, stage }: Cast,
  page: Page,
  roles: readonly Role[],
): Promise<void> => {
  await page.goto(`${stage.url}/people`);
  await live(page);
  for (const role of roles) {
    await page.getByRole('button', { name: settings('people.add') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(settings('people.name')).fill(people[role].name);
    await dialog.getByLabel(settings('people.email')).fill(people[role].email);
    await dialog.getByRole('radio', { name: common(`role.${role}`) }).check();
    await dialog.getByLabel(settings('people.password')).fill(people[role].password);
    await dialog.getByRole('button', { name: settings('people.addSubmit') }).click();
    await page.getByRole('listitem').filter({ hasText: people[role].email }).waitFor();
    await dialog.waitFor({ state: 'detached' });
  }
};
