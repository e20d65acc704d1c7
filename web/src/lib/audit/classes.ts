import type { AuditItem } from '#projections/pages.ts';

export const classCodes = ['message', 'profile', 'media', 'note', 'ai', 'audit', 'credential'] as const;
export type ClassCode = (typeof classCodes)[number];

/** Facts are flat: several classes stand in one text, joined by plus signs. */
export function classesOf(facts: AuditItem['facts']): readonly ClassCode[] {
  const named = String(facts['classes'] ?? facts['class'] ?? '').split(/[\s,+]+/u);
  return classCodes.filter((code) => named.includes(code));
}
