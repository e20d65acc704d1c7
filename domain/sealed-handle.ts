import {
  type Digest,
  type EventId,
  type IsoTime,
  parseId,
  type PayloadRef,
  type StreamName,
  type SubjectId,
  type TenantId,
} from './ids.ts';
import type { RecordedEvent } from './message.ts';
import type { PersonalClass } from './personal.ts';
import type { EventSpec } from './define-events.ts';

/**
 * All that is needed to find and open one sealed value, and nothing about its content: the reference, and the context that the opener
 * expects (never taken from the envelope). Views hold these; a rebuild needs no key.
 */
export type SealedHandle = {
  readonly ref: PayloadRef;
  readonly digest: Digest;
  readonly tenant: TenantId;
  readonly subject: SubjectId;
  readonly class: PersonalClass;
  readonly period: string;
  readonly stream: StreamName;
  readonly event: EventId;
  readonly field: string;
  readonly schema: string;
};

/**
 * How long a class's second key serves: monthly for what people write, daily for audit detail, `static` for what stays as long as the person
 * is known.
 */
export const periodWidths = {
  message: 'month',
  profile: 'static',
  media: 'month',
  note: 'month',
  ai: 'month',
  audit: 'day',
  credential: 'static',
} as const satisfies Readonly<Record<PersonalClass, 'month' | 'day' | 'static'>>;

/** The period of a class in which a moment lies: `2026-11`, `2026-11-24` or `static`. */
export const periodOf = (personalClass: PersonalClass, recordedAt: IsoTime): string => {
  const width = periodWidths[personalClass];
  if (width === 'static') return width;
  return recordedAt.slice(0, width === 'month' ? 7 : 10);
};

/** The schema name bound into an envelope: `<EventType>/v<version>`. */
export const schemaName = (type: string, version: number): string => `${type}/v${String(version)}`;

/** The handle of one personal field of a stored event, or null when the event does not carry it. */
export const handleOf = (event: RecordedEvent, spec: EventSpec, field: string): SealedHandle | null => {
  const sealed = event.personal[field];
  const declared = spec.personal[field];
  const subject = spec.subject === null ? null : parseId<'subject'>(event.data[spec.subject]);
  if (sealed === undefined || declared === undefined || subject === null) return null;
  return {
    ref: sealed.ref,
    digest: sealed.digest,
    tenant: event.tenant,
    subject,
    class: declared.class,
    period: periodOf(declared.class, event.meta.recordedAt),
    stream: event.stream,
    event: event.id,
    field,
    schema: schemaName(event.type, event.version),
  };
};
