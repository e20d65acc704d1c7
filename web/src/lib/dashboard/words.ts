import { locales, type Locale } from '#lib/i18n/locales.ts';
import type { AreaTexts } from '#lib/i18n/area.ts';
import type { Format } from '#lib/i18n/format.ts';

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

export type Amount = Readonly<{ value: string; unit: string }>;
export type Durations = ReturnType<typeof durationWords>;

/** "4 min", "2.4 h": one unit, two digits, because a duration of a histogram is not more exact. */
export function durationWords(t: AreaTexts<'dashboard'>['t'], format: Pick<Format, 'number'>) {
  const amount = (ms: number): Amount => {
    const [size, unit] = scaleOf(ms);
    const value = ms / size;
    return { value: format.number(value < 10 ? Math.round(value * 10) / 10 : Math.round(value)), unit: t(`unit.${unit}`) };
  };
  return { amount, text: (ms: number) => [amount(ms).value, amount(ms).unit].join('\u00a0') };
}

/** Changes over where the larger unit has two digits to tell. */
function scaleOf(ms: number): readonly [number, 's' | 'min' | 'h' | 'd'] {
  if (ms < minute) return [second, 's'];
  if (ms < 1.5 * hour) return [minute, 'min'];
  return ms < 2 * day ? [hour, 'h'] : [day, 'd'];
}

/** The unit in which an axis up to `ms` is read, and how long it is. */
export function axisUnit(ms: number): Readonly<{ unit: 's' | 'min' | 'h' | 'd'; size: number }> {
  const [size, unit] = scaleOf(ms);
  return { unit, size };
}

export type Days = ReturnType<typeof dayWords>;

/** Days of the figures are days in UTC, whatever the reader's zone. */
export function dayWords(locale: Locale) {
  const tag = locales[locale].tag;
  const using = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone: 'UTC', ...options });
  const [short, long, full] = [
    using({ day: 'numeric', month: 'short' }),
    using({ weekday: 'long', day: 'numeric', month: 'long' }),
    using({ day: 'numeric', month: 'long', year: 'numeric' }),
  ];
  const [weekday, hours] = [using({ weekday: 'short' }), using({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' })];
  const at = (text: string) => Date.parse(`${text}T00:00:00.000Z`);
  const anyMonday = Date.parse('2024-01-01T00:00:00.000Z');
  return {
    short: (text: string) => short.format(at(text)),
    long: (text: string) => long.format(at(text)),
    full: (text: string) => full.format(at(text)),
    /** Under an axis: the weekday where a week is shown. */
    axis: (text: string, days: number) => (days <= 7 ? weekday.format(at(text)) : short.format(at(text))),
    /** 0 is Monday. */
    weekday: (n: number) => weekday.format(anyMonday + n * day),
    /** 24 is the midnight that ends a day. */
    clock: (h: number) => hours.format(anyMonday + h * hour),
  };
}

/** The day with which a week begins where the language is spoken; 0 is Monday. */
export const weekStart = { en: 0, ar: 5 } as const satisfies Record<Locale, number>;
