import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatter } from '#lib/i18n/format.ts';
import { localeFromHeader, type Locale } from '#lib/i18n/locales.ts';
import { isKey, translator, type Messages } from '#lib/i18n/translate.ts';

const messages = (locale: Locale): Messages =>
  JSON.parse(readFileSync(join(import.meta.dirname, `../../web/src/messages/${locale}.json`), 'utf8')) as Messages;
const formatOf = (locale: Locale, timeZone = 'Africa/Cairo') => formatter(locale, timeZone, translator(locale, messages(locale)));
const now = Date.parse('2026-11-24T12:00:00.000Z');
const ago = (minutes: number): string => new Date(now - minutes * 60_000).toISOString();

describe('times in the reader’s words', () => {
  const en = formatOf('en');

  it.each([
    [0, 'now'],
    [2, '2 m'],
    [59, '59 m'],
    [61, '1 h'],
    [26 * 60, 'Yesterday'],
    [3 * 24 * 60, 'Sat'],
    [40 * 24 * 60, '15 Oct'],
    [-5, 'now'],
  ])('%d minutes ago is "%s"', (minutes, text) => {
    expect(en.ago(ago(minutes), now)).toBe(text);
  });

  it('writes an evening before midnight in hours, not as yesterday', () => {
    expect(en.ago('2026-11-23T23:00:00.000Z', Date.parse('2026-11-24T01:30:00.000Z'))).toBe('2 h');
  });

  it('names days in the reader’s zone', () => {
    expect(en.day('2026-11-23T22:30:00.000Z', now)).toBe('Today, 24 November');
    expect(formatOf('en', 'UTC').day('2026-11-23T22:30:00.000Z', now)).toBe('Monday, 23 November');
  });

  it('writes Arabic with its own digits', () => {
    const ar = formatOf('ar');
    expect(ar.time('2026-11-24T09:04:00.000Z')).toBe('١١:٠٤');
    expect(ar.ago(ago(2), now)).toBe('٢ د');
    expect(ar.number(1412)).toBe('١٬٤١٢');
  });

  it.each([
    [1, '1 m'],
    [60_000, '1 m'],
    [192 * 60_000, '3 h 12 m'],
    [24 * 3_600_000, '24 h'],
  ])('%d ms are "%s"', (ms, text) => {
    expect(en.duration(ms)).toBe(text);
  });
});

describe('the language of a reader', () => {
  it.each([
    ['ar-EG,ar;q=0.9,en;q=0.8', 'ar'],
    ['de-DE,en;q=0.7', 'en'],
    ['fr', 'en'],
    [null, 'en'],
    ['xx,ar', 'ar'],
  ] as const)('from "%s" is %s', (header, locale) => {
    expect(localeFromHeader(header)).toBe(locale);
  });

  it('has no text for a code it does not know', () => {
    expect([
      isKey(messages('en'), 'refusal.session'),
      isKey(messages('en'), 'refusal.toString'),
      isKey(messages('en'), 'toString'),
    ]).toEqual([true, false, false]);
  });
});
