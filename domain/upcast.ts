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

export const upcasters: readonly Upcaster[] = [
  // The acknowledgements after a key's destruction were asked for, but not recorded.
  { type: 'KeyDestroyed', from: 1, up: (data) => ({ ...data, acknowledgements: [] }) },
];

/** The data of an event in the shape of version `to`: the chain of upcasters from the stored version on. @throws EventFault `EVENT_UPCASTER_MISSING` where a link is missing. */
export const upcast = (event: RecordedEvent, to: number, known: readonly Upcaster[] = upcasters): RecordedEvent['data'] => {
  let data = event.data;
  for (let version = event.version; version < to; version += 1) {
    const link = known.find(({ type, from }) => type === event.type && from === version);
    if (link === undefined) {
      // eslint-disable-next-line no-restricted-syntax -- a mistake of the program, not a rule that says no
      throw eventFault('EVENT_UPCASTER_MISSING', 'an upcaster from every stored version to the next, got a gap', event);
    }
    data = link.up(data);
  }
  return data;
};

/** A stored event as its aggregate declares it: a union by `type`. */
export type TypedEvent<C extends EventCatalogue> = RecordedEvent & EventOf<C, 'sealed'>;

/**
 * `EVENT_MALFORMED`: the event is not what its catalogue declares; something else wrote it, or it was damaged. `EVENT_VERSION_UNKNOWN`: a newer
 * program wrote it; what it means is not guessed. `EVENT_UPCASTER_MISSING`: ours to mend. Its stream stops, the others go on.
 */
export type EventFaultCode = 'EVENT_MALFORMED' | 'EVENT_VERSION_UNKNOWN' | 'EVENT_UPCASTER_MISSING';

export class EventFault extends Error {
  readonly code: EventFaultCode;
  constructor(code: EventFaultCode, message: string) {
    super(message);
    this.name = 'EventFault';
    this.code = code;
  }
}

/** @returns the event, upcast and checked against its catalogue. @throws EventFault when it cannot be read. */
export const typedEvent = <C extends EventCatalogue>(
  catalogue: C,
  event: RecordedEvent,
  known: readonly Upcaster[] = upcasters,
): TypedEvent<C> => {
  const spec = Object.hasOwn(catalogue, event.type) ? catalogue[event.type] : undefined;
  if (spec !== undefined && event.version > spec.version) {
    // eslint-disable-next-line no-restricted-syntax -- no rule of the domain says no here: the log holds what this program cannot know, a fault.
    throw eventFault('EVENT_VERSION_UNKNOWN', `version ${String(spec.version)} or older, got one of a newer program`, event);
  }
  if (spec !== undefined && Number.isInteger(event.version) && event.version > 0) {
    const shaped = event.version === spec.version ? event : { ...event, data: upcast(event, spec.version, known) };
    if (conforms<C>(spec, shaped)) return shaped;
  }
  // eslint-disable-next-line no-restricted-syntax -- no rule of the domain says no here: the log itself is not what was declared, a fault.
  throw eventFault('EVENT_MALFORMED', 'an event as its catalogue declares it, got another', event);
};

/** Says where the event stands, and nothing of what is in it. */
const eventFault = (code: EventFaultCode, expected: string, { position }: RecordedEvent): EventFault =>
  new EventFault(code, `expected ${expected} at position ${String(position)}`);

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
