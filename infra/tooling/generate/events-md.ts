// `domain/EVENTS.md`: every event that may be stored, from the tables that declare them.
import { z } from 'zod';
import { allCatalogues } from '#domain/catalogue.ts';
import type { EventCatalogue, EventSpec } from '#domain/define-events.ts';

export const path = 'domain/EVENTS.md';

export const generate = (): string =>
  [
    '# Events',
    '',
    'Written by `npm run generate` from `domain/*/events.ts`; do not edit.',
    '',
    'Fields are ids, times, codes and numbers and stand in the log as they are. Personal fields are sealed: the log holds a reference and a',
    'digest, the value lies in the vault under the key of the subject and of the class and its period. A field with `?` may be missing.',
    '',
    ...Object.entries(allCatalogues).flatMap(([category, catalogue]) => section(category, catalogue)),
  ].join('\n');

const section = (category: string, catalogue: EventCatalogue): string[] => [
  `## ${category}`,
  '',
  ...Object.entries(catalogue).flatMap(([type, spec]) => [
    `### ${type}`,
    '',
    `${spec.says} Version ${spec.version}.`,
    '',
    ...fields(spec),
    '',
  ]),
];

const fields = (spec: EventSpec): string[] => [
  ...Object.entries(spec.data).map(([name, schema]) => `- \`${name}${isOptional(schema) ? '?' : ''}\`${codes(schema)}`),
  ...Object.entries(spec.personal).map(
    ([name, field]) =>
      `- \`${name}${field.optional === true ? '?' : ''}\`: **personal**, class \`${field.class}\`, subject \`${spec.subject ?? ''}\`${field.binary === true ? ', bytes' : ''}`,
  ),
];

const isOptional = (schema: z.ZodType): boolean => schema instanceof z.ZodOptional;

/** The closed list of a code, or what a structure is made of. */
const codes = (schema: z.ZodType): string => {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable) {
    const inner = schema.unwrap();
    const nullable = schema instanceof z.ZodNullable ? ', or null' : '';
    return inner instanceof z.ZodType ? `${codes(inner)}${nullable}` : nullable;
  }
  if (schema instanceof z.ZodEnum) return `: ${schema.options.map((code) => `\`${String(code)}\``).join(', ')}`;
  if (schema instanceof z.ZodArray) {
    const item = schema.element;
    return item instanceof z.ZodObject ? `: list of { ${Object.keys(item.shape).join(', ')} }` : ': list';
  }
  return schema instanceof z.ZodObject ? `: { ${Object.keys(schema.shape).join(', ')} }` : '';
};
