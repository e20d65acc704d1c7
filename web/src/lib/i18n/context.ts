import { getContext, setContext } from 'svelte';
import { formatter, type Format } from './format.ts';
import { locales, type Locale } from './locales.ts';
import { isKey, translator, type MessageKey, type Messages, type Translate } from './translate.ts';

const contextKey = Symbol('i18n');

export type I18n = Readonly<{
  locale: Locale;
  dir: 'ltr' | 'rtl';
  t: Translate;
  /** Text for a code that may be newer than this page: falls back to a sentence that is always true. */
  tOr: (wanted: string, fallback: MessageKey, values?: Parameters<Translate>[1]) => string;
  format: Format;
}>;

/** Lives in the component tree, never in a module: one server answers many readers at once. */
export function provideI18n(locale: Locale, messages: Messages, timeZone: string): I18n {
  const t = translator(locale, messages);
  return setContext(contextKey, {
    locale,
    dir: locales[locale].dir,
    t,
    tOr: (wanted: string, fallback: MessageKey, values?: Parameters<Translate>[1]) =>
      t(isKey(messages, wanted) ? wanted : fallback, values),
    format: formatter(locale, timeZone, t),
  });
}

export function useI18n(): I18n {
  return getContext<I18n>(contextKey);
}
