// `tests/golden/shapes.json`: the stored shape of every event of every version. What stands there is kept: this only adds what was declared since.
import { hash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { allCatalogues } from '#domain/catalogue.ts';
import type { EventSpec, PersonalField } from '#domain/define-events.ts';
import { ROOT } from '../root.ts';

export const path = 'tests/golden/shapes.json';
const EVENTS = 'tests/golden/events';

/** A part of a stored shape, as JSON Schema 2020-12 has it. */
export type Kind = { readonly [key: string]: unknown };
/** What of a personal field decides how it is stored; purposes and recipients may change while what is stored stays as it is. */
export type StoredField = Pick<PersonalField, 'class' | 'optional' | 'binary'>;
/** What the log holds of one event: `data` as JSON Schema, whose personal fields of which class, and who they are about. */
export type Shape = {
  readonly data: Kind;
  readonly personal: Readonly<Record<string, StoredField>>;
  readonly subject: string | null;
};
/** `shapes` by `<Type>/v<version>`; `files` by name of the golden file, with its SHA-256. */
export type Recorded = { readonly shapes: Readonly<Record<string, Shape>>; readonly files: Readonly<Record<string, string>> };

export const declaredEvents = Object.values(allCatalogues).flatMap((catalogue) =>
  Object.entries(catalogue).map(([type, spec]) => ({ type, spec })),
);

export const shapeOf = (spec: EventSpec): Shape => {
  const { $schema: _, ...data } = z.toJSONSchema(z.strictObject(spec.data), { unrepresentable: 'any', override: nameIds });
  return {
    data,
    personal: Object.fromEntries(Object.entries(spec.personal).map(([name, field]) => [name, storedField(field)])),
    subject: spec.subject,
  };
};

const storedField = (field: PersonalField): StoredField => ({
  class: field.class,
  ...(field.optional === undefined ? {} : { optional: field.optional }),
  ...(field.binary === undefined ? {} : { binary: field.binary }),
});

/** Ids, times and codes of one form are told apart by their pattern, which their schema says when it refuses. */
const nameIds = ({ zodSchema, jsonSchema }: { zodSchema: z.core.$ZodTypes; jsonSchema: z.core.JSONSchema.BaseSchema }): void => {
  if (zodSchema._zod.def.type !== 'custom') return;
  const says = z.safeParse(zodSchema, undefined).error?.issues[0]?.message ?? '';
  jsonSchema.type = 'string';
  jsonSchema.pattern = says.replace(/^expected /, '');
};

/**
 * Whether events stored in the shape `before` may keep their version in the shape `now`: whatever was stored must still be what is declared.
 * So only two things may come: fields that may be missing, and further codes of a closed list.
 */
export const mayKeepVersion = (before: Shape, now: Shape): boolean =>
  before.subject === now.subject &&
  Object.entries(before.personal).every(([name, field]) => equal(field, now.personal[name])) &&
  Object.entries(now.personal).every(([name, field]) => name in before.personal || field.optional === true) &&
  widens(before.data, now.data);

const widens = (before: unknown, now: unknown, key = ''): boolean => {
  if (Array.isArray(before) && Array.isArray(now)) {
    if (key === 'enum') return before.every((code) => now.includes(code));
    // What must be there stays the same list: one more would refuse what is stored, one less changes the type of what is read.
    return before.length === now.length && before.every((part, index) => widens(part, now[index]));
  }
  if (!isKind(before) || !isKind(now)) return before === now;
  if (key !== 'properties' && !equal(Object.keys(before).sort(), Object.keys(now).sort())) return false;
  return Object.entries(before).every(([name, part]) => name in now && widens(part, now[name], name));
};

const isKind = (value: unknown): value is Kind => typeof value === 'object' && value !== null && !Array.isArray(value);
const equal = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other);

/** The record with what is declared today: a shape comes in when it is new or may keep its version; a file that changed keeps its old digest. */
export const recordFurther = (recorded: Recorded, declared: typeof declaredEvents, files: Recorded['files']): Recorded => {
  const fresh = declared.flatMap(({ type, spec }): [string, Shape][] => {
    const name = `${type}/v${String(spec.version)}`;
    const before = recorded.shapes[name];
    const now = shapeOf(spec);
    return before === undefined || mayKeepVersion(before, now) ? [[name, now]] : [];
  });
  return { shapes: sorted({ ...recorded.shapes, ...Object.fromEntries(fresh) }), files: sorted({ ...files, ...recorded.files }) };
};

const sorted = <T>(values: Readonly<Record<string, T>>): Readonly<Record<string, T>> =>
  Object.fromEntries(Object.entries(values).sort(([one], [other]) => (one < other ? -1 : 1)));

/** The golden files as they are, by name, with their SHA-256. */
export const goldenFiles = (): Recorded['files'] =>
  Object.fromEntries(
    readdirSync(join(ROOT, EVENTS))
      .sort()
      .map((name) => [name, hash('sha256', readFileSync(join(ROOT, EVENTS, name)), 'hex')]),
  );

export const recordedShapes = (): Recorded => {
  const text = readFileSync(join(ROOT, path), 'utf8');
  // eslint-disable-next-line no-restricted-syntax -- a file that this program wrote; the test holds it against what is declared
  return JSON.parse(text) as Recorded;
};

export const generate = (): string => `${JSON.stringify(recordFurther(recordedShapes(), declaredEvents, goldenFiles()), null, 1)}\n`;
