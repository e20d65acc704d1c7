import type { RecordedEvent } from '#domain/message.ts';
import type { CollectionSpec } from '#domain/ports.ts';

/** One document that an event touches. */
export type Target = { readonly collection: string; readonly id: string };

/**
 * A read model: which documents an event touches, and what each becomes. Both functions are pure. They move references, never values,
 * so a rebuild needs no key. The runner applies an event to a document at most once per source stream (`guard`).
 */
export type Projection = {
  readonly name: string;
  /** Raised when the shape or the rules change: the projection is rebuilt at the next start. */
  readonly version: number;
  readonly collections: readonly CollectionSpec[];
  readonly route: (event: RecordedEvent) => readonly Target[];
  readonly evolve: (document: object | null, event: RecordedEvent, target: Target) => object | null;
  /**
   * False where the document is idempotent by itself and its source streams have no bound (an inbox row hears of every message): the
   * runner then keeps no revision for that stream.
   */
  readonly guard?: (event: RecordedEvent, target: Target) => boolean;
};
