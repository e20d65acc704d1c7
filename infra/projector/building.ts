import type { Projection } from '#projections/projection.ts';
import type { ProjectionStatus } from './watch.ts';

/** How far the generation that is being built has come towards the head of the log, from 0 to 1; 0 when none is. */
export const doneRatio = ({ building, checkpoint, lag }: ProjectionStatus): number => {
  if (building === null) return 0;
  const head = Number(checkpoint + lag);
  return head === 0 ? 1 : Math.min(1, Number(building.checkpoint) / head);
};

/** A projection that pages cannot read yet, and how far it is. */
export type Preparing = { readonly name: string; readonly done: number };

/** Projections without a live generation that this program can read: reading them throws `VIEWS_BUILDING`. */
export const preparing = (statuses: readonly ProjectionStatus[], projections: readonly Projection[]): readonly Preparing[] =>
  statuses.flatMap((status) => {
    const projection = projections.find(({ name }) => name === status.name);
    const { generation, version } = status;
    const readable = projection !== undefined && generation > 0 && version >= projection.readsFrom && version <= projection.version;
    return readable ? [] : [{ name: status.name, done: doneRatio(status) }];
  });
