import { getContext, setContext } from 'svelte';
import { isKey, translator, type MessageValues } from './translate.ts';
import type { Locale } from './locales.ts';

/** The words of one area of the product: `messages/<language>/<area>.json`. English is the measure. */
type Files = {
  access: typeof import('../../messages/en/access.json');
  audit: typeof import('../../messages/en/audit.json');
  dashboard: typeof import('../../messages/en/dashboard.json');
  datamap: typeof import('../../messages/en/datamap.json');
  privacy: typeof import('../../messages/en/privacy.json');
  refusals: typeof import('../../messages/en/refusals.json');
  settings: typeof import('../../messages/en/settings.json');
};
export type Area = keyof Files;
export type AreaKey<A extends Area> = keyof Files[A] & string;
export type AreaMessages<A extends Area> = Readonly<Record<AreaKey<A>, string>>;
/** What an area's layout hands to its pages. */
export type Words = Readonly<{ [A in Area]?: AreaMessages<A> }>;

export type AreaTexts<A extends Area> = Readonly<{
  t: (key: AreaKey<A>, values?: MessageValues) => string;
  /** Text for a code that may be newer than this page. */
  tOr: (wanted: string, fallback: AreaKey<A>, values?: MessageValues) => string;
  has: (wanted: string) => boolean;
}>;

const contextKey = Symbol('areas');

export function provideAreas(locale: Locale, words: Words): void {
  setContext(contextKey, { locale, words });
}

export function useArea<A extends Area>(area: A): AreaTexts<A> {
  const { locale, words } = getContext<{ locale: Locale; words: Words }>(contextKey);
  const messages = words[area] as AreaMessages<A> | undefined;
  if (messages === undefined) throw new Error(`expected the words of ${area}, got none: name the area in the layout's load`);
  return areaTexts<A>(locale, messages);
}

export function areaTexts<A extends Area>(locale: Locale, messages: AreaMessages<A>): AreaTexts<A> {
  const t = translator<AreaKey<A>>(locale, messages);
  const has = (wanted: string): wanted is AreaKey<A> => isKey<AreaKey<A>>(messages, wanted);
  return { t, has, tOr: (wanted, fallback, values) => t(has(wanted) ? wanted : fallback, values) };
}
