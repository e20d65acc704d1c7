import type { Browser, BrowserContext, Page } from 'playwright-core';
import type { Locale } from '#lib/i18n/locales.ts';
import { openDesk } from '#tests/support/e2e-browser.ts';
import type { Stage } from '#tests/support/e2e-stage.ts';
import { wordsOf, type Words } from '#tests/support/e2e-words.ts';

export type Role = 'owner' | 'admin' | 'dpo' | 'agent' | 'auditor';
export type Person = { readonly name: string; readonly email: string; readonly password: string };

/** Who acts, where, and in which language. */
export type Cast = {
  readonly stage: Stage;
  readonly locale: Locale;
  readonly words: Readonly<Record<'common' | 'access' | 'audit' | 'privacy' | 'settings', Words>>;
  readonly people: Readonly<Record<Role, Person>>;
  /** A browser of one's own for each person. */
  readonly desk: () => Promise<BrowserContext>;
  readonly faults: string[];
};

const password = (role: Role): string => `four loose words ${role}`;
const NAMES: Readonly<Record<Locale, Readonly<Record<Role, string>>>> = {
  en: { owner: 'Mona Fahmy', admin: 'Tarek Aziz', dpo: 'Dalia Hassan', agent: 'Karim Nabil', auditor: 'Layla Osman' },
  ar: { owner: 'منى فهمي', admin: 'طارق عزيز', dpo: 'داليا حسن', agent: 'كريم نبيل', auditor: 'ليلى عثمان' },
};

export const castOf = (stage: Stage, browser: Browser, locale: Locale): Cast => {
  const faults: string[] = [];
  const person = (role: Role): Person => ({ name: NAMES[locale][role], email: `${role}@marsa.example`, password: password(role) });
  return {
    stage,
    locale,
    words: {
      common: wordsOf(locale),
      access: wordsOf(locale, 'access'),
      audit: wordsOf(locale, 'audit'),
      privacy: wordsOf(locale, 'privacy'),
      settings: wordsOf(locale, 'settings'),
    },
    people: { owner: person('owner'), admin: person('admin'), dpo: person('dpo'), agent: person('agent'), auditor: person('auditor') },
    desk: () => openDesk(browser, { locale }, faults),
    faults,
  };
};

/** Signs in as a new browser would, by the door that the product shows. */
export const signIn = async ({ stage, words, people, desk }: Cast, role: Role): Promise<Page> => {
  const page = await (await desk()).newPage();
  await page.goto(stage.url);
  await page.waitForURL('**/signin');
  await page.getByLabel(words.access('signin.email')).fill(people[role].email);
  await page.getByLabel(words.access('signin.password'), { exact: true }).fill(people[role].password);
  await page.getByRole('button', { name: words.access('signin.submit') }).click();
  await page.waitForURL((url) => url.pathname !== '/signin');
  return page;
};
