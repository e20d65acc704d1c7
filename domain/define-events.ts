import { z } from 'zod';
import type { Id } from './ids.ts';
import type { Form, Personal, PersonalClass, Plain, Sealed } from './personal.ts';
import { sealedSchema } from './personal.ts';
import type { ProcessingPurpose, Recipient, SearchedAs, SubjectField, TaggedIdentifier } from './processing.ts';

/**
 * One table per aggregate declares every event: what is in it, which part is personal, of which class, for what, and whose key seals it. Types of
 * the plain and the sealed form, the schema that the store's codec checks, `EVENTS.md` and the data map all come from this table.
 * `data` holds no free text: ids, times, codes, numbers. `personal` holds nothing else but personal values.
 */
export type PersonalField = {
  readonly class: PersonalClass;
  /** What it is processed for: at least one purpose, or it does not compile. */
  readonly purposes: readonly [ProcessingPurpose, ...ProcessingPurpose[]];
  /** It is also kept as a keyed tag of this kind. */
  readonly tag?: TaggedIdentifier;
  /** And as one under the key of its week, which outlives the person by days: what came once is known when it comes again. */
  readonly remembered?: true;
  /** The search index takes it in, under this name. */
  readonly searchedAs?: SearchedAs;
  /** Who outside the organisation gets it from this program. */
  readonly sharedWith?: Recipient;
  readonly optional?: true;
  readonly binary?: true;
};

export type EventSpec = {
  /** Schema version of the stored shape; a breaking change raises it and adds an upcast. */
  readonly version: number;
  /** One plain sentence for `EVENTS.md`. */
  readonly says: string;
  readonly data: Readonly<Record<string, z.ZodType>>;
  readonly personal: Readonly<Record<string, PersonalField>>;
  /** The field of `data` that holds the id of the subject whose key seals `personal`; null when nothing is personal. */
  readonly subject: string | null;
};

export type EventCatalogue = Readonly<Record<string, EventSpec>>;

type IsAny<T> = 0 extends 1 & T ? true : false;

/** True for a free string, a template, or a brand of somebody else: all but ids made by their parser and closed lists of codes. */
export type IsFreeText<T extends string> = T extends Id<string> ? false : NoField extends Record<T, 1> ? true : false;
/** Lacks every named field, so it is a record of `T` only when `T` names none. */
type NoField = { readonly ''?: 1 };

/**
 * Why `T` must not stand in `data`; `never` when it can hold only ids, times, codes, numbers, booleans and structures of them. (A flaw is
 * looked for rather than a safe type computed: `never` inside a structure would be assignable to everything.)
 */
type Flaw<T> =
  IsAny<T> extends true
    ? 'any'
    : T extends string
      ? IsFreeText<T> extends true
        ? 'free text'
        : never
      : T extends number | boolean | null | undefined
        ? never
        : T extends Plain | Sealed
          ? 'personal'
          : T extends readonly (infer Item)[]
            ? Flaw<Item>
            : T extends (...inputs: never) => unknown
              ? 'function'
              : T extends object
                ? FlawOfObject<T>
                : 'unknown';

type FlawOfObject<T extends object> = keyof T extends never
  ? 'any shape'
  : string extends keyof T
    ? 'free keys'
    : { [K in keyof T]-?: Flaw<T[K]> }[keyof T];

type Checked<S extends EventSpec> = {
  readonly version: number;
  readonly says: string;
  readonly data: { readonly [K in keyof S['data']]: [Flaw<z.output<S['data'][K]>>] extends [never] ? z.ZodType : never };
  readonly personal: Readonly<Record<string, PersonalField>>;
  readonly subject: keyof S['personal'] extends never ? null : keyof S['data'] & SubjectField;
};

type OptionalKeys<P extends EventSpec['personal']> = { [K in keyof P]: P[K] extends { readonly optional: true } ? K : never }[keyof P];
type Flat<T> = { readonly [K in keyof T]: T[K] };

type PersonalOf<P extends EventSpec['personal'], F extends Form> = Flat<
  { [K in Exclude<keyof P, OptionalKeys<P>>]: Personal<F> } & { [K in OptionalKeys<P>]?: Personal<F> }
>;

/** The union of a catalogue's events in one form. */
export type EventOf<C extends EventCatalogue, F extends Form> = {
  [T in keyof C & string]: {
    readonly type: T;
    readonly data: { readonly [K in keyof C[T]['data']]: z.output<C[T]['data'][K]> };
    readonly personal: PersonalOf<C[T]['personal'], F>;
  };
}[keyof C & string];

/** Declares an aggregate's events. A free `string` in `data`, or personal fields without a subject, do not compile. */
export const defineEvents = <const C extends EventCatalogue>(catalogue: C & { readonly [T in keyof C]: Checked<C[T]> }): C => catalogue;

/** The strict schema of an event's stored (sealed) form: anything not declared is refused. */
export const storedSchema = (spec: EventSpec): z.ZodType<{ data: Record<string, unknown>; personal: Record<string, unknown> }> =>
  z.strictObject({
    data: z.strictObject(spec.data),
    personal: z.strictObject(
      Object.fromEntries(
        Object.entries(spec.personal).map(([name, field]) => [name, field.optional ? sealedSchema.optional() : sealedSchema]),
      ),
    ),
  });
