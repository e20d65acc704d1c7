import { describe, expect, it } from 'vitest';
import { hasChromium, keptByBrowser, useAreaPages } from '#tests/support/area-pages.ts';

const nadia = (500_000).toString(16).padStart(32, '0');

describe.skipIf(!hasChromium)('erasure and contacts', () => {
  const pages = useAreaPages();

  it('shows what goes, asks for ground and number, runs live, and gives the salt once', async () => {
    const page = await pages.open(`/privacy/erase/${nadia}`);
    await page.getByText('472 sealed values').waitFor();
    const button = page.getByRole('button', { name: 'Erase this person' });
    expect(await button.getAttribute('aria-disabled')).toBe('true');
    await page.getByLabel('Consent was withdrawn').check();
    await page.getByLabel('Type the certificate number to erase').fill('EC-2026-0148');
    expect(await button.getAttribute('aria-disabled')).toBe('false');
    await button.click();
    await page.getByRole('heading', { name: 'Keep this salt now' }).waitFor();
    const salt = (await page.locator('.once .mono').first().textContent()) ?? '';
    expect(salt).toMatch(/^[0-9a-f]{32,64}$/u);
    expect(page.url()).not.toContain(salt);
    expect(await keptByBrowser(page)).not.toContain(salt);
    const download = page.waitForEvent('download');
    await page.getByRole('button', { name: /Download subject-salt/u }).click();
    expect((await download).suggestedFilename()).toBe('subject-salt-EC-2026-0148.json');
    await page.getByText('Nothing about this person opens any more').waitFor();
    await page.getByRole('link', { name: 'Open the certificate' }).click();
    await page.getByRole('heading', { name: 'Checked in this browser' }).waitFor();
    await page.goBack();
    await page.getByText('The salt was shown when the erasure was ordered').waitFor();
    expect(await page.getByText(salt).count()).toBe(0);
  });

  it('shows the salt without script as well', async () => {
    const page = await pages.open(`/privacy/erase/${nadia}`, { script: false });
    await page.getByLabel('The person objects').check();
    await page.getByLabel('Type the certificate number to erase').fill('ec-2026-0148');
    await page.getByRole('button', { name: 'Erase this person' }).click({ force: true });
    await page.getByRole('heading', { name: 'Keep this salt now' }).waitFor();
  });

  it('refuses another number and erases nothing', async () => {
    const page = await pages.open(`/privacy/erase/${nadia}`, { script: false });
    await page.getByLabel('The person objects').check();
    await page.getByLabel('Type the certificate number to erase').fill('EC-2026-0999');
    await page.getByRole('button', { name: 'Erase this person' }).click({ force: true });
    await page.getByRole('alert').getByText('Nothing was erased').waitFor();
  });

  it('verifies a certificate with the network off and refuses it after one changed byte', async () => {
    const page = await pages.open('/privacy/certificates/00000000000000000000000000000007');
    const vkey = (await page.locator('.copy .mono').first().textContent()) ?? '';
    const bytes = Buffer.from(
      await (await page.request.get(`${pages.url()}/privacy/erasures/00000000000000000000000000000007/download`)).body(),
    );
    await page.goto(`${pages.url()}/verify`);
    await page.waitForTimeout(300);
    await pages.context().setOffline(true);
    const check = async (content: Buffer) => {
      await page.getByLabel(/Certificate file/u).setInputFiles({ name: 'certificate.json', mimeType: 'application/json', buffer: content });
      await page.getByLabel('The organisation’s public key').fill(vkey);
      await page.getByRole('button', { name: 'Check', exact: true }).click();
    };
    await check(bytes);
    await page.getByText('with the network off').waitFor();
    await page.getByRole('heading', { name: 'Certificate of erasure by key destruction' }).waitFor();
    const changed = Buffer.from(bytes);
    const at = changed.indexOf('"tried":472') + 8;
    changed[at] = '5'.charCodeAt(0);
    await check(changed);
    await page.getByText('the certificate was changed or forged').waitFor();
    await pages.context().setOffline(false);
  });

  it('reveals for a purpose and masks again, with no value in address, title or storage', async () => {
    const page = await pages.open(`/contacts/${nadia}`);
    await page.getByRole('button', { name: 'Reveal', exact: true }).click();
    await page.getByLabel('To check who it is').check();
    await page.getByRole('button', { name: 'Reveal to me' }).click();
    await page.getByText('+20 10 0555 0142').waitFor();
    const traces = await keptByBrowser(page);
    expect(traces).not.toContain('0555');
    expect(traces).not.toContain('Kamal');
    await page.getByRole('button', { name: 'Hide again' }).click();
    expect(await page.getByText('+20 10 0555 0142').count()).toBe(0);
  });
});
