import type { EventSpec } from '#domain/define-events.ts';
import type { EventId, IsoTime, StreamName, SubjectId, TenantId } from '#domain/ids.ts';
import { parseId } from '#domain/ids.ts';
import type { Plain, Sealed } from '#domain/personal.ts';
import { periodOf, schemaName } from '#domain/sealed-handle.ts';
import type { SealRequest } from './vault.ts';

/** An event as a decider returned it. */
export type PlainEvent = {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly personal: Readonly<Record<string, Plain | undefined>>;
};

/** Where the event will stand; bound into each of its envelopes. */
export type EventPlace = {
  readonly tenant: TenantId;
  readonly stream: StreamName;
  readonly eventId: EventId;
  readonly recordedAt: IsoTime;
};

/**
 * One seal request per personal field that the event carries, in the order of the catalogue. A field that the catalogue does not declare is
 * a fault of ours: `VAULT_FIELD_NOT_DECLARED`.
 */
export const sealRequests = (event: PlainEvent, spec: EventSpec, place: EventPlace): readonly SealRequest[] => {
  for (const field of Object.keys(event.personal)) {
    if (!Object.hasOwn(spec.personal, field))
      throw Object.assign(new Error(`expected a declared field of ${event.type}`), { code: 'VAULT_FIELD_NOT_DECLARED' });
  }
  const subject = spec.subject === null ? null : parseId<'subject'>(event.data[spec.subject]);
  return Object.entries(spec.personal).flatMap(([field, declared]) => {
    const value = event.personal[field];
    if (value === undefined) return [];
    return [{ context: contextOf(event, spec, place, subject, field, declared.class), value }];
  });
};

const contextOf = (
  event: PlainEvent,
  spec: EventSpec,
  place: EventPlace,
  subject: SubjectId | null,
  field: string,
  personalClass: Parameters<typeof periodOf>[0],
): SealRequest['context'] => {
  if (subject === null) throw Object.assign(new Error(`expected ${event.type} to name its subject`), { code: 'VAULT_SUBJECT_MISSING' });
  return {
    tenant: place.tenant,
    subject,
    class: personalClass,
    period: periodOf(personalClass, place.recordedAt),
    stream: place.stream,
    event: place.eventId,
    field,
    schema: schemaName(event.type, spec.version),
  };
};

/** Puts the sealed values back where the plain ones stood. `sealed` is in the order of `sealRequests`. */
export const sealedFields = (requests: readonly SealRequest[], sealed: readonly Sealed[]): Readonly<Record<string, Sealed>> =>
  Object.fromEntries(
    requests.flatMap((request, index) => {
      const value = sealed[index];
      return value === undefined ? [] : [[request.context.field, value] as const];
    }),
  );
