import type { EventCatalogue } from '#domain/define-events.ts';
import { parseId, parseStream, parseTime, type StreamName, streamParts } from '#domain/ids.ts';
import { metaSchema, type RecordedEvent } from '#domain/message.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import { EventFault, typedEvent } from '#domain/upcast.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import { type CatalogueOf, createEventCodec } from './codec.ts';
import type { Row } from './rows.ts';
import { eventSum } from './sum.ts';

/** What can be wrong with one record of the log; the sentences stand where they are said (`infra/cli/verify-log.ts`). */
export type RecordFaultCode =
  | 'position-missing'
  | 'unreadable'
  | 'columns'
  | 'stream-unknown'
  | 'stream-name'
  | 'revision'
  | 'id-repeated'
  | 'type-unknown'
  | 'version-unknown'
  | 'json'
  | 'frame'
  | 'time'
  | 'shape'
  | 'upcast'
  | 'changed'
  | 'envelope-missing'
  | 'envelope-changed'
  | 'envelope-misplaced'
  | 'envelope-unreadable';

/** Where a record stands, as far as that can be read. */
export type Place = { readonly position: number; readonly stream: StreamName | null; readonly revision: number | null };
export type RecordFault = Place & { readonly code: RecordFaultCode; readonly field: string | null };

/** How the vault's files answer for one sealed value. `removed`: it is gone, and its person was erased. */
export type EnvelopeState = 'sound' | 'removed' | 'missing' | 'changed' | 'misplaced' | 'unreadable';
export type LookAtEnvelope = (handle: SealedHandle) => EnvelopeState;

export type CheckedRecord = {
  readonly place: Place;
  /** Key of its stream in the file, null when it is none. */
  readonly key: number | null;
  readonly code: RecordFaultCode | null;
  /** Its event, upcast, when it could be read. */
  readonly handles: readonly SealedHandle[];
  /** It was written before the log kept sums. */
  readonly unsummed: boolean;
};

/** `position, stream, name, revision, id, type, version, body, sum` of one event, the name from its stream. */
export const createRecordCheck = (catalogueOf: CatalogueOf): ((row: Row, position: number) => CheckedRecord) => {
  const codec = createEventCodec(catalogueOf);

  const readEvent = (place: Place & { stream: StreamName; revision: number }, parts: EventParts): RecordedEvent | RecordFaultCode => {
    const { stream, revision, position } = place;
    try {
      const event = codec.decode(parts, { stream, revision: BigInt(revision), position: BigInt(position) });
      const frame: unknown = JSON.parse(parts.body);
      const more = typeof frame === 'object' && frame !== null ? Object.keys(frame).length !== FRAME_PARTS : true;
      if (more || !metaSchema.safeParse(event.meta).success) return isTime(event.meta.recordedAt) ? 'frame' : 'time';
      if (!isTime(event.meta.recordedAt)) return 'time';
      return event;
    } catch (error) {
      if (error instanceof StoreFault) return codeOfDecoding(error, parts.body);
      throw error;
    }
  };

  return (row, position) => {
    const [, streamKey, name, revisionValue, id, type, version, body, sum] = row;
    const stream = parseStream(name);
    const revision = typeof revisionValue === 'number' ? revisionValue : null;
    const place: Place = { position, stream, revision };
    const key = typeof streamKey === 'number' ? streamKey : null;
    const unsummed = sum === null || sum === undefined;
    const faulty = (code: RecordFaultCode): CheckedRecord => ({ place, key, code, handles: [], unsummed });
    if (name === null) return faulty('stream-unknown');
    const catalogue = stream === null ? undefined : catalogueOf(streamParts(stream).category);
    if (stream === null || catalogue === undefined) return faulty('stream-name');
    const eventId = id instanceof Uint8Array ? parseId<'event'>(hexOf(id)) : null;
    if (key === null || revision === null || eventId === null) return faulty('columns');
    if (typeof type !== 'string' || typeof version !== 'number' || typeof body !== 'string') return faulty('columns');

    const event = readEvent({ ...place, stream, revision }, { id: eventId, type, version, body });
    if (typeof event === 'string') return faulty(event);
    const typed = typeOf(catalogue, event);
    if (typeof typed === 'string') return faulty(typed);
    const fits = unsummed || sum === eventSum({ position, stream, revision, id: eventId, type, version, body });
    const handles = handlesOf(catalogue, typed);
    return { place, key, code: fits ? null : 'changed', handles, unsummed };
  };
};

type EventParts = { readonly id: RecordedEvent['id']; readonly type: string; readonly version: number; readonly body: string };

/** `data`, `personal`, `meta`. */
const FRAME_PARTS = 3;

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex');

/** A time of the written form that also exists: 31 February does not. */
const isTime = (value: unknown): boolean => {
  const time = parseTime(value);
  return time !== null && !Number.isNaN(Date.parse(time)) && new Date(time).toISOString() === time;
};

const codeOfDecoding = (fault: StoreFault, body: string): RecordFaultCode => {
  if (fault.code === 'EVENT_NOT_DECLARED') return 'type-unknown';
  if (fault.code === 'EVENT_VERSION_UNKNOWN') return 'version-unknown';
  return isJson(body) ? 'frame' : 'json';
};

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

const typeOf = (catalogue: EventCatalogue, event: RecordedEvent): RecordedEvent | RecordFaultCode => {
  try {
    return typedEvent(catalogue, event);
  } catch (error) {
    if (!(error instanceof EventFault)) throw error;
    switch (error.code) {
      case 'EVENT_MALFORMED':
        return 'shape';
      case 'EVENT_VERSION_UNKNOWN':
        return 'version-unknown';
      case 'EVENT_UPCASTER_MISSING':
        return 'upcast';
    }
  }
};

const handlesOf = (catalogue: EventCatalogue, event: RecordedEvent): readonly SealedHandle[] => {
  const spec = catalogue[event.type];
  if (spec === undefined) return [];
  return Object.keys(event.personal).flatMap((field) => handleOf(event, spec, field) ?? []);
};
