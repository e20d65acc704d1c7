import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { locales, type Locale } from '#lib/i18n/locales.ts';

const MESSAGES = join(import.meta.dirname, '../../web/src/messages');

type Area = 'access' | 'audit' | 'privacy' | 'settings' | 'refusals';
export type Words = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** The product's own texts, so that one test reads the pages in every language. A key that does not exist is a fault of the test. */
export const wordsOf = (locale: Locale, area?: Area): Words => {
  const file = join(MESSAGES, area === undefined ? `${locale}.json` : `${locale}/${area}.json`);
  const texts = new Map(Object.entries(JSON.parse(readFileSync(file, 'utf8')) as Readonly<Record<string, string>>));
  return (key, values) => {
    const text = texts.get(key);
    if (text === undefined) throw new Error(`expected a text of ${area ?? 'the product'} with the key ${key}, got none`);
    return String(new IntlMessageFormat(text, locales[locale].tag, undefined, { ignoreTag: true }).format(values));
  };
};
