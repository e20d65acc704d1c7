import type { EventCatalogue } from '#domain/define-events.ts';
import { type Category, isOfCategory } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import { type TypedEvent, typedEvent } from '#domain/upcast.ts';

/** The event as its aggregate declares it, or null when its stream is of another category. */
export const eventOf = <C extends EventCatalogue>(category: Category, catalogue: C, event: RecordedEvent): TypedEvent<C> | null =>
  isOfCategory(event.stream, category) ? typedEvent(catalogue, event) : null;

/** Gives the handles of an event's personal fields by name; null for a field that the event does not carry. */
export const handlesOf =
  <C extends EventCatalogue>(catalogue: C, event: TypedEvent<C>) =>
  (field: string): SealedHandle | null => {
    const spec = catalogue[event.type];
    return spec === undefined ? null : handleOf(event, spec, field);
  };

/**
 * The document as its view declares it. A document is what `evolve` of the same projection and version returned (another version starts
 * with an empty collection), so its type is known and need not be checked again.
 */
export const held = <D extends object>(document: object | null): D | null => (document !== null && isHeld<D>(document) ? document : null);

const isHeld = <D extends object>(_document: object): _document is D => true;
