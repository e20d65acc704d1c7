import { setTimeout as wait } from 'node:timers/promises';
import type { StreamName } from '#domain/ids.ts';
import type { Clock, EventStore, Generation, ViewGenerations } from '#domain/ports.ts';
import type { Projection } from '#projections/projection.ts';
import type { Announcements, ViewChange } from './announcements.ts';
import type { BuildAll } from './build-threads.ts';
import type { FillProgress } from './fill.ts';
import { type Built, buildBeside, markRollback } from './rebuild.ts';
import { replayParked, type ReplayResult } from './replay.ts';

const POLL_MS = 50;
/**
 * Longest wait for a sign that a projector works on a generation that is ready. A projector of this release notices it within 0.2 s and tells
 * its progress with every batch; a dead or frozen one is replaced within 5 s.
 */
const PATIENCE_MS = 30_000;

type MaintenanceParts = {
  readonly log: EventStore;
  readonly generations: ViewGenerations;
  /** What the projector says of its progress. */
  readonly announcements: Pick<Announcements, 'progress'>;
  readonly projections: readonly Projection[];
  readonly clock: Clock;
  /** How many projections are built at once: in this thread unless told. */
  readonly build?: BuildAll;
  /** A generation waits for the projector's switch: where none runs, one must be started. */
  readonly wanted?: () => void;
  /** Documents that a replay changed, for open pages. */
  readonly onChange?: (change: ViewChange) => void;
  readonly patienceMs?: number;
};

/** A generation that waited to become live will not, or not yet. */
export class GenerationFault extends Error {
  readonly code: 'GENERATION_GONE' | 'GENERATION_NOT_TAKEN';
  constructor(code: GenerationFault['code'], message: string) {
    super(message);
    this.name = 'GenerationFault';
    this.code = code;
  }
}

/** By another rebuild, or by the projector of another release. */
const dropped = (projection: string): GenerationFault =>
  new GenerationFault(
    'GENERATION_GONE',
    `The generation of ${projection} that waited to become live was dropped meanwhile: rebuild it again.`,
  );

const notTaken = (projection: string, patienceMs: number): GenerationFault =>
  new GenerationFault(
    'GENERATION_NOT_TAKEN',
    `No projector of this release made the new generation of ${projection} live in ${String(patienceMs / 1_000)} s: the one that runs is of another release, or does not move. The generation is kept; start this release in its place, and it becomes live by itself.`,
  );

export type Switched = Built & { readonly switched: boolean };

/** What an operator does to read models, from any process of the data folder; pages go on meanwhile. Needs the log and the views, no key. */
export type Maintenance = {
  /**
   * Builds projections beside the live ones and switches to those that `accept` takes. What it does not take is dropped. Interrupted, the next
   * call goes on where this one stopped.
   */
  readonly rebuild: (
    names: readonly string[],
    options: {
      readonly signal: AbortSignal;
      readonly onProgress: (progress: FillProgress) => void;
      readonly accept: (built: Built) => Promise<boolean>;
    },
  ) => Promise<readonly Switched[]>;
  /** Goes back to the generation that was live before. Null when none is kept. */
  readonly rollback: (name: string, signal: AbortSignal) => Promise<Generation | null>;
  /** Takes up a parked stream again, after the projection or the event's reader was repaired. */
  readonly replay: (name: string, stream: StreamName) => Promise<ReplayResult>;
};

export const createMaintenance = (parts: MaintenanceParts): Maintenance => {
  const { log, generations, announcements, projections, clock, patienceMs = PATIENCE_MS } = parts;
  const projectionOf = (name: string): Projection => {
    const found = projections.find((projection) => projection.name === name);
    if (found === undefined) throw new Error('expected the name of a projection, got another name');
    return found;
  };
  const build: BuildAll =
    parts.build ?? ((names, signal, onProgress) => buildBeside({ log, generations, clock, signal }, names.map(projectionOf), onProgress));
  /** The projector, in whatever process it runs, takes the last steps. @returns false when `signal` aborted first */
  const untilLive = async ({ projection, number }: Generation, signal: AbortSignal): Promise<boolean> => {
    parts.wanted?.();
    let last: { readonly checkpoint: bigint | null; readonly atMs: number } = { checkpoint: null, atMs: performance.now() };
    while (!signal.aborted) {
      const now = (await generations.list()).find((each) => each.projection === projection && each.number === number);
      if (now?.state === 'live') return true;
      if (now?.state !== 'ready') throw dropped(projection);
      const said = (await announcements.progress()).find((each) => each.projection === projection && each.generation === number);
      const checkpoint = said?.checkpoint ?? null;
      if (checkpoint !== last.checkpoint) last = { checkpoint, atMs: performance.now() };
      if (performance.now() - last.atMs > patienceMs) throw notTaken(projection, patienceMs);
      await wait(POLL_MS);
    }
    return false;
  };

  /** What cannot be read is nothing to roll back to. */
  const dropPrevious = async (name: string): Promise<void> => {
    for (const generation of await generations.list())
      if (generation.projection === name && generation.state === 'previous') await generations.drop(generation);
  };

  return {
    rebuild: async (names, { signal, onProgress, accept }) => {
      const built = await build(names, signal, onProgress);
      const results: Switched[] = [];
      for (const each of built) {
        const accepted = !signal.aborted && (await accept(each));
        if (accepted) await generations.markReady(each.generation);
        else if (!signal.aborted) await generations.drop(each.generation);
        const switched = accepted && (await untilLive(each.generation, signal));
        if (switched && each.comparison.kind === 'not-compared' && each.comparison.reason === 'live-not-readable')
          await dropPrevious(each.projection);
        results.push({ ...each, switched });
      }
      return results;
    },
    rollback: async (name, signal) => {
      const previous = await markRollback(generations, projectionOf(name));
      return previous !== null && (await untilLive(previous, signal)) ? previous : null;
    },
    replay: (name, stream) =>
      replayParked({ log, generations, clock, projection: projectionOf(name), stream, onChange: parts.onChange ?? (() => undefined) }),
  };
};
