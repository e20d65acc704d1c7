import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';

const folder = join(import.meta.dirname, '../../web/src/messages');
const read = (file: string): Record<string, string> => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, string>;
const pairs: readonly (readonly [string, string])[] = [
  ['en.json', 'ar.json'],
  ...globSync('*.json', { cwd: join(folder, 'en') }).map((file) => [`en/${basename(file)}`, `ar/${basename(file)}`] as const),
];

/** Names of the values that a text takes, also inside plurals. */
const placeholders = (text: string, locale: string): readonly string[] => {
  const names = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) {
      node.forEach(walk);
      return;
    }
    if (typeof node !== 'object' || node === null) return;
    if ('type' in node && typeof node.type === 'number' && node.type >= 1 && node.type <= 6 && 'value' in node)
      names.add(String(node.value));
    Object.values(node).forEach(walk);
  };
  walk(new IntlMessageFormat(text, locale, undefined, { ignoreTag: true }).getAst());
  return [...names].toSorted();
};

describe.each(pairs)('%s and %s', (english, arabic) => {
  const [en, ar] = [read(english), read(arabic)];

  it('say the same things', () => {
    expect(Object.keys(ar).toSorted()).toEqual(Object.keys(en).toSorted());
  });

  it('take the same values in every sentence', () => {
    const taken = (texts: Record<string, string>, locale: string) =>
      Object.fromEntries(Object.entries(texts).map(([key, text]) => [key, placeholders(text, locale)]));
    expect(taken(ar, 'ar-EG')).toEqual(taken(en, 'en-GB'));
  });

  it('leave no sentence empty', () => {
    expect([...Object.entries(en), ...Object.entries(ar)].filter(([, text]) => text.trim() === '')).toEqual([]);
  });
});
