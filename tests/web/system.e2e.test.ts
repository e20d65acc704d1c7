import { expect, describe, it } from 'vitest';
import { axeFindings, hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

const path = '/settings/system';

describe.skipIf(!hasChromium)('the page of the system', () => {
  const pages = useAreaPages();

  it('says of each list in plain words how it is, and how far the one is that is being built', async () => {
    const page = await pages.open(path);
    const row = (name: string) => page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true, level: 3 }) });
    await row('Figures').getByText('Up to date').waitFor();
    await row('Numbers').getByText('Held up').waitFor();
    await row('Numbers').getByText('STORE_FULL').waitFor();
    await row('Audit trail').getByText('Generation 5 is being built: 42 %').waitFor();
    expect(await row('Audit trail').getByRole('progressbar').getAttribute('value')).toBe('42');
    await page.getByText('2 of 10 are not up to date').waitFor();
  });

  it('shows the command that builds a list anew, and offers no button for it', async () => {
    const page = await pages.open(path);
    expect(await page.getByText('npx vconnect rebuild audit').isVisible()).toBe(false);
    await page.getByText('Build anew: Audit trail').click();
    await page.getByText('npx vconnect rebuild audit').waitFor();
    await page.getByText('npx vconnect rollback audit').waitFor();
    expect(await page.getByRole('button', { name: /Build|rebuild/iu }).count()).toBe(0);
  });

  it.each([true, false])('takes a stream up again and says what came of it (script: %s)', async (script) => {
    const page = await pages.open(path, { script });
    await page.getByText('ConversationAssigned').waitFor();
    expect(await page.getByText('projections/inbox/projection.ts:88').isVisible()).toBe(false);
    await page.getByText('Where in the program').first().click();
    await page.getByText('projections/inbox/projection.ts:88').waitFor();
    await page.getByRole('button', { name: 'Take up again: Inbox' }).click();
    await page.getByRole('status').getByText('Taken up: Inbox is now as if it had never stopped.').waitFor();
    expect(await page.getByText('ConversationAssigned').count()).toBe(0);
    await page.getByRole('button', { name: 'Take up again: Conversations' }).click();
    await page.getByRole('alert').getByText('Conversations fails again').waitFor();
    await page.getByRole('alert').getByText('EVENT_VERSION_UNKNOWN').waitFor();
    await page.getByRole('button', { name: 'Take up again: Conversations' }).waitFor();
  });

  it('says plainly that nothing is set aside', async () => {
    const page = await pages.open(path, { quiet: true });
    await page.getByText('Nothing of your organisation is set aside.').waitFor();
    await page.getByText('All 10 are up to date').waitFor();
  });

  it('has no door for who may not enter', async () => {
    const page = await pages.open('/account', { permissions: ['people.read', 'tokens.manage'], role: 'auditor' });
    await page.getByRole('link', { name: 'People and roles' }).first().waitFor();
    expect(await page.getByRole('link', { name: 'System' }).count()).toBe(0);
  });
});

describe.skipIf(!hasChromium)('while lists are prepared', () => {
  const pages = useAreaPages();
  const says = 'The lists are being prepared: 42 %';

  it.each([
    { locale: 'en', width: 1440 },
    { locale: 'ar', width: 390 },
  ] as const)('every page says so, calmly and how far it is, in $locale at $width px', async ({ locale, width }) => {
    const page = await pages.open('/inbox', { building: 0.42, locale, width });
    await page.getByRole('heading', { level: 1, name: locale === 'en' ? says : 'يجري تجهيز القوائم: ٤٢٪' }).waitFor();
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
  });

  it('answers 503 with the time to come again, and a page that does so without script', async () => {
    const page = await pages.open('/people', { building: 0.42, script: false });
    await page.getByRole('heading', { name: says }).waitFor();
    const answer = await page.request.get(`${pages.url()}/people`);
    expect([answer.status(), answer.headers()['retry-after']]).toEqual([503, '2']);
    expect(await answer.text()).toContain('<meta http-equiv="refresh" content="2"');
    await page.waitForResponse((response) => response.url().endsWith('/people') && response.status() === 503);
  });

  it('comes back by itself with script, too', async () => {
    const page = await pages.open('/people', { building: 0.42 });
    await page.waitForResponse((response) => response.url().endsWith('/people') && response.status() === 503);
    await page.getByRole('heading', { name: says }).waitFor();
  });

  it.each([true, false])('the sign-in takes no right password for a wrong one (script: %s)', async (script) => {
    const page = await pages.open('/signin', { building: 0.42, script, signedIn: false });
    await page.getByLabel('E-mail').fill('mona@marsa.example');
    await page.getByLabel('Password', { exact: true }).fill('right horse battery');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: says }).waitFor();
    expect(await page.getByRole('alert').count()).toBe(0);
  });
});
