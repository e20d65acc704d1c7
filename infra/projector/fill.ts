import type { EventStore } from '#domain/ports.ts';
import { breathe } from '#infra/eventloop/turns.ts';
import { type FeedItem, positionOf, readItems } from './feed.ts';
import type { Follower } from './follower.ts';

/** Events of one batch: a document that is touched often is written once. More saves writes and costs memory: ten projections hold what they load for one batch. */
export const FILL_BATCH = 2_000;
/** Events of one read inside it, so that others of this thread get their turn. */
const FILL_READ = 1_000;

export type FillProgress = { readonly done: bigint; readonly total: bigint };
export type FillOptions = {
  /** The last position to take in. Null: the head, as it moves. */
  readonly until: bigint | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (progress: FillProgress) => void;
};

/** Another process fills the same generation: one of the two is enough. */
export class FillFault extends Error {
  readonly code = 'GENERATION_IN_USE';
  constructor(projection: string) {
    super(`Another process is building ${projection} at the moment: wait for it, or stop it first.`);
    this.name = 'FillFault';
  }
}

/** Brings generations to a position side by side: the log is read and decoded once for all. Ends early when `signal` aborts. */
export const fill = async (followers: readonly Follower[], log: EventStore, options: FillOptions): Promise<void> => {
  if (followers.length === 0) return;
  for (;;) {
    const total = options.until ?? (await log.head());
    const done = lowest(followers);
    options.onProgress?.({ done: done < total ? done : total, total });
    if (done >= total || options.signal.aborted) break;
    const items = await readBatch(log, done, total);
    if (items.length === 0) break;
    for (const follower of followers) {
      if ((await follower.take(items)).kind === 'stale') throw new FillFault(follower.projection.name);
    }
  }
  for (const follower of followers) await follower.settle();
};

const lowest = (followers: readonly Follower[]): bigint =>
  followers.reduce((least, follower) => (follower.position() < least ? follower.position() : least), followers[0]?.position() ?? 0n);

const readBatch = async (log: EventStore, after: bigint, until: bigint): Promise<readonly FeedItem[]> => {
  const batch: FeedItem[] = [];
  let position = after;
  while (batch.length < FILL_BATCH && position < until) {
    const left = until - position;
    const items = await readItems(log, position, left < FILL_READ ? Number(left) : FILL_READ);
    const last = items.at(-1);
    if (last === undefined) break;
    batch.push(...items);
    position = positionOf(last);
    await breathe();
  }
  return batch;
};
