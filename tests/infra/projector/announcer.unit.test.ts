import { expect, test } from 'vitest';
import { createAnnouncer, MOST_KEPT_DOCUMENTS } from '#infra/projector/announcer.ts';
import type { ChangedDocument, ViewChange } from '#infra/projector/announcements.ts';
import { counting } from './sample-projections.ts';

const follower = {
  projection: counting(),
  generation: { projection: 'counting', number: 1, version: 1, state: 'live' as const },
  position: () => 7n,
  parkedStreams: () => 0,
};
const documents = (count: number): readonly ChangedDocument[] =>
  Array.from({ length: count }, (_, n) => ({ collection: 'counting_streams', id: String(n), tenant: null }));

/** Announcements that fail as often as they are told to, and what reached them afterwards. */
const failing = (times: number) => {
  const told: { readonly documents: number; readonly anew: boolean }[] = [];
  let left = times;
  const announce = (_: unknown, changes: readonly ViewChange[], anew = false): Promise<void> => {
    if (left-- > 0) return Promise.reject(new Error('full'));
    told.push({ documents: changes.reduce((sum, { views }) => sum + views.length, 0), anew });
    return Promise.resolve();
  };
  return { told, announcements: { announce, wake: () => undefined } };
};

test('what cannot be told is kept by documents, however few batches they came in, and beyond that pages read everything anew', async () => {
  const { told, announcements } = failing(2);
  const announcer = createAnnouncer(announcements);
  for (const count of [1, MOST_KEPT_DOCUMENTS - 1, 1]) {
    announcer.moved(follower, documents(count));
    await announcer.flushed();
  }
  expect(told).toEqual([{ documents: 0, anew: true }]);
});

test('what could not be told is told with the next movement, in full as long as it can be kept', async () => {
  const { told, announcements } = failing(2);
  const announcer = createAnnouncer(announcements);
  announcer.moved(follower, documents(3));
  await announcer.flushed();
  announcer.readAnew();
  await announcer.flushed();
  expect(told).toEqual([]);
  announcer.moved(follower, documents(2));
  await announcer.flushed();
  announcer.moved(follower, documents(1));
  await announcer.flushed();
  expect(told).toEqual([
    { documents: 5, anew: true },
    { documents: 1, anew: false },
  ]);
});
