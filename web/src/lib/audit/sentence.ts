import type { AreaTexts } from '#lib/i18n/area.ts';
import type { Format } from '#lib/i18n/format.ts';
import type { MessageValues } from '#lib/i18n/translate.ts';
import type { AuditItem } from '#projections/pages.ts';
import { classesOf } from './classes.ts';

export type Slot = 'who' | 'whom';
/** Text, or the place of a name that is drawn in its own state and direction. */
export type SentencePart = string | { readonly slot: Slot };
export type SentenceTexts = Readonly<{
  texts: AreaTexts<'audit'>;
  format: Format;
  role: (code: string) => string;
  list: (words: readonly string[]) => string;
}>;

// Private-use letters: no translation contains them, and no direction is attached to them.
const marks = { who: '\uE000', whom: '\uE001' } as const;

/** One event as one sentence, with room for the names. An event type of a newer version still gets a true sentence. */
export function sentenceOf(item: AuditItem, given: SentenceTexts): readonly SentencePart[] {
  const { t, tOr, has } = given.texts;
  const wanted = keyFor(item, has);
  const text = wanted === undefined ? t('say.other', { who: marks.who, type: item.type }) : tOr(wanted, 'say.other', valuesOf(item, given));
  return text
    .split(/([\uE000\uE001])/u)
    .filter((part) => part !== '')
    .map((part) => (part === marks.who ? { slot: 'who' } : part === marks.whom ? { slot: 'whom' } : part));
}

function keyFor(item: AuditItem, has: (key: string) => boolean): string | undefined {
  return [...variantsOf(item).map((variant) => `say.${item.type}.${variant}`), `say.${item.type}`].find(has);
}

function variantsOf({ type, actor, subject, facts }: AuditItem): readonly string[] {
  const variants: string[] = [];
  if (type === 'ConversationAssigned' && facts['assignee'] === null) variants.push('nobody');
  if (subject === null) variants.push('bare');
  if (subject !== null && actor.kind === 'person' && actor.person.accountId === subject.id) variants.push('self');
  if (subject?.kind === 'account') variants.push('account');
  if (actor.kind === 'machine') variants.push('machine');
  return variants;
}

// Chosen between in the message, where a hyphen may not stand.
const words = ['reason', 'kind', 'status', 'provider', 'level', 'by', 'limit'] as const;
const counts = ['attempt', 'payloads', 'mediaFiles', 'tried', 'opened', 'hits', 'people', 'found', 'perHour'] as const;

function valuesOf(item: AuditItem, { texts, format, role, list }: SentenceTexts): MessageValues {
  const { facts } = item;
  const text = (name: string) => String(facts[name] ?? '');
  const windowUntil = text('windowUntil');
  const classes = classesOf(facts).map((one) => texts.tOr(`class.${one}`, 'class.some'));
  return {
    ...marks,
    type: item.type,
    ...Object.fromEntries(words.map((name) => [name, text(name).replaceAll('-', '_')])),
    ...Object.fromEntries(counts.map((name) => [name, Number(facts[name] ?? 0)])),
    certificate: text('certificate'),
    role: role(text('role')),
    willRetry: text('willRetry'),
    windowUntil: windowUntil === '' ? '' : `${format.dayMonth(windowUntil)}, ${format.time(windowUntil)}`,
    purpose: texts.tOr(`purpose.${text('purpose')}`, 'purpose.other'),
    classes: classes.length === 0 ? texts.t('class.some') : list(classes),
  };
}
