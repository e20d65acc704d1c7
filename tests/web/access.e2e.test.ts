import { describe, expect, it } from 'vitest';
import { hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

const password = 'right horse battery';

describe.skipIf(!hasChromium)('sign-in and setup', () => {
  const pages = useAreaPages();

  it('says in words what was wrong, keeps the e-mail and empties the password', async () => {
    const page = await pages.open('/signin', { signedIn: false });
    await page.getByLabel('E-mail').fill('mona@marsa.example');
    await page.getByLabel('Password', { exact: true }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('do not belong together').waitFor();
    expect(await page.getByLabel('E-mail').inputValue()).toBe('mona@marsa.example');
    expect(await page.getByLabel('Password', { exact: true }).inputValue()).toBe('');
  });

  it('leads back to the page that was asked for, also without script', async () => {
    const page = await pages.open('/people', { signedIn: false, script: false });
    expect(new URL(page.url()).pathname).toBe('/signin');
    await page.getByLabel('E-mail').fill('mona@marsa.example');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'People and roles' }).waitFor();
  });

  it('goes to no other server, whatever the address asks', async () => {
    const page = await pages.open('/signin?next=%2F%2Fevil.example%2Fx', { signedIn: false, script: false });
    await page.getByLabel('E-mail').fill('mona@marsa.example');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname === '/inbox');
    expect(new URL(page.url()).origin).toBe(pages.url());
  });

  it('leads an auditor to the trail, where the first open door is', async () => {
    const page = await pages.open('/signin', { signedIn: false, permissions: ['audit.read', 'privacy.read'], role: 'auditor' });
    await page.getByLabel('E-mail').fill('auditor@marsa.example');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL((url) => url.pathname === '/audit');
  });

  it('ends with sign out', async () => {
    const page = await pages.open('/account');
    await page.getByRole('main').getByRole('button', { name: 'Sign out' }).click();
    await page.waitForURL((url) => url.pathname === '/signin');
    expect((await pages.context().cookies()).some(({ name }) => name === 'vc_session')).toBe(false);
  });

  it('makes the organisation, starts the simulator and waits for the first message', async () => {
    const page = await pages.open('/', { signedIn: false, setup: true });
    await page.waitForURL((url) => url.pathname === '/setup');
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await page.getByText('Type the organisation’s name.').waitFor();
    await page.getByLabel('Organisation').fill('Marsa Group');
    await page.getByLabel('Your name').fill('Mona Farid');
    await page.getByLabel('Your e-mail').fill('mona@marsa.example');
    await page.getByLabel('Password', { exact: true }).fill(password);
    await page.getByRole('button', { name: 'Create organisation' }).click();
    await page.getByRole('heading', { name: 'Bring in the first conversation' }).waitFor();
    await page.getByRole('button', { name: 'Start the simulator' }).click();
    await page.getByRole('link', { name: 'Open the phone' }).waitFor();
    await page.getByRole('status').getByText('Waiting for the first message').waitFor();
  });

  it('connects a number, explains each field while one is in it, and gives address and token to copy', async () => {
    const page = await pages.open('/setup/connect');
    await page.getByLabel('App secret').focus();
    await page.getByText('App settings, then Basic').waitFor();
    await page.getByLabel('Name for your team').fill('Orders');
    await page.getByLabel('Phone number id').fill('105954558954427');
    await page.getByLabel('Access token').fill('EAAG');
    await page.getByLabel('App secret').fill('too short');
    await page.getByRole('button', { name: 'Save and connect' }).click();
    await page.getByText('this one has 9').waitFor();
    await page.getByLabel('App secret').fill('0123456789abcdef0123456789abcdef');
    await page.getByRole('button', { name: 'Save and connect' }).click();
    await page.getByText('Callback URL', { exact: true }).waitFor();
    await page.getByText('vt_9f2c4177b0e2d551d093ce08af').waitFor();
  });
});
