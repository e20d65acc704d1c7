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
  /** Raised when the shape or the rules change: a generation of the new version is built at the next start, beside the live one. */
  readonly version: number;
  /** The oldest version whose documents pages can still read while this one is built; its own version when they cannot. */
  readonly readsFrom: number;
  readonly collections: readonly CollectionSpec[];
  readonly route: (event: RecordedEvent) => readonly Target[];
  readonly evolve: (document: object | null, event: RecordedEvent, target: Target) => object | null;
  /**
   * False where the document is idempotent by itself and its source streams have no bound (an inbox row hears of every message): the
   * runner then keeps no revision for that stream.
   */
  readonly guard?: (event: RecordedEvent, target: Target) => boolean;
  /** Collections that neither pages nor workers read, only the sums of this projection: nobody is told that their documents changed. */
  readonly untold?: readonly string[];
  /** Sums over many documents of this projection. */
  readonly rollups?: readonly Rollup[];
};

/** What one document counts for in one rollup document: `base` names it (tenant, day …), `counts` is added to its own. */
export type Share = { readonly id: string; readonly base: object; readonly counts: Readonly<Record<string, number>> };

/**
 * A collection of sums, kept right by contributions: whenever a document of `of` changes, the runner takes back what it counted for before
 * and adds what it counts for now. Since documents take in an event once, so do the sums, whatever is repeated, parked or repaired. A rollup
 * document is `{ ...base, counts }`; counts that come to zero disappear, and with the last of them the document.
 */
export type Rollup = {
  readonly collection: string;
  readonly of: string;
  /** Pure. The same document always has the same shares. */
  readonly shares: (document: object) => readonly Share[];
};
