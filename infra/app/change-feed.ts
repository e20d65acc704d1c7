import type { ViewChange } from '#infra/projector/announcements.ts';
import { CONTACT } from '#projections/contact/view.ts';
import { ERASURE } from '#projections/erasure/view.ts';
import { MEDIA_QUEUE, OUTBOX } from '#projections/outbox/view.ts';
import type { Change, Product } from './product.ts';

type Work = 'outbox' | 'media' | 'erasure' | 'search';
const WORK: Readonly<Partial<Record<string, Work>>> = {
  [OUTBOX]: 'outbox',
  [MEDIA_QUEUE]: 'media',
  [ERASURE]: 'erasure',
  [CONTACT]: 'search',
};
/** Collections that no page shows. */
const INTERNAL: readonly string[] = [OUTBOX, MEDIA_QUEUE];

export type ChangeFeed = {
  /** `missed`: more changed than could be followed. */
  readonly publish: (change: ViewChange, missed: boolean) => void;
  readonly subscribe: Product['onChange'];
  readonly onWork: (listener: (work: Work) => void) => void;
};

/** Tells open pages, each its own organisation's, and the machine's workers that documents changed. */
export const createChangeFeed = (): ChangeFeed => {
  const listeners = new Set<(change: Change) => void>();
  let wake: (work: Work) => void = () => undefined;
  const tell = (change: ViewChange, missed: boolean): void => {
    const found = change.views.flatMap(({ tenant, collection, id }) =>
      tenant === null || INTERNAL.includes(collection) ? [] : [{ tenant, collection, id }],
    );
    if (found.length > 0 || missed) for (const listener of listeners) listener({ position: String(change.position), missed, views: found });
  };
  return {
    publish: (change, missed) => {
      const work = missed ? Object.values(WORK) : change.views.map((view) => WORK[view.collection]);
      for (const each of new Set(work)) if (each !== undefined) wake(each);
      tell(change, missed);
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onWork: (listener) => {
      wake = listener;
    },
  };
};
