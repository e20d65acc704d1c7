import { IntlMessageFormat } from 'intl-messageformat';
import { locales, type Locale } from './locales.ts';

/** English is the measure: a key that is not in en.json does not compile. */
export type MessageKey = keyof typeof import('../../messages/en.json');
export type Messages = Readonly<Record<MessageKey, string>>;
export type MessageValues = Readonly<Record<string, string | number>>;
export type Translate = (key: MessageKey, values?: MessageValues) => string;

/** Parsing ICU text is the dear part, so each text is parsed once per page view. */
export function translator<Key extends string = MessageKey>(
  locale: Locale,
  messages: Readonly<Record<Key, string>>,
): (key: Key, values?: MessageValues) => string {
  const parsed = new Map<Key, IntlMessageFormat>();
  return (key, values) => {
    const known = parsed.get(key);
    const message = known ?? new IntlMessageFormat(messages[key], locales[locale].tag, undefined, { ignoreTag: true });
    if (!known) parsed.set(key, message);
    return String(message.format(values));
  };
}

/** Some keys are built from a code (`failure.131026`); a code that this page does not know has no text. */
export function isKey<Key extends string = MessageKey>(messages: Readonly<Record<Key, string>>, wanted: string): wanted is Key {
  return Object.hasOwn(messages, wanted);
}
