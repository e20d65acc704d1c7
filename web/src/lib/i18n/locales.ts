/** Languages of the interface. The tag decides digits and the order of a date; `ar-EG` writes ٤١٢. */
export const locales = {
  en: { tag: 'en-GB', dir: 'ltr', name: 'English' },
  ar: { tag: 'ar-EG', dir: 'rtl', name: 'العربية' },
} as const satisfies Record<string, { tag: string; dir: 'ltr' | 'rtl'; name: string }>;

export type Locale = keyof typeof locales;

export function parseLocale(text: string | null | undefined): Locale | undefined {
  return text === 'en' || text === 'ar' ? text : undefined;
}

/** Picks from `Accept-Language`; the first language that we speak wins. */
export function localeFromHeader(header: string | null): Locale {
  const wanted = (header ?? '').split(',').map((part) => part.trim().slice(0, 2).toLowerCase());
  return wanted.map((code) => parseLocale(code)).find((code) => code !== undefined) ?? 'en';
}
