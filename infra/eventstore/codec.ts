import { type EventCatalogue, type EventSpec, storedSchema } from '#domain/define-events.ts';
import { type EventId, parseId, parseStream, type StreamName, streamParts } from '#domain/ids.ts';
import { type EventMeta, metaSchema, type NewEvent, type RecordedEvent } from '#domain/message.ts';
import type { Sealed } from '#domain/personal.ts';
import { type EventPlace, StoreFault } from '#infra/sqlite/store-fault.ts';

/** The declared events of a category; undefined for a category that nobody declared. */
export type CatalogueOf = (category: string) => EventCatalogue | undefined;

/** An event as it is written: what a query needs in columns, the rest as one JSON text `{data, personal, meta}`. */
export type StoredEvent = { readonly id: EventId; readonly type: string; readonly version: number; readonly body: string };

export type EventCodec = {
  /** Checks stream and event against the catalogue. Anything that is not declared is refused. */
  readonly encode: (stream: StreamName, event: NewEvent) => StoredEvent;
  /** The recorded event of a stored row. An event of a version that this program does not know is refused, never guessed. */
  readonly decode: (stored: StoredEvent, place: EventPlace) => RecordedEvent;
};

type Schemas = { readonly stored: ReturnType<typeof storedSchema>; readonly spec: EventSpec };

export const createEventCodec = (catalogueOf: CatalogueOf): EventCodec => {
  const known = new Map<string, Map<string, Schemas>>();

  const schemasFor = (category: string, type: string): Schemas | null => {
    const cached = known.get(category)?.get(type);
    if (cached !== undefined) return cached;
    const catalogue = catalogueOf(category);
    const spec = catalogue !== undefined && Object.hasOwn(catalogue, type) ? catalogue[type] : undefined;
    if (spec === undefined) return null;
    const schemas = { stored: storedSchema(spec), spec };
    known.set(category, (known.get(category) ?? new Map<string, Schemas>()).set(type, schemas));
    return schemas;
  };

  return {
    encode: (stream, event) => {
      if (parseStream(stream) === null)
        throw new StoreFault('EVENT_MALFORMED', 'expected a stream name <tenant>.<category>-<id>, got another text');
      const { category } = streamParts(stream);
      const schemas = schemasFor(category, event.type);
      if (schemas === null) throw new StoreFault('EVENT_NOT_DECLARED', `expected an event declared for ${category}, got another type`);
      if (parseId(event.id) === null) throw malformed(event.type, ['id']);
      if (event.version !== schemas.spec.version) throw malformed(event.type, ['version']);
      const content = schemas.stored.safeParse({ data: event.data, personal: event.personal });
      if (!content.success) throw malformed(event.type, content.error.issues[0]?.path ?? []);
      const meta = metaSchema.safeParse(event.meta);
      if (!meta.success) throw malformed(event.type, ['meta', ...(meta.error.issues[0]?.path ?? [])]);
      return { id: event.id, type: event.type, version: event.version, body: JSON.stringify({ ...content.data, meta: meta.data }) };
    },
    decode: (stored, place) => {
      const { tenant, category } = streamParts(place.stream);
      const schemas = schemasFor(category, stored.type);
      if (schemas === null)
        throw new StoreFault('EVENT_NOT_DECLARED', 'expected an event that this program declares, got another type', { at: place });
      if (stored.version > schemas.spec.version) {
        const versions = `${String(schemas.spec.version)}, got ${String(stored.version)}`;
        throw new StoreFault('EVENT_VERSION_UNKNOWN', `expected ${stored.type} of version at most ${versions}: a newer program wrote it`, {
          at: place,
        });
      }
      const frame = parseFrame(stored, place);
      const { id, type, version } = stored;
      const { data, personal, meta } = frame;
      const { stream, revision, position } = place;
      return { id, type, version, data, personal, meta, tenant, stream, revision, position };
    },
  };
};

type Frame = { readonly data: Record<string, unknown>; readonly personal: Record<string, Sealed>; readonly meta: EventMeta };

/**
 * Writing checks everything, reading checks the frame: an older stored version has its own shape (upcasting is the reader's), and a
 * schema per event would halve the speed of a replay.
 */
const isFrame = (value: unknown): value is Frame =>
  isRecord(value) && isRecord(value['data']) && isRecord(value['personal']) && isRecord(value['meta']);

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

/** `JSON.parse` quotes its input in its messages, so its error goes no further. */
const parseFrame = (stored: StoredEvent, place: EventPlace): Frame => {
  let value: unknown;
  try {
    value = JSON.parse(stored.body);
  } catch {
    throw new StoreFault('EVENT_MALFORMED', `expected ${stored.type} as JSON, got other bytes`, { at: place });
  }
  if (!isFrame(value))
    throw new StoreFault('EVENT_MALFORMED', `expected ${stored.type} with data, personal and meta, got another shape`, { at: place });
  return value;
};

/** A path may go through a map whose keys come from outside: only what looks like a declared field is repeated. */
const SAFE_SEGMENT = /^[a-zA-Z][a-zA-Z0-9]{0,39}$/;

const malformed = (type: string, path: readonly PropertyKey[]): StoreFault => {
  const shown = path.map((segment) =>
    typeof segment === 'number' || (typeof segment === 'string' && SAFE_SEGMENT.test(segment)) ? String(segment) : '?',
  );
  return new StoreFault(
    'EVENT_MALFORMED',
    `expected ${type} as declared, got another value at ${shown.length === 0 ? 'its top' : shown.join('.')}`,
  );
};
