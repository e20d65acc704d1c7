import type { z } from 'zod';
import { type EventCatalogue, type EventOf, type EventSpec, storedSchema } from './define-events.ts';
import type { RecordedEvent } from './message.ts';

/**
 * Turns the `data` of one stored version into the next. `type`, `version` and the names of personal fields stay as stored: envelopes are
 * bound to them, so a changed one would no longer open.
 */
export type Upcaster = {
  readonly type: string;
  /** The stored version that it reads; it returns the data of the next one. */
  readonly from: number;
  readonly up: (data: RecordedEvent['data']) => RecordedEvent['data'];
};

/** None yet: every event is in its first version. */
export const upcasters: readonly Upcaster[] = [];

/** The data of an event in the shape of version `to`: the chain of upcasters from the stored version on. A gap leaves it as it is. */
export const upcast = (event: RecordedEvent, to: number, known: readonly Upcaster[] = upcasters): RecordedEvent['data'] => {
  let data = event.data;
  for (let version = event.version; version < to; version += 1) {
    data = known.find(({ type, from }) => type === event.type && from === version)?.up(data) ?? data;
  }
  return data;
};

/** A stored event as its aggregate declares it: a union by `type`. */
export type TypedEvent<C extends EventCatalogue> = RecordedEvent & EventOf<C, 'sealed'>;

/** An event of the log that is not what its catalogue declares: the log was written by something else. Its stream is parked. */
export class EventFault extends Error {
  readonly code = 'EVENT_MALFORMED';
  constructor(message: string) {
    super(message);
    this.name = 'EventFault';
  }
}

/** @returns the event, upcast and checked against its catalogue. @throws EventFault `EVENT_MALFORMED` when it is not what is declared. */
export const typedEvent = <C extends EventCatalogue>(catalogue: C, event: RecordedEvent): TypedEvent<C> => {
  const spec = Object.hasOwn(catalogue, event.type) ? catalogue[event.type] : undefined;
  if (spec !== undefined && event.version <= spec.version) {
    const shaped = event.version === spec.version ? event : { ...event, data: upcast(event, spec.version) };
    if (conforms<C>(spec, shaped)) return shaped;
  }
  // eslint-disable-next-line no-restricted-syntax -- no rule of the domain says no here: the log itself is not what was declared, a fault.
  throw new EventFault(`expected an event as its catalogue declares it, got another at position ${String(event.position)}`);
};

const schemas = new WeakMap<EventSpec, z.ZodType>();
/** Every read model asks for the same event; an event object never changes, so one look is enough. */
const checked = new WeakMap<RecordedEvent, EventSpec>();

const conforms = <C extends EventCatalogue>(spec: EventSpec, event: RecordedEvent): event is TypedEvent<C> => {
  if (checked.get(event) === spec) return true;
  const schema = schemas.get(spec) ?? storedSchema(spec);
  schemas.set(spec, schema);
  const good = schema.safeParse({ data: event.data, personal: event.personal }).success;
  if (good) checked.set(event, spec);
  return good;
};
