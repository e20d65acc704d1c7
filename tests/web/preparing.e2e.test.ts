import { rmSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadWebHandler } from '#infra/http/web-handler.ts';
import { startSimulator } from '#infra/simulator/main.ts';
import { ensureWebBuilt } from '#infra/tooling/build-web.ts';
import { hasChromium } from '#tests/support/area-pages.ts';
import { launchBrowser } from '#tests/support/browser.ts';
import { startHeldUp } from '#tests/support/held-up.ts';
import { type Desk, openDesk, PASSWORD } from '#tests/support/organisation.ts';
import { newDataFolder, runProduct } from '#tests/support/running-product.ts';

const says = /^The lists are being prepared: \d+ %$/;

describe.skipIf(!hasChromium)('pages of a product whose views were deleted while it was stopped', () => {
  let browser: Browser;
  let simulator: Awaited<ReturnType<typeof startSimulator>>;
  let dataFolder: string;
  let desk: Desk;
  let held: Awaited<ReturnType<typeof startHeldUp>>;
  beforeAll(async () => {
    await ensureWebBuilt();
    browser = await launchBrowser();
  });
  beforeEach(async () => {
    dataFolder = newDataFolder();
    simulator = await startSimulator({ port: 0, host: '127.0.0.1' });
    const running = await runProduct({ dataFolder, simulatorUrl: simulator.url });
    desk = await openDesk(running);
    await desk.writes(await running.simulator.newCustomer('Nadia'), { text: 'hello' });
    await running.close();
    held = await startHeldUp(dataFolder, simulator.url, await loadWebHandler());
  });
  afterEach(async () => {
    await held.close();
    await simulator.close();
    rmSync(dataFolder, { recursive: true, force: true });
  });
  afterAll(() => browser.close());

  it.each([true, false])('a page that is open says how far it is and becomes the inbox by itself (script: %s)', async (script) => {
    const context = await browser.newContext({ javaScriptEnabled: script, locale: 'en-GB' });
    await context.addCookies([{ name: 'vc_session', value: desk.owner.token, url: held.url }]);
    const page = await context.newPage();
    expect((await page.goto(`${held.url}/inbox?view=all`))?.status()).toBe(503);
    await page.getByRole('heading', { name: says }).waitFor();
    await held.release();
    await page.getByText('hello').first().waitFor({ timeout: 30_000 });
    expect(new URL(page.url()).pathname).toBe('/inbox');
    await context.close();
  });

  it('the sign-in stands open, takes no right password for a wrong one, and lets in once the lists are there', async () => {
    const context = await browser.newContext({ locale: 'en-GB' });
    const page = await context.newPage();
    await page.goto(`${held.url}/inbox`);
    expect(new URL(page.url()).pathname).toBe('/signin');
    const signIn = async () => {
      await page.getByLabel('E-mail').fill(desk.owner.email);
      await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
      await page.keyboard.press('Enter');
    };
    await signIn();
    await page.getByRole('heading', { name: says }).waitFor();
    await held.release();
    await held.started;
    await page.getByLabel('E-mail').waitFor({ timeout: 30_000 });
    await signIn();
    await page.getByText('hello').first().waitFor();
    await context.close();
  });
});
