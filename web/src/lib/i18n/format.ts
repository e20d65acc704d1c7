import { locales, type Locale } from './locales.ts';
import type { Translate } from './translate.ts';

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export type Format = ReturnType<typeof formatter>;

/** Times and counts in words and digits of the reader; each takes ISO text or milliseconds. */
export function formatter(locale: Locale, timeZone: string, t: Translate) {
  const tag = locales[locale].tag;
  const using = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(tag, { timeZone, ...options });
  const clock = using({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const exact = using({ hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const shortDay = using({ day: 'numeric', month: 'short' });
  const weekday = using({ weekday: 'short' });
  const longWeekday = using({ weekday: 'long' });
  const dayOfMonth = using({ day: 'numeric', month: 'long' });
  const fullDay = using({ day: 'numeric', month: 'long', year: 'numeric' });
  const month = using({ month: 'long', year: 'numeric' });
  const moment = using({ day: 'numeric', month: 'short', year: 'numeric', hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const key = new Intl.DateTimeFormat('en-CA', { timeZone, year: 'numeric', month: '2-digit', day: '2-digit' });
  const count = new Intl.NumberFormat(tag);
  const at = (when: string | number) => new Date(when);
  const daysApart = (when: string | number, now: number) =>
    Math.round((Date.parse(key.format(now)) - Date.parse(key.format(at(when)))) / dayMs);

  return {
    number: (value: number) => count.format(value),
    bytes: (value: number) => bytes(tag, value),
    time: (when: string | number) => clock.format(at(when)),
    timeExact: (when: string | number) => exact.format(at(when)),
    date: (when: string | number) => fullDay.format(at(when)),
    dayMonth: (when: string | number) => shortDay.format(at(when)),
    month: (when: string | number) => month.format(at(when)),
    moment: (when: string | number) => moment.format(at(when)),
    /** Same text for all times of one day in the reader's zone. */
    dayKey: (when: string | number) => key.format(at(when)),
    /** "Today, 24 November", "Sunday, 22 November". */
    day: (when: string | number, now: number) =>
      daysApart(when, now) === 0
        ? t('time.today', { date: dayOfMonth.format(at(when)) })
        : t('time.day', { weekday: longWeekday.format(at(when)), date: dayOfMonth.format(at(when)) }),
    /** The end of a row: "now", "2 m", "1 h", "Yesterday", "Sun", "14 Oct". */
    ago: (when: string | number, now: number) => {
      const passedMs = Math.max(0, now - at(when).getTime());
      const days = daysApart(when, now);
      if (passedMs < minuteMs) return t('time.now');
      if (passedMs < hourMs) return t('time.minutes', { m: Math.floor(passedMs / minuteMs) });
      if (days <= 0 || passedMs < 6 * hourMs) return t('time.hours', { h: Math.floor(passedMs / hourMs) });
      if (days === 1) return t('time.yesterday');
      return days < 7 ? weekday.format(at(when)) : shortDay.format(at(when));
    },
    /** "3 h 12 m", "12 m"; never less than a minute while something is left. */
    duration: (ms: number) => {
      const minutes = Math.max(1, Math.ceil(ms / minuteMs));
      const [h, m] = [Math.floor(minutes / 60), minutes % 60];
      if (h === 0) return t('time.minutes', { m });
      return m === 0 ? t('time.hours', { h }) : t('time.hoursMinutes', { h, m });
    },
  };
}

function bytes(tag: string, value: number): string {
  const [size, unit] = value < 1_000_000 ? [value / 1000, 'kilobyte'] : [value / 1_000_000, 'megabyte'];
  return new Intl.NumberFormat(tag, { style: 'unit', unit, maximumFractionDigits: size < 10 ? 1 : 0 }).format(size);
}
