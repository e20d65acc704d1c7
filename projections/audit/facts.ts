import type { AuditLine } from './view.ts';

/** Named in the line itself. */
const elsewhere: ReadonlySet<string> = new Set(['organisationId', 'conversationId', 'items']);

/** An event's data as the trail keeps it: ids, codes, numbers and times as they are, a list as its length, a table as `name.key`. */
export const factsOf = (data: Readonly<Record<string, unknown>>): AuditLine['facts'] =>
  Object.fromEntries(
    Object.entries(data)
      .filter(([name]) => !elsewhere.has(name))
      .flatMap(([name, value]) => flat(name, value)),
  );

const flat = (name: string, value: unknown): (readonly [string, AuditLine['facts'][string]])[] => {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [[name, value]];
  if (Array.isArray(value)) return [[name, value.length]];
  return typeof value === 'object' ? Object.entries(value).flatMap(([key, inner]) => flat(`${name}.${key}`, inner)) : [];
};
