import { textOf } from './shown.ts';
import type { Shown } from '#projections/shown.ts';

/** A revealed number in the groups of its masked form, "+20 10 0000 0101": whoever reads it out keeps the place. */
export function inGroups(phone: Shown, masked: Shown): Shown {
  const country = /^\+\d+(?= )/u.exec(textOf(masked) ?? '')?.[0];
  if (phone.state !== 'value' || country === undefined || !/^\+\d+$/u.test(phone.text) || !phone.text.startsWith(country)) return phone;
  const rest = phone.text.slice(country.length).replaceAll(/\B(?=(?:\d{4})+$)/gu, ' ');
  return { ...phone, text: `${country} ${rest}` };
}
