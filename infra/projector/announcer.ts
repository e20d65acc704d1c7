import type { Announcements, ChangedDocument, ProjectionProgress, ViewChange } from './announcements.ts';
import type { Follower } from './follower.ts';

export type Announcer = ReturnType<typeof createAnnouncer>;

/** Changes kept while they cannot be told; who misses some reads everything anew. */
const MOST_KEPT = 10_000;

/** Gathers what the projections of this thread have to tell during one turn of the event loop, and tells it in one transaction. */
export const createAnnouncer = (announcements: Announcements) => {
  let progress = new Map<string, ProjectionProgress>();
  let changes: ViewChange[] = [];
  let telling: Promise<void> | null = null;

  const tell = async (): Promise<void> => {
    while (progress.size > 0) {
      await new Promise(setImmediate);
      const [said, changed] = [[...progress.values()], changes];
      progress = new Map();
      changes = [];
      try {
        await announcements.announce(said, changed);
        announcements.wake();
      } catch {
        // The next movement, a second later at most, tells it again.
        changes = [...changed, ...changes].slice(-MOST_KEPT);
      }
    }
    telling = null;
  };

  return {
    /** A follower moved, or looked and found nothing to do; `change`: what it changed. `fault`: what holds it up. */
    moved: (follower: Follower, change: readonly ChangedDocument[] | null, fault: string | null = null): void => {
      progress.set(keyOf(follower), progressOf(follower, fault));
      if (change !== null && change.length > 0) changes.push({ position: follower.position(), views: change });
      telling ??= tell();
    },
    /** Tells it before it resolves, whatever others have to tell meanwhile. */
    tellNow: async (follower: Follower): Promise<void> => {
      progress.delete(keyOf(follower));
      // What cannot be told now is told by the next movement.
      await announcements.announce([progressOf(follower, null)], []).catch(() => undefined);
    },
    flushed: async (): Promise<void> => {
      await telling;
    },
  };
};

const keyOf = ({ projection, generation }: Follower): string => `${projection.name}/${String(generation.number)}`;

const progressOf = (follower: Follower, fault: string | null): ProjectionProgress => ({
  projection: follower.projection.name,
  generation: follower.generation.number,
  version: follower.generation.version,
  state: follower.generation.state,
  checkpoint: follower.position(),
  seenAtMs: Date.now(),
  fault,
  parkedStreams: follower.parked().length,
});
