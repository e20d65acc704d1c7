import type { TenantId } from '#domain/ids.ts';
import type { Generation } from '#domain/ports.ts';
import type { Projection, Target } from '#projections/projection.ts';

/** Where one generation of a projection stands, as its projector last said. */
export type ProjectionProgress = {
  readonly projection: string;
  readonly generation: number;
  readonly version: number;
  readonly state: Generation['state'];
  readonly checkpoint: bigint;
  /** When it last moved, or looked and found nothing to do; ms since 1970. A dead projector cannot move it. */
  readonly seenAtMs: number;
  /** Code of the fault that holds it up now; null when it runs. */
  readonly fault: string | null;
  readonly parkedStreams: number;
};

/** A document that changed, and whose it is: the `tenant` that it carries, null when it carries none (accounts). */
export type ChangedDocument = Target & { readonly tenant: TenantId | null };
export type ViewChange = { readonly position: bigint; readonly views: readonly ChangedDocument[] };

export type ChangesSince = {
  readonly changes: readonly ViewChange[];
  /** Where to go on. */
  readonly last: number;
  /** True when something changed that is not in `changes` (`announce`), or no longer: whoever asked must read everything anew. */
  readonly missed: boolean;
};

/** What the projector tells other threads and processes: kept beside the views, small, overwritten. Losing it loses no work. */
export type Announcements = {
  /**
   * In one transaction; progress overwrites what was said of the same projection and generation. `anew`: more differs than `changes` name, so
   * whoever follows is told that it missed some.
   */
  readonly announce: (progress: readonly ProjectionProgress[], changes: readonly ViewChange[], anew?: boolean) => Promise<void>;
  readonly progress: () => Promise<readonly ProjectionProgress[]>;
  /** Number of the last change. */
  readonly last: () => Promise<number>;
  readonly changesAfter: (last: number) => Promise<ChangesSince>;
  /** Somebody of this process announced: look now instead of at the next poll. */
  readonly wake: () => void;
  /** Resolves when something was announced after the call of `version` that gave `seen`; or when `signal` aborts. */
  readonly changed: (seen: number, signal: AbortSignal) => Promise<void>;
  readonly version: () => number;
  readonly close: () => Promise<void>;
};

/** Of what a projection changed, the documents that somebody reads. */
export const toldOf = ({ untold = [] }: Projection, changed: readonly ChangedDocument[]): readonly ChangedDocument[] =>
  untold.length === 0 ? changed : changed.filter(({ collection }) => !untold.includes(collection));
