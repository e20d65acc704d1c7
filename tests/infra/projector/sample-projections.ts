import type { RecordedEvent } from '#domain/message.ts';
import type { Projection } from '#projections/projection.ts';

export type Counted = { readonly stream: string; readonly count: number; readonly codes: readonly unknown[] };
export const POISON = 666;

/** One document per stream and one for all: counts events, and chokes on a provider code while `repaired` says no. */
export const counting = (
  options: { readonly name?: string; readonly version?: number; readonly repaired?: () => boolean } = {},
): Projection => {
  const name = options.name ?? 'counting';
  return {
    name,
    version: options.version ?? 1,
    readsFrom: options.version ?? 1,
    collections: [
      { name: `${name}_streams`, indexes: [['count']] },
      { name: `${name}_total`, indexes: [] },
    ],
    route: (event) => [
      { collection: `${name}_streams`, id: event.stream },
      { collection: `${name}_total`, id: 'all' },
    ],
    evolve: (document, event, target) => {
      if (event.data['providerCode'] === POISON && target.collection === `${name}_total` && options.repaired?.() !== true)
        throw new TypeError('Mona +201001234567');
      return count(document as Counted | null, event);
    },
  };
};

const count = (before: Counted | null, event: RecordedEvent): Counted => ({
  stream: event.stream,
  count: (before?.count ?? 0) + 1,
  codes: [...(before?.codes ?? []), event.data['providerCode']].slice(-3),
});
