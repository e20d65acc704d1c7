import type { Category, IsoTime, StreamName } from './ids.ts';
import type { NewEvent, RecordedEvent } from './message.ts';

/** `none`: the stream must not exist. A number: the revision of its last event. `any`: do not check. */
export type ExpectedRevision = bigint | 'none' | 'any';

export type AppendResult =
  /** `repeated`: the same event ids stand there already; nothing was written. */
  | { readonly kind: 'appended'; readonly revision: bigint; readonly position: bigint; readonly repeated: boolean }
  /** Someone was faster. `actual`: the last revision, null when the stream does not exist. */
  | { readonly kind: 'conflict'; readonly actual: bigint | null };

/** The log. Durable before `append` resolves; positions dense from 1; idempotent by event id. Faults carry a stable `code`. */
export type EventStore = {
  readonly append: (
    stream: StreamName,
    expected: ExpectedRevision,
    events: readonly NewEvent[],
    signal?: AbortSignal,
  ) => Promise<AppendResult>;
  /** Events of one stream in order, from revision `from` (default 0). A stream that does not exist is empty. */
  readonly readStream: (
    stream: StreamName,
    options?: { readonly from?: bigint; readonly limit?: number },
  ) => Promise<readonly RecordedEvent[]>;
  /** All events of several streams at once, each stream in order: seven times the speed of one after the other. */
  readonly readStreams: (streams: readonly StreamName[]) => Promise<ReadonlyMap<StreamName, readonly RecordedEvent[]>>;
  /** Events after `position`, in order of position, at most `limit`. */
  readonly readAll: (after: bigint, limit: number) => Promise<readonly RecordedEvent[]>;
  /** Every stream of a category, of all organisations, in order of their names. */
  readonly streams: (category: Category) => Promise<readonly StreamName[]>;
  /** Position of the last event, 0 when there is none. */
  readonly head: () => Promise<bigint>;
  /** Batches of events after `position`, then live as they are appended, until `signal` aborts. */
  readonly subscribe: (
    after: bigint,
    options: { readonly batch: number; readonly signal: AbortSignal },
  ) => AsyncIterable<readonly RecordedEvent[]>;
  readonly close: () => Promise<void>;
};

export type ViewValue = string | number | boolean | null;

/** One collection of view documents. `indexes` lists the fields that queries filter by, in order, and last the one they sort by. */
export type CollectionSpec = { readonly name: string; readonly indexes: readonly (readonly string[])[] };

export type ViewQuery = {
  /** Equality on top-level fields. */
  readonly where: Readonly<Record<string, ViewValue>>;
  readonly sort: { readonly field: string; readonly direction: 'ascending' | 'descending' };
  /** Bounds on the sort field, inclusive. */
  readonly from?: ViewValue;
  readonly to?: ViewValue;
  /** The `next` of the page before; opaque. */
  readonly after?: string;
  readonly limit: number;
};

export type ViewPage<D> = { readonly items: readonly D[]; readonly next: string | null };
export type ViewWrite = { readonly collection: string; readonly id: string; readonly document: object | null };

/** Reading documents by collection and id. */
export type ViewReads = {
  readonly get: <D extends object>(collection: string, id: string) => Promise<D | null>;
  readonly getMany: <D extends object>(collection: string, ids: readonly string[]) => Promise<ReadonlyMap<string, D>>;
  readonly find: <D extends object>(collection: string, query: ViewQuery) => Promise<ViewPage<D>>;
  /** How many documents match, counted no further than `cap`. */
  readonly count: (collection: string, where: Readonly<Record<string, ViewValue>>, cap: number) => Promise<number>;
};

/**
 * Read models as pages see them: of each projection the generation that is live at the moment of the read. Throws `VIEWS_BUILDING` while a
 * projection has no live generation that this program can read.
 */
export type ViewStore = ViewReads & { readonly close: () => Promise<void> };

/** One filling of a projection's collections, apart from every other one: the unit that is built, compared, switched to and rolled back. */
export type Generation = {
  readonly projection: string;
  /** Counts up for each projection from 1, never used again. */
  readonly number: number;
  /** Version of the projection whose rules fill it. */
  readonly version: number;
  /**
   * `building`: being filled, seen by no page. `ready`: filled; the projector catches it up and makes it live. `live`: what pages read.
   * `previous`: was live before; stays as it was, for a rollback.
   */
  readonly state: 'building' | 'ready' | 'live' | 'previous';
};

export type GenerationProgress = {
  /** Position of the last event that it has taken in; 0 at the beginning. */
  readonly checkpoint: bigint;
  /** How many commits it has seen: names the state that documents were read in. */
  readonly commits: number;
};

export type GenerationCommit = {
  /** `commits` of when the documents were read. */
  readonly after: number;
  readonly checkpoint: bigint;
  readonly writes: readonly ViewWrite[];
};

/** The documents of one generation and how far it is, only read. */
export type GenerationReads = ViewReads & {
  readonly progress: () => Promise<GenerationProgress>;
  /** Documents of a collection in order of id, behind `afterId`. */
  readonly scan: <D extends object>(
    collection: string,
    afterId: string | null,
    limit: number,
  ) => Promise<readonly { readonly id: string; readonly document: D }[]>;
  /** The greatest id of a collection, in the order of `scan`; null when it is empty. */
  readonly lastId: (collection: string) => Promise<string | null>;
  /** The generation as it is now, however it moves on: for comparing. Close it soon. */
  readonly snapshot: () => Promise<Pick<GenerationReads, 'progress' | 'scan' | 'close'>>;
  readonly close: () => Promise<void>;
};

/** The documents of one generation, for the projector: documents and checkpoint move together. */
export type GenerationViews = GenerationReads & {
  /**
   * Writes documents and checkpoint in one transaction, if no other commit came since `after`: true. False, and nothing written, when one
   * did: a second projector, a replay, or this one having slept. Faults: `VIEW_MALFORMED`, `VIEW_NOT_DECLARED`, `STORE_…`.
   */
  readonly commit: (commit: GenerationCommit) => Promise<boolean>;
};

/** All generations of all projections, and which of them is live. Every step is atomic, durable, and seen by all threads and processes. */
export type ViewGenerations = {
  readonly list: () => Promise<readonly Generation[]>;
  /** A new, empty generation, `building`. */
  readonly begin: (projection: string, version: number) => Promise<Generation>;
  readonly open: (generation: Generation) => Promise<GenerationViews>;
  /** Makes and changes nothing, also beside its projector and on a disk that cannot be written. */
  readonly openForReading: (generation: Generation) => Promise<GenerationReads>;
  /** A built (or a previous) generation may become live. Makes sure first that it has its indexes. */
  readonly markReady: (generation: Generation) => Promise<void>;
  /** Makes a `ready` one live; the live one becomes `previous`, the one that was `previous` is dropped. Nothing changes when it is live already. */
  readonly switchTo: (generation: Generation) => Promise<void>;
  /** Removes a generation that is not live. Removing one that is gone changes nothing. */
  readonly drop: (generation: Generation) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Time and randomness come in as parameters everywhere else. */
export type Clock = { readonly now: () => IsoTime };
