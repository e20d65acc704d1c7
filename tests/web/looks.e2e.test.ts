import { describe, expect, it } from 'vitest';
import { axeFindings, hasChromium, useAreaPages } from '#tests/support/area-pages.ts';

const paths = [
  '/signin',
  '/verify',
  '/setup/connect',
  '/setup/connect/00000000000000000000000000000034',
  '/setup/connect/00000000000000000000000000000035',
  '/audit',
  '/audit/who',
  '/dashboard?days=90',
  '/privacy',
  '/privacy/erasures',
  '/privacy/data-map',
  `/privacy/erase/${(500_000).toString(16).padStart(32, '0')}`,
  '/privacy/erasures/00000000000000000000000000000007',
  '/privacy/certificates/00000000000000000000000000000007',
  `/contacts/${(500_000).toString(16).padStart(32, '0')}`,
  '/people',
  '/channels',
  '/account',
  '/settings/system',
] as const;
const looks = paths.flatMap((path) => [
  { path, locale: 'en' as const, width: 1440 },
  { path, locale: 'ar' as const, width: 390 },
]);

describe.skipIf(!hasChromium)('the look of the pages beyond the inbox', () => {
  const pages = useAreaPages();

  it.each(looks)('axe finds nothing on $path in $locale at $width px, and nothing is cut off', async ({ path, locale, width }) => {
    const page = await pages.open(path, { locale, width, signedIn: path !== '/signin' });
    expect(await axeFindings(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBeLessThanOrEqual(0);
    expect(await page.evaluate('document.documentElement.dir')).toBe(locale === 'ar' ? 'rtl' : 'ltr');
  });
});
