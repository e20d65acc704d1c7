import { describe, expect, it } from 'vitest';
import { hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

describe.skipIf(!hasChromium)('people and account', () => {
  const pages = useAreaPages();

  it('refuses to leave the organisation without an owner, in words', async () => {
    const page = await pages.open('/people');
    await page.getByLabel('Change role of Mona Farid').selectOption('agent');
    await page.getByRole('button', { name: 'Change role' }).click();
    await page.getByRole('alert').getByText('the only owner').waitFor();
    expect(await page.getByLabel('Change role of Mona Farid').inputValue()).toBe('owner');
  });

  it('adds a person with a role and a first password', async () => {
    const page = await pages.open('/people');
    await page.getByRole('button', { name: 'Add person' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('Dina Saleh');
    await dialog.getByLabel('E-mail').fill('taken@marsa.example');
    await dialog.getByLabel('Auditor').check();
    await dialog.getByRole('button', { name: 'Suggest one' }).click();
    expect((await dialog.getByLabel('First password').inputValue()).length).toBeGreaterThanOrEqual(20);
    await dialog.getByRole('button', { name: 'Add person' }).click();
    await dialog.getByRole('alert').getByText('exists already').waitFor();
    await dialog.getByLabel('E-mail').fill('dina@marsa.example');
    await dialog.getByRole('button', { name: 'Add person' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.getByRole('listitem').filter({ hasText: 'Dina Saleh' }).waitFor();
  });

  it('shows a new token once and revokes it', async () => {
    const page = await pages.open('/account');
    await page.getByRole('button', { name: 'Make a token' }).click();
    await page.getByText('vc_51d093ce08af').waitFor();
    await page.reload();
    expect(await page.getByText('vc_51d093ce08af').count()).toBe(0);
    await page.getByRole('button', { name: 'Revoke token 19aa01' }).click();
    await page.getByText('Token 19aa01').waitFor({ state: 'detached' });
  });

  it('draws no control that the role may not use', async () => {
    const page = await pages.open('/people', { permissions: ['people.read'], role: 'auditor' });
    await page.getByText('Karim Adel').waitFor();
    expect(await page.getByRole('button', { name: /Add person|Remove/u }).count()).toBe(0);
    expect(await page.getByRole('combobox').count()).toBe(0);
  });
});
