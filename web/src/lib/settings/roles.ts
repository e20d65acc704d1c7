import type { Person } from '#projections/shown.ts';

export const roles = ['owner', 'admin', 'dpo', 'agent', 'auditor'] as const satisfies readonly Person['role'][];

export function isRole(text: string): text is (typeof roles)[number] {
  return roles.some((role) => role === text);
}
