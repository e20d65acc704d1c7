import { setTimeout as wait } from 'node:timers/promises';
import type { StreamName } from '#domain/ids.ts';
import type { Clock, EventStore, GenerationViews, ViewGenerations, ViewWrite } from '#domain/ports.ts';
import { StoreFault } from '#infra/sqlite/store-fault.ts';
import type { Projection } from '#projections/projection.ts';
import { toldOf, type ViewChange } from './announcements.ts';
import { type Applied, applyItems, type Poison } from './apply.ts';
import { type FeedItem, positionOf } from './feed.ts';
import { isProjectionsOwn, poisonOf } from './follower.ts';
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
 * generation's position; from there its projector goes on. Where it still cannot be followed it stays parked, with the error of now. Any
 * process may do it: the projector notices.
 */
export const replayParked = async (parts: ReplayParts): Promise<ReplayResult> => {
  const live = (await parts.generations.list()).find(({ projection, state }) => projection === parts.projection.name && state === 'live');
  if (live === undefined) return { kind: 'not-parked' };
  const views = await parts.generations.open(live);
  try {
    for (let races = 0, limit = REPLAY_CHUNK; races < MOST_RACES;) {
      const step = await replayChunk(parts, views, limit);
      if (step === 'overtaken') {
        races += 1;
        await wait(Math.random() * LONGEST_PAUSE_MS);
      } else if (step === 'one-by-one') limit = 1;
      else if (step !== 'further') return step;
    }
    throw new StoreFault('STORE_BUSY', 'The projector was always faster: try again when there is less to do.');
  } finally {
    await views.close();
  }
};

/** `one-by-one`: something in the chunk cannot be read or stored, and what is before it can. */
type Step = ReplayResult | 'further' | 'overtaken' | 'one-by-one';

const replayChunk = async (parts: ReplayParts, views: GenerationViews, limit: number): Promise<Step> => {
  const { projection, stream, clock } = parts;
  const { checkpoint, commits } = await views.progress();
  const start = await views.get<Parked>(PARKED, stream);
  if (start === null) return { kind: 'not-parked' };
  const read = await readParked(parts, BigInt(start.revision), limit);
  if (read === 'one-by-one') return read;
  const items = read.filter((item) => positionOf(item) <= checkpoint);
  const applied = await applyItems(items, { projection, views, waiting: () => false });
  const commit = async ({ writes, changed }: Applied, change: ViewWrite): Promise<boolean> => {
    if (!(await views.commit({ after: commits, checkpoint, writes: [...writes, change] }))) return false;
    const told = toldOf(projection, changed);
    if (told.length > 0) parts.onChange?.({ position: checkpoint, views: told });
    return true;
  };
  const park = async (poison: Poison, before: Applied): Promise<Step> =>
    (await commit(before, parkedWrite(parkedOf(projection.name, clock.now(), poison))))
      ? { kind: 'parked', code: poison.code }
      : 'overtaken';
  const [failed, last] = [applied.poison[0], items.at(-1)];
  try {
    if (failed !== undefined) return await park(failed, applied);
    if (last === undefined || last.kind === 'unreadable' || read.length < limit || items.length < read.length)
      return (await commit(applied, unparkedWrite(stream))) ? { kind: 'caught-up' } : 'overtaken';
    return (await commit(applied, parkedWrite({ ...start, revision: Number(last.event.revision) + 1 }))) ? 'further' : 'overtaken';
  } catch (error) {
    if (last === undefined || !isProjectionsOwn(error)) throw error;
    return items.length > 1 ? 'one-by-one' : park(poisonOf(last, error), NOTHING);
  }
};

const NOTHING: Applied = { writes: [], changed: [], poison: [] };

const readParked = async ({ log, stream }: ReplayParts, from: bigint, limit: number): Promise<readonly FeedItem[] | 'one-by-one'> => {
  try {
    return (await log.readStream(stream, { from, limit })).map((event) => ({ kind: 'event', event }));
  } catch (error) {
    if (!(error instanceof StoreFault) || error.at === null) throw error;
    return limit > 1 ? 'one-by-one' : [{ kind: 'unreadable', place: error.at, code: error.code }];
  }
};
