import { z } from 'zod';
import { type Digest, digestSchema, idOf, type PayloadRef } from './ids.ts';

/** The form of an event's personal fields: as typed by people, or as references into the vault. */
export type Form = 'plain' | 'sealed';

/** Classes of personal data; with the period they name the second key (`vault/SPEC.md`). */
export const personalClasses = ['message', 'profile', 'media', 'note', 'ai', 'audit', 'credential'] as const;
export type PersonalClass = (typeof personalClasses)[number];

declare const plainBrand: unique symbol;
/**
 * A personal value in the clear. It exists only between an edge and the vault. Its content is held beside it, in a weak map: `JSON.stringify`,
 * spread, template strings, `structuredClone` and `util.inspect` show nothing of it.
 */
export type Plain = { readonly [plainBrand]: 'plain' };

/** A personal value in the vault: a random reference and the SHA-256 of its envelope. */
export type Sealed = { readonly ref: PayloadRef; readonly digest: Digest };

export type Personal<F extends Form> = F extends 'plain' ? Plain : Sealed;

export const sealedSchema: z.ZodType<Sealed> = z.strictObject({ ref: idOf<'payload'>(), digest: digestSchema });

const contents = new WeakMap<Plain, string | Uint8Array>();

/** Wraps a personal value. Text is kept as given; normalise before. */
export const plain = (value: string | Uint8Array): Plain => {
  const wrapped = Object.freeze({}) as Plain;
  contents.set(wrapped, value);
  return wrapped;
};

/** What `plain` wrapped. An object that `plain` did not make holds the empty text. */
export const plainContent = (value: Plain): string | Uint8Array => contents.get(value) ?? '';

/** The text of a plain value; empty for bytes. */
export const plainText = (value: Plain): string => {
  const content = plainContent(value);
  return typeof content === 'string' ? content : '';
};

/** True for a value made by `plain`. */
export const isPlain = (value: unknown): value is Plain => typeof value === 'object' && value !== null && contents.has(value as Plain);

/** The fields that have a value: null leaves a field out of an event. */
export const present = <Field extends string>(fields: Readonly<Record<Field, Plain | null>>): { readonly [F in Field]?: Plain } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null)) as { readonly [F in Field]?: Plain };
