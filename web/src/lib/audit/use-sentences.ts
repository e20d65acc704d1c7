import { useArea } from '#lib/i18n/area.ts';
import { useI18n } from '#lib/i18n/context.ts';
import { locales } from '#lib/i18n/locales.ts';
import type { AuditItem } from '#projections/pages.ts';
import { sentenceOf, type SentencePart } from './sentence.ts';

/** Writes sentences in the reader's language; call while a component is made. */
export function useSentences(): (item: AuditItem) => readonly SentencePart[] {
  const texts = useArea('audit');
  const { format, tOr, locale } = useI18n();
  const list = new Intl.ListFormat(locales[locale].tag, { type: 'conjunction' });
  const given = {
    texts,
    format,
    role: (code: string) => tOr(`role.${code}`, 'role.agent'),
    list: (words: readonly string[]) => list.format(words),
  };
  return (item) => sentenceOf(item, given);
}
