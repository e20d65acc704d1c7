import { createHub } from '#infra/eventloop/hub.ts';
import type { Announcements, ProjectionProgress } from '#infra/projector/announcements.ts';
import { changedRows, KEPT_CHANGES, type NumberedChange, since } from './changes.ts';
import { closedFault } from './states.ts';

/** The twin of the announcements for tests. `isKept`: whether a generation exists; nothing is told of others. */
export const memoryAnnouncements = (isKept: (projection: string, number: number) => boolean): Announcements => {
  const hub = createHub();
  const said = new Map<string, ProjectionProgress>();
  let ring: readonly NumberedChange[] = [];
  let last = 0;
  let closed = false;

  const open = <T>(run: () => T): Promise<T> =>
    new Promise((resolve) => {
      if (closed) throw closedFault();
      resolve(run());
    });
  const kept = (): readonly ProjectionProgress[] =>
    [...said.values()].filter(({ projection, generation }) => isKept(projection, generation));

  return {
    announce: (progress, changes, anew = false) =>
      open(() => {
        for (const one of progress)
          if (isKept(one.projection, one.generation)) said.set(`${one.projection}.${String(one.generation)}`, one);
        const added = changedRows(last, changes, anew);
        ring = [...ring, ...added.rows].slice(-KEPT_CHANGES);
        last = added.last;
        hub.wake();
      }),
    progress: () =>
      open(() =>
        [...kept()].sort((a, b) => (a.projection === b.projection ? a.generation - b.generation : a.projection < b.projection ? -1 : 1)),
      ),
    last: () => open(() => last),
    changesAfter: (after) =>
      open(() =>
        since(
          after,
          ring.filter(({ number }) => number > after),
          () => last,
        ),
      ),
    wake: hub.wake,
    version: hub.version,
    changed: (seen, signal) => (closed ? Promise.reject(closedFault()) : hub.changed(seen, signal)),
    close: () => {
      closed = true;
      hub.wake();
      return Promise.resolve();
    },
  };
};
