import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { busiestDay, changeOf, isEmpty, labelOf, peakHours, timeChangeOf } from '#lib/dashboard/read.ts';
import { axisUnit, dayWords, durationWords } from '#lib/dashboard/words.ts';
import { type AreaMessages, areaTexts } from '#lib/i18n/area.ts';
import { dashboardAnswer } from '#tests/support/web-fixture-dashboard.ts';

const textsIn = (locale: 'en' | 'ar') => {
  const file = join(import.meta.dirname, `../../web/src/messages/${locale}/dashboard.json`);
  return areaTexts<'dashboard'>(locale, JSON.parse(readFileSync(file, 'utf8')) as AreaMessages<'dashboard'>);
};
const answer = dashboardAnswer(7, Date.parse('2026-11-24T09:30:00.000Z'));
const minute = 60_000;

describe('a change', () => {
  it.each([
    [110, 100, { kind: 'more', percent: 10 }],
    [50, 100, { kind: 'less', percent: 50 }],
    [0, 100, { kind: 'less', percent: 100 }],
    [100, 100, { kind: 'same' }],
    [1001, 1000, { kind: 'same' }],
    [0, 0, { kind: 'same' }],
    [7, 0, { kind: 'noneBefore' }],
  ])('%d against %d', (now, before, change) => {
    expect(changeOf(now, before)).toEqual(change);
  });
  it('of a time within the error of both is none', () => {
    expect(timeChangeOf(100 * minute, 104 * minute, 0.024)).toEqual({ kind: 'sameTime' });
    expect(timeChangeOf(4 * minute, 6 * minute, 0.024)).toEqual({ kind: 'faster', ms: 2 * minute });
    expect(timeChangeOf(6 * minute, 4 * minute, 0.024)).toEqual({ kind: 'slower', ms: 2 * minute });
    expect(timeChangeOf(6 * minute, null, 0.024)).toEqual({ kind: 'noneBefore' });
  });
});

describe('what a chart is about', () => {
  it('the busiest day is that of the most messages received; without any, the last with a reply', () => {
    expect(busiestDay(answer.byDay)?.received).toBe(Math.max(...answer.byDay.map(({ received }) => received)));
    const silent = answer.byDay.map((day) => ({ ...day, received: 0 }));
    expect(busiestDay(silent)?.day).toBe(answer.to);
    expect(busiestDay(silent.map((day) => ({ ...day, sent: 0 })))).toBeUndefined();
  });
  it('the peak is the four hours of the most messages, up to the end of the day', () => {
    const at = (...hours: readonly number[]) => [Array.from({ length: 24 }, (_, hour) => (hours.includes(hour) ? 5 : 0))];
    expect(peakHours(at(20, 21, 22, 23, 3))).toEqual({ from: 20, to: 24, percent: 80 });
    expect(peakHours(at())).toBeUndefined();
  });
  it('an organisation with anything at all is not empty', () => {
    expect(isEmpty(answer)).toBe(false);
  });
  it.each([7, 30, 90])('labels of %d days have room and stand at no end where there are many', (count) => {
    const labelled = Array.from({ length: count }, (_, n) => n).filter((n) => labelOf(n, count) !== null);
    expect(labelled.length).toBeGreaterThan(4);
    expect(labelled.length).toBeLessThan(8);
    if (count > 7) expect([labelled[0]! > 1, labelled.at(-1)! < count - 2]).toEqual([true, true]);
  });
});

describe('words', () => {
  it.each([
    [900, '0.9\u00a0s'],
    [59_000, '59\u00a0s'],
    [4 * minute, '4\u00a0min'],
    [89 * minute, '89\u00a0min'],
    [144 * minute, '2.4\u00a0h'],
    [47 * 60 * minute, '47\u00a0h'],
    [72 * 60 * minute, '3\u00a0d'],
  ])('%d ms are %s', (ms, text) => {
    const { t } = textsIn('en');
    expect(durationWords(t, { number: (value) => new Intl.NumberFormat('en-GB').format(value) }).text(ms)).toBe(text);
  });
  it('an axis is read in the unit of its end', () => expect(axisUnit(40 * minute)).toEqual({ unit: 'min', size: minute }));
  it('days are days in UTC, in the language of the reader', () => {
    expect(dayWords('en').long('2026-11-22')).toBe('Sunday 22 November');
    expect(dayWords('ar').short('2026-11-22')).toBe('٢٢ نوفمبر');
    expect(dayWords('en').weekday(0)).toBe('Mon');
    expect(dayWords('en').clock(24)).toBe('00:00');
  });
  it('sentences count as their language does', () => {
    const say = (locale: 'en' | 'ar', count: number) => textsIn(locale).t('state.say', { waiting: 1, open: count, nobody: 0 });
    expect(say('en', 3)).toBe('<b>1 of 3 open conversations waits for an answer;</b> each of them has somebody.');
    expect(say('ar', 3)).toContain('٣ محادثات');
    expect(say('ar', 118)).toContain('١١٨ محادثة');
  });
});
