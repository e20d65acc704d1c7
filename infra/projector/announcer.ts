import type { Announcements, ChangedDocument, ProjectionProgress, ViewChange } from './announcements.ts';
import type { Follower } from './follower.ts';

export type Announcer = ReturnType<typeof createAnnouncer>;

/** Of whom something is told. */
type Moved = Pick<Follower, 'projection' | 'generation' | 'position' | 'parkedStreams'>;

/**
 * Changed documents kept while they cannot be told, some 200 bytes each: as many as the ring keeps for readers. When there are more, none is
 * kept, and everybody reads everything anew.
 */
export const MOST_KEPT_DOCUMENTS = 10_000;

/** Gathers what the projections of this thread have to tell during one turn of the event loop, and tells it in one transaction. */
export const createAnnouncer = (announcements: Pick<Announcements, 'announce' | 'wake'>) => {
  let progress = new Map<string, ProjectionProgress>();
  let changes: ViewChange[] = [];
  let documents = 0;
  let anew = false;
  let waits = false;
  let telling: Promise<void> | null = null;

  const keep = (change: ViewChange): void => {
    changes.push(change);
    documents += change.views.length;
    if (documents <= MOST_KEPT_DOCUMENTS) return;
    [changes, documents, anew] = [[], 0, true];
  };
  const begin = (): void => {
    progress = new Map();
    [changes, documents, anew] = [[], 0, false];
  };
  const tell = async (): Promise<void> => {
    while (waits) {
      await new Promise(setImmediate);
      const [said, changed, all] = [[...progress.values()], changes, anew];
      begin();
      waits = false;
      try {
        await announcements.announce(said, changed, all);
        announcements.wake();
      } catch {
        // The next movement, a second later at most, tells it again.
        const since = changes;
        [changes, documents] = [[], 0];
        for (const change of [...changed, ...since]) keep(change);
        anew ||= all;
      }
    }
    telling = null;
  };
  const soon = (): void => {
    waits = true;
    telling ??= tell();
  };

  return {
    /** A follower moved, or looked and found nothing to do; `change`: what it changed. `fault`: what holds it up. */
    moved: (follower: Moved, change: readonly ChangedDocument[] | null, fault: string | null = null): void => {
      progress.set(keyOf(follower), progressOf(follower, fault));
      if (change !== null && change.length > 0) keep({ position: follower.position(), views: change });
      soon();
    },
    /** Documents may differ that nobody named: another generation is live, or a projector died before it told what it had written. */
    readAnew: (): void => {
      anew = true;
      soon();
    },
    /** Tells it before it resolves, whatever others have to tell meanwhile. */
    tellNow: async (follower: Moved): Promise<void> => {
      progress.delete(keyOf(follower));
      // What cannot be told now is told by the next movement.
      await announcements.announce([progressOf(follower, null)], []).catch(() => undefined);
    },
    flushed: async (): Promise<void> => {
      await telling;
    },
  };
};

const keyOf = ({ projection, generation }: Moved): string => `${projection.name}/${String(generation.number)}`;

const progressOf = (follower: Moved, fault: string | null): ProjectionProgress => ({
  projection: follower.projection.name,
  generation: follower.generation.number,
  version: follower.generation.version,
  state: follower.generation.state,
  checkpoint: follower.position(),
  seenAtMs: Date.now(),
  fault,
  parkedStreams: follower.parkedStreams(),
});
