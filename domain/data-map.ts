import type { EventCatalogue, EventSpec, PersonalField } from './define-events.ts';
import type { PersonalClass } from './personal.ts';
import { type DataSubject, dataSubjects, type ProcessingPurpose, type Recipient } from './processing.ts';
import { periodWidths } from './sealed-handle.ts';

/** Where a personal value of an event stands: sealed as a payload or as a file, and as a keyed tag to be found by. */
export const fieldPlaces = ['payloads', 'media', 'claims', 'seen', 'search'] as const;
export type FieldPlace = (typeof fieldPlaces)[number];

/**
 * What ends a value: the erasure of the person, the destruction of the key of its month or day, or, of members, numbers and organisations,
 * nothing that this release offers yet.
 */
export const fieldEnds = ['person-erased', 'month-key-destroyed', 'day-key-destroyed', 'no-erasure-yet'] as const;
export type FieldEnd = (typeof fieldEnds)[number];

/** One personal field of one event, and all that must be known about it. */
export type DataMapField = {
  readonly category: string;
  readonly event: string;
  /** The newest version. Older ones hold no other personal fields: a test keeps them. */
  readonly version: number;
  readonly field: string;
  readonly class: PersonalClass;
  readonly subject: DataSubject;
  readonly purposes: readonly ProcessingPurpose[];
  readonly places: readonly FieldPlace[];
  readonly ends: readonly FieldEnd[];
  readonly sharedWith: Recipient | null;
  /** The event may come without it. */
  readonly optional: boolean;
};

/** Erasing a person destroys their key; this release erases customers. */
const subjectEnds = {
  customer: 'person-erased',
  member: 'no-erasure-yet',
  channel: 'no-erasure-yet',
  organisation: 'no-erasure-yet',
} as const satisfies Readonly<Record<DataSubject, FieldEnd>>;

const periodEnds = { month: ['month-key-destroyed'], day: ['day-key-destroyed'], static: [] } as const;

/** Every personal field of every event of the catalogues, in their order. Nothing is listed here that is not declared there. */
export const dataMapFields = (catalogues: Readonly<Record<string, EventCatalogue>>): readonly DataMapField[] =>
  Object.entries(catalogues).flatMap(([category, catalogue]) =>
    Object.entries(catalogue).flatMap(([event, spec]) =>
      Object.entries(spec.personal).map(([field, declared]) => entryOf(category, event, spec, field, declared)),
    ),
  );

const entryOf = (category: string, event: string, spec: EventSpec, field: string, declared: PersonalField): DataMapField => {
  const subject = subjectOf(spec);
  return {
    category,
    event,
    version: spec.version,
    field,
    class: declared.class,
    subject,
    purposes: declared.purposes,
    places: placesOf(declared),
    ends: [subjectEnds[subject], ...periodEnds[periodWidths[declared.class]]],
    sharedWith: declared.sharedWith ?? null,
    optional: declared.optional === true,
  };
};

/** `defineEvents` takes no other subject; a spec that came past it is shown as the organisation's, whose data ends last. */
const subjectOf = ({ subject }: EventSpec): DataSubject =>
  Object.entries(dataSubjects).find(([name]) => name === subject)?.[1] ?? 'organisation';

const placesOf = ({ binary, tag, remembered, searchedAs }: PersonalField): readonly FieldPlace[] => [
  binary === true ? 'media' : 'payloads',
  ...(tag === undefined ? [] : (['claims'] as const)),
  ...(remembered === true ? (['seen'] as const) : []),
  ...(searchedAs === undefined ? [] : (['search'] as const)),
];
