import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { conversation, type Look, noBrowser, webPages } from '#tests/support/web-pages.ts';

const axeSource = readFileSync(join(import.meta.dirname, '../../node_modules/axe-core/axe.min.js'), 'utf8');

describe.skipIf(noBrowser('the looks of the inbox'))('the looks of the inbox', () => {
  const pages = webPages();
  beforeAll(pages.start);
  afterAll(pages.stop);
  afterEach(async () => {
    expect(await pages.close(), 'faults on the page or breaches of its policy').toEqual([]);
  });

  const looks: readonly { readonly name: string; readonly path: string; readonly options: Look }[] = [
    { name: 'light', path: `/inbox/${conversation(0)}`, options: {} },
    { name: 'dark', path: `/inbox/${conversation(0)}`, options: { theme: 'dark' } },
    { name: 'Arabic', path: `/inbox/${conversation(0)}?lang=ar`, options: {} },
    { name: 'Arabic, dark', path: `/inbox/${conversation(0)}?lang=ar`, options: { theme: 'dark' } },
    { name: '1180 wide', path: `/inbox/${conversation(0)}?panel`, options: { width: 1180, height: 820 } },
    { name: 'phone, list', path: '/inbox', options: { width: 390, height: 844 } },
    { name: 'phone, thread', path: `/inbox/${conversation(0)}`, options: { width: 390, height: 844 } },
    { name: 'closed window', path: `/inbox/${conversation(9)}`, options: {} },
    { name: 'erased', path: `/inbox/${conversation(6)}`, options: { theme: 'dark' } },
  ];
  it.each(looks)('has nothing that axe calls serious: $name', async ({ path, options }) => {
    const { page } = await pages.open(path, options);
    await page.evaluate(axeSource);
    const found = await page.evaluate(
      `axe.run().then(({ violations }) => violations.filter(({ impact }) => ['serious', 'critical'].includes(impact)).map(({ id }) => id))`,
    );
    expect(found).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  });
});
