import { type IsoTime, type StreamName, streamParts, type TenantId } from '#domain/ids.ts';
import type { CollectionSpec, GenerationViews, ViewWrite } from '#domain/ports.ts';
import { reduceError } from '#infra/reduce-error.ts';
import type { Poison } from './apply.ts';

/** What every generation keeps beside its documents. */
export const PARKED = 'parked';
export const parkedCollection: CollectionSpec = { name: PARKED, indexes: [['position'], ['tenant', 'position']] };

/** A stream that one generation cannot follow: from which event on, and why. No content of the event, no message of the error. */
export type Parked = {
  readonly projection: string;
  readonly tenant: TenantId;
  readonly stream: StreamName;
  readonly revision: number;
  readonly position: number;
  /** Null when the event could not even be read. */
  readonly eventType: string | null;
  readonly code: string;
  readonly frames: readonly string[];
  readonly parkedAt: IsoTime;
};

export const parkedOf = (projection: string, parkedAt: IsoTime, poison: Poison): Parked => ({
  projection,
  tenant: streamParts(poison.stream).tenant,
  stream: poison.stream,
  revision: Number(poison.revision),
  position: Number(poison.position),
  eventType: poison.eventType,
  code: poison.code,
  frames: poison.frames,
  parkedAt,
});

export const parkedWrite = (parked: Parked): ViewWrite => ({ collection: PARKED, id: parked.stream, document: parked });
export const unparkedWrite = (stream: StreamName): ViewWrite => ({ collection: PARKED, id: stream, document: null });

const PAGE = 500;

export const loadParked = async (views: Pick<GenerationViews, 'scan'>): Promise<Map<StreamName, Parked>> => {
  const parked = new Map<StreamName, Parked>();
  for (let after: string | null = null; ;) {
    const page: readonly { readonly id: string; readonly document: Parked }[] = await views.scan<Parked>(PARKED, after, PAGE);
    for (const { document } of page) parked.set(document.stream, document);
    const last = page.at(-1);
    if (last === undefined || page.length < PAGE) return parked;
    after = last.id;
  }
};

/** The part of an error that may be kept: its stable code, or its kind. Never its message, which may quote a value. */
export const errorCode = (error: unknown): string => {
  const { code, name } = reduceError(error);
  return code ?? (error instanceof Error ? name : 'UNKNOWN');
};

const OWN_FRAMES = 8;
const ROOT = new URL('../../', import.meta.url).href;

/** The places of the program that an error came through, innermost first, without the machine's own path. */
export const errorFrames = (error: unknown): readonly string[] =>
  reduceError(error)
    .frames.slice(0, OWN_FRAMES)
    .map((frame) => frame.replace(ROOT, ''));
