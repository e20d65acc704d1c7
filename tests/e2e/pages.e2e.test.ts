import type { Browser, BrowserContext, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Locale } from '#lib/i18n/locales.ts';
import { chromiumPath, openBrowser, overflowOn, seriousOn, shoot } from '#tests/support/e2e-browser.ts';
import { openStage, type Stage } from '#tests/support/e2e-stage.ts';
import type { Role } from './steps/cast.ts';
import { openSample, type Sample } from './steps/sample.ts';

// Every page of the product with real content, in both languages and looks, wide and on a phone.
type Shown = { readonly name: string; readonly role: Role | null; readonly path: (sample: Sample) => string };
/** Longer than the longest transition of a colour. */
const SETTLE_MS = 200;

const pages: readonly Shown[] = [
  { name: 'signin', role: null, path: () => '/signin' },
  { name: 'verify', role: null, path: () => '/verify' },
  { name: 'inbox', role: 'agent', path: () => '/inbox' },
  { name: 'inbox-mine', role: 'agent', path: () => '/inbox?view=mine' },
  { name: 'thread', role: 'agent', path: ({ conversationId }) => `/inbox/${conversationId}` },
  { name: 'thread-read-only', role: 'dpo', path: ({ conversationId }) => `/inbox/${conversationId}?panel` },
  { name: 'thread-erased', role: 'agent', path: ({ erasedConversationId }) => `/inbox/${erasedConversationId}` },
  { name: 'contact', role: 'dpo', path: ({ contactId }) => `/contacts/${contactId}` },
  { name: 'contact-erased', role: 'dpo', path: ({ erasedContactId }) => `/contacts/${erasedContactId}` },
  { name: 'audit', role: 'auditor', path: () => '/audit' },
  { name: 'audit-person', role: 'auditor', path: ({ erasedContactId }) => `/audit?subject=${erasedContactId}` },
  { name: 'audit-who', role: 'auditor', path: () => '/audit/who' },
  { name: 'dashboard', role: 'auditor', path: () => '/dashboard' },
  { name: 'privacy', role: 'dpo', path: () => '/privacy' },
  { name: 'erase', role: 'dpo', path: ({ contactId }) => `/privacy/erase/${contactId}` },
  { name: 'erasures', role: 'dpo', path: () => '/privacy/erasures' },
  { name: 'erasure', role: 'dpo', path: ({ erasureId }) => `/privacy/erasures/${erasureId}` },
  { name: 'certificate', role: 'auditor', path: ({ erasureId }) => `/privacy/certificates/${erasureId}` },
  { name: 'people', role: 'owner', path: () => '/people' },
  { name: 'channels', role: 'owner', path: () => '/channels' },
  { name: 'account', role: 'owner', path: () => '/account' },
  { name: 'connect', role: 'owner', path: () => '/setup/connect' },
  { name: 'not-found', role: 'agent', path: () => '/inbox/0192f000000070008000000000000abc' },
  { name: 'forbidden', role: 'agent', path: () => '/audit' },
];
const WIDTHS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
] as const;

/** One page in every width and look, loaded once: a window is resized and a look changed while one works. @returns what is wrong, in words */
const wrongWith = async (page: Page, name: string, locale: Locale): Promise<readonly string[]> => {
  const wrong: string[] = [];
  for (const size of WIDTHS) {
    await page.setViewportSize(size);
    for (const theme of ['light', 'dark'] as const) {
      const where = `${name}-${locale}-${theme}-${String(size.width)}`;
      await page.evaluate(`document.documentElement.dataset.theme = '${theme}'`);
      await page.waitForTimeout(SETTLE_MS);
      const found = await seriousOn(page, theme === 'light' ? 'all' : 'colours');
      wrong.push(...found.map((each) => `${where}: axe ${each}`));
      const wide = await overflowOn(page);
      if (wide !== '') wrong.push(`${where}: wider than the window, ${wide}`);
      await shoot(page, where);
    }
  }
  const dir = await page.locator('html').getAttribute('dir');
  if (dir !== (locale === 'ar' ? 'rtl' : 'ltr')) wrong.push(`${name}: direction ${String(dir)}`);
  return wrong;
};

describe.skipIf(chromiumPath === undefined)('every page', () => {
  let browser: Browser;
  let sample: Sample;
  let fresh: Stage;
  beforeAll(async () => {
    browser = await openBrowser();
    [sample, fresh] = await Promise.all([openSample(), openStage()]);
  });
  afterAll(async () => {
    await browser.close();
    await Promise.all([sample.stage.close(), fresh.close()]);
  });

  it.each(['en', 'ar'] as const)('is sound, light and dark, wide and on a phone: %s', async (locale) => {
    const faults: string[] = [];
    const wrong: string[] = [];
    const desks = new Map<Role | null, BrowserContext>();
    const look = async (name: string, role: Role | null, url: string): Promise<void> => {
      const desk = desks.get(role) ?? (await sample.desk(browser, role, { locale }, faults));
      desks.set(role, desk);
      const page = await desk.newPage();
      const answer = await page.goto(url);
      const kept = answer?.headers()['cache-control'];
      if (kept !== 'no-store') wrong.push(`${name}: may be kept, ${String(kept)}`);
      wrong.push(...(await wrongWith(page, name, locale)));
      await page.close();
    };
    await look('setup', null, `${fresh.url}/setup`);
    for (const { name, role, path } of pages) await look(name, role, `${sample.stage.url}${path(sample)}`);
    await Promise.all([...desks.values()].map((context) => context.close()));
    expect([...wrong, ...faults]).toEqual([]);
  });
});
