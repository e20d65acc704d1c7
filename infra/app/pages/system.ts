import { parseStream, streamParts } from '#domain/ids.ts';
import { doneRatio, preparing } from '#infra/projector/building.ts';
import { toldCode } from '#infra/log.ts';
import type { ProjectionStatus } from '#infra/projector/watch.ts';
import { allProjections } from '#projections/all.ts';
import type { Application } from '#projections/application.ts';
import type { ReadModelItem } from '#projections/system/page.ts';
import { forbidden, may, notFound } from '../access.ts';
import type { App } from '../app.ts';

/** Parked streams of one page; behind that it says that there are more. */
const MOST_LISTED = 100;

/** How far the read models are, and what they set aside of the viewer's own organisation; of others not even a number. */
export const systemPage =
  ({ readModels }: Pick<App, 'readModels'>): Application['systemStatus'] =>
  async (viewer) => {
    if (!may(viewer, 'system.manage')) return forbidden;
    const [statuses, parked] = await Promise.all([readModels.status(), readModels.parked(MOST_LISTED + 1, viewer.tenant)]);
    // A stream names its organisation: what another one's would be never leaves here, whatever the store answered.
    const own = parked.filter(({ stream }) => streamParts(stream).tenant === viewer.tenant);
    return {
      ok: true,
      projections: statuses.map(itemOf),
      parked: own.slice(0, MOST_LISTED).map(({ projection, stream, revision, position, eventType, code, frames, parkedAt }) => ({
        projection,
        stream,
        revision,
        position,
        eventType,
        code,
        frames,
        parkedAt,
      })),
      more: own.length > MOST_LISTED,
    };
  };

const itemOf = (status: ProjectionStatus): ReadModelItem => ({
  name: status.name,
  generation: status.generation,
  lag: Number(status.lag),
  secondsSinceProgress: Math.floor(status.secondsSinceProgress),
  fault: status.fault,
  building: status.building === null ? null : { generation: status.building.generation, done: doneRatio(status) },
  previous: status.previous,
});

/**
 * Takes a parked stream of the viewer's organisation up again. It is a line in the log and no event of the trail: it says nothing about a
 * person, opens nothing, and the list ends as the log says it must, whoever presses the button and however often. As an event it would also
 * stand in the log that it is there to read again.
 */
export const takeUpParked =
  ({ readModels, log }: Pick<App, 'readModels' | 'log'>): Application['replayParked'] =>
  async (viewer, projection, given) => {
    if (!may(viewer, 'system.manage')) return forbidden;
    const stream = parseStream(given);
    const known = allProjections.some(({ name }) => name === projection);
    if (stream === null || !known || streamParts(stream).tenant !== viewer.tenant) return notFound;
    const result = await readModels.replay(projection, stream);
    const code = result.kind === 'parked' ? { code: toldCode(result.code) } : {};
    log.info('projection.replayed', { projection: toldCode(projection), stream, account: viewer.accountId, state: result.kind, ...code });
    return result.kind === 'parked' ? { ok: true, outcome: 'parked', code: result.code } : { ok: true, outcome: result.kind };
  };

/** How far the lists are that cannot be read yet, the last of them, from 0 to 1; null when all can be read. */
export const listsPrepared =
  ({ readModels }: Pick<App, 'readModels'>): Application['preparing'] =>
  async () => {
    const behind = preparing(await readModels.status(), allProjections);
    return behind.length === 0 ? null : Math.min(...behind.map(({ done }) => done));
  };
