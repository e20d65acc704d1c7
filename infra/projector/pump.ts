import { setTimeout as wait } from 'node:timers/promises';
import type { Clock, Generation, ViewGenerations } from '#domain/ports.ts';
import { breathe } from '#infra/eventloop/turns.ts';
import type { Projection } from '#projections/projection.ts';
import type { Announcer } from './announcer.ts';
import { type Feed, type FeedItem, positionOf } from './feed.ts';
import { type Follower, openFollower } from './follower.ts';
import { errorCode } from './parked.ts';

/** Events of one batch when far behind: documents touched often are written once. More would make the commit itself a long pause. */
const MAX_BATCH = 500;
const FIRST_RETRY_MS = 100;
const LONGEST_RETRY_MS = 5_000;
/** An idle pump looks this often: at replays of other processes, and to say that it lives. */
const IDLE_MS = 1_000;

export type PumpOptions = {
  readonly projection: Projection;
  readonly generation: Generation;
  readonly generations: ViewGenerations;
  readonly feed: Feed;
  readonly clock: Clock;
  readonly announcer: Announcer;
  readonly onFault: (projection: string, code: string, error: unknown) => void;
};

export type Pump = {
  readonly generation: Generation;
  readonly position: () => bigint;
  /** Ends after the commit under way. */
  readonly stop: () => Promise<void>;
};

/** Moves the live generation of one projection along the log until it is stopped. */
export const startPump = async (options: PumpOptions): Promise<Pump> => {
  const { projection, generation, generations, clock } = options;
  const views = await generations.open(generation);
  const follower = await openFollower({ projection, generation, views, clock });
  const stopping = new AbortController();
  const ended = run(follower, options, stopping.signal).finally(() => views.close());
  return {
    generation,
    position: follower.position,
    stop: async () => {
      stopping.abort();
      await ended;
    },
  };
};

const run = async (follower: Follower, { projection, feed, announcer, onFault }: PumpOptions, signal: AbortSignal): Promise<void> => {
  let retryMs = FIRST_RETRY_MS;
  let settledAtMs = performance.now();
  announcer.moved(follower, null);
  while (!signal.aborted) {
    try {
      const items = await readBatch(feed, follower.position());
      const taken = await follower.take(items);
      retryMs = FIRST_RETRY_MS;
      if (items.length > 0) announcer.moved(follower, taken.kind === 'taken' ? taken.changed : null);
      if (performance.now() - settledAtMs >= IDLE_MS) {
        await follower.settle();
        settledAtMs = performance.now();
        announcer.moved(follower, null);
      }
      if (items.length === 0) await feed.wait(follower.position(), signal);
    } catch (error) {
      const code = errorCode(error);
      onFault(projection.name, code, error);
      announcer.moved(follower, null, code);
      await wait(retryMs, undefined, { signal }).catch(() => undefined);
      retryMs = Math.min(2 * retryMs, LONGEST_RETRY_MS);
    }
  }
  await follower.settle().catch((error: unknown) => onFault(projection.name, errorCode(error), error));
};

/** A little when there is little, much when far behind. */
const readBatch = async (feed: Feed, after: bigint): Promise<readonly FeedItem[]> => {
  const batch: FeedItem[] = [];
  let position = after;
  while (batch.length < MAX_BATCH) {
    await breathe();
    const items = await feed.read(position);
    const last = items.at(-1);
    if (last === undefined) break;
    batch.push(...items);
    position = positionOf(last);
  }
  return batch;
};
