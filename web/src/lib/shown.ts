import type { Shown } from '#projections/shown.ts';

/** The text of a value that can be read, masked or not; for labels, initials and menus. */
export function textOf(value: Shown): string | undefined {
  return value.state === 'value' ? value.text : undefined;
}

export function isRead(value: Shown): value is Extract<Shown, { state: 'value' }> {
  return value.state === 'value';
}
