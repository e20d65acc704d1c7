import type { IsoTime, StreamName } from '#domain/ids.ts';
import type { CollectionSpec, ViewStore, ViewWrite } from '#domain/ports.ts';

export const PARKED = 'parked';
export const PROJECTION_STATE = 'projection_state';

/** What the projector itself keeps beside the views; to be declared with the projections' own collections. */
export const projectorCollections: readonly CollectionSpec[] = [
  { name: PARKED, indexes: [['projection', 'position']] },
  { name: PROJECTION_STATE, indexes: [] },
];

/** A stream that one projection cannot follow: from which event on, and why. No content of the event, no message of the error. */
export type Parked = {
  readonly projection: string;
  readonly stream: StreamName;
  readonly revision: number;
  readonly position: number;
  /** Null when the event could not even be read. */
  readonly eventType: string | null;
  readonly code: string;
  readonly parkedAt: IsoTime;
};

export type ProjectionState = { readonly version: number };

const parkedId = (projection: string, stream: StreamName): string => `${projection}/${stream}`;

export const parkedWrite = (parked: Parked): ViewWrite => ({
  collection: PARKED,
  id: parkedId(parked.projection, parked.stream),
  document: parked,
});
export const unparkedWrite = (projection: string, stream: StreamName): ViewWrite => ({
  collection: PARKED,
  id: parkedId(projection, stream),
  document: null,
});

const PAGE = 500;

export const loadParked = async (views: ViewStore, projection: string): Promise<Map<StreamName, Parked>> => {
  const parked = new Map<StreamName, Parked>();
  let after: string | null = null;
  do {
    const query = { where: { projection }, sort: { field: 'position', direction: 'ascending' }, limit: PAGE } as const;
    const page: { readonly items: readonly Parked[]; readonly next: string | null } = await views.find<Parked>(
      PARKED,
      after === null ? query : { ...query, after },
    );
    for (const item of page.items) parked.set(item.stream, item);
    after = page.next;
  } while (after !== null);
  return parked;
};

/** The part of an error that may be kept: its stable code, or its kind. Never its message, which may quote a value. */
export const errorCode = (error: unknown): string => {
  if (!(error instanceof Error)) return 'UNKNOWN';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return /^[A-Za-z][A-Za-z0-9_]{0,63}$/.test(code) ? code : 'UNKNOWN';
};
