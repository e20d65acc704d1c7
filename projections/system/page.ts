import type { IsoTime, StreamName } from '#domain/ids.ts';

/** What the page "System" shows: how far the lists are, and what they set aside of the viewer's organisation. Types only. */
export type ReadModelItem = {
  readonly name: string;
  /** Number of the generation that pages read; 0 while there is none. */
  readonly generation: number;
  /** Events of the log that it has not taken in yet. */
  readonly lag: number;
  readonly secondsSinceProgress: number;
  /** Code of the fault that holds it up now. */
  readonly fault: string | null;
  /** The generation that is built beside it, and how far that is, from 0 to 1. */
  readonly building: { readonly generation: number; readonly done: number } | null;
  /** The generation that a rollback would go to. */
  readonly previous: number | null;
};

/** A stream of the viewer's organisation that one read model could not follow. No content of the event, no message of the error. */
export type ParkedItem = {
  readonly projection: string;
  readonly stream: StreamName;
  readonly revision: number;
  readonly position: number;
  /** Null when the event could not even be read. */
  readonly eventType: string | null;
  readonly code: string;
  /** Places in the program, innermost first. */
  readonly frames: readonly string[];
  readonly parkedAt: IsoTime;
};

export type SystemPage = {
  readonly projections: readonly ReadModelItem[];
  readonly parked: readonly ParkedItem[];
  /** There are more than are listed. */
  readonly more: boolean;
};

/** `parked`: it failed again, with this code. */
export type TakenUp =
  { readonly outcome: 'caught-up' } | { readonly outcome: 'not-parked' } | { readonly outcome: 'parked'; readonly code: string };
