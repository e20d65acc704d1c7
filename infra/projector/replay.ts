import { setTimeout as wait } from 'node:timers/promises';
import type { StreamName } from '#domain/ids.ts';
import type { Clock, EventStore, GenerationViews, ViewGenerations } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import type { ViewChange } from './announcements.ts';
import { type Applied, applyItems } from './apply.ts';
import type { FeedItem } from './feed.ts';
import { type Parked, PARKED, parkedOf, parkedWrite, unparkedWrite } from './parked.ts';

export type ReplayResult =
  { readonly kind: 'not-parked' } | { readonly kind: 'caught-up' } | { readonly kind: 'parked'; readonly code: string };

/** Events of one transaction. */
const REPLAY_CHUNK = 250;
/** The projector commits meanwhile; each time it was faster the chunk is read and applied again. */
const MOST_RACES = 200;
const LONGEST_PAUSE_MS = 5;

export type ReplayParts = {
  readonly log: EventStore;
  readonly generations: ViewGenerations;
  readonly clock: Clock;
  readonly projection: Projection;
  readonly stream: StreamName;
  /** Documents that changed, once they can be read. */
  readonly onChange?: (change: ViewChange) => void;
};

/**
 * Takes a parked stream of the live generation up again where it stopped, after the projection or the event's reader was repaired, up to the
 * generation's position; from there its projector goes on. Any process may do it: the projector notices.
 */
export const replayParked = async (parts: ReplayParts): Promise<ReplayResult> => {
  const live = (await parts.generations.list()).find(({ projection, state }) => projection === parts.projection.name && state === 'live');
  if (live === undefined) return { kind: 'not-parked' };
  const views = await parts.generations.open(live);
  try {
    for (let races = 0; races < MOST_RACES;) {
      const step = await replayChunk(parts, views);
      if (step === 'overtaken') {
        races += 1;
        await wait(Math.random() * LONGEST_PAUSE_MS);
      } else if (step !== 'further') return step;
    }
    throw new StoreFault('STORE_BUSY', 'The projector was always faster: try again when there is less to do.');
  } finally {
    await views.close();
  }
};

const replayChunk = async (parts: ReplayParts, views: GenerationViews): Promise<ReplayResult | 'further' | 'overtaken'> => {
  const { projection, stream, log, clock } = parts;
  const { checkpoint, commits } = await views.progress();
  const start = await views.get<Parked>(PARKED, stream);
  if (start === null) return { kind: 'not-parked' };
  const read = await log.readStream(stream, { from: BigInt(start.revision), limit: REPLAY_CHUNK }).catch(asUnreadable);
  if (read instanceof StoreFault) return { kind: 'parked', code: read.code };
  const events = read.filter((event) => event.position <= checkpoint);
  const items = events.map((event): FeedItem => ({ kind: 'event', event }));
  const applied = await applyItems(items, { projection, views, waiting: () => false });
  const commit = async (changes: Applied['writes']): Promise<boolean> => {
    if (!(await views.commit({ after: commits, checkpoint, writes: [...applied.writes, ...changes] }))) return false;
    if (applied.changed.length > 0) parts.onChange?.({ position: checkpoint, views: applied.changed });
    return true;
  };
  const failed = applied.poison[0];
  if (failed !== undefined) {
    const written = await commit([parkedWrite(parkedOf(projection.name, clock.now(), failed))]);
    return written ? { kind: 'parked', code: failed.code } : 'overtaken';
  }
  const last = events.at(-1);
  if (last === undefined || read.length < REPLAY_CHUNK || events.length < read.length)
    return (await commit([unparkedWrite(stream)])) ? { kind: 'caught-up' } : 'overtaken';
  return (await commit([parkedWrite({ ...start, revision: Number(last.revision) + 1 })])) ? 'further' : 'overtaken';
};

const asUnreadable = (error: unknown): StoreFault => {
  if (error instanceof StoreFault && error.at !== null) return error;
  throw error;
};
