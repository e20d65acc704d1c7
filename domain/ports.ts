import type { IsoTime, StreamName } from './ids.ts';
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
  /** Events after `position`, in order of position, at most `limit`. */
  readonly readAll: (after: bigint, limit: number) => Promise<readonly RecordedEvent[]>;
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

/** Read models: documents by collection and id. `commit` moves documents and the projection's checkpoint together. */
export type ViewStore = {
  readonly get: <D extends object>(collection: string, id: string) => Promise<D | null>;
  readonly getMany: <D extends object>(collection: string, ids: readonly string[]) => Promise<ReadonlyMap<string, D>>;
  readonly find: <D extends object>(collection: string, query: ViewQuery) => Promise<ViewPage<D>>;
  /** How many documents match, counted no further than `cap`. */
  readonly count: (collection: string, where: Readonly<Record<string, ViewValue>>, cap: number) => Promise<number>;
  readonly checkpoint: (projection: string) => Promise<bigint>;
  readonly commit: (projection: string, checkpoint: bigint, writes: readonly ViewWrite[]) => Promise<void>;
  /** Empties the collections and sets the projection's checkpoint to 0, in one transaction. */
  readonly reset: (projection: string, collections: readonly string[]) => Promise<void>;
  readonly close: () => Promise<void>;
};

/** Time and randomness come in as parameters everywhere else. */
export type Clock = { readonly now: () => IsoTime };
