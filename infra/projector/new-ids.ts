import type { GenerationViews, ViewReads, ViewWrite } from '#domain/ports.ts';

export type KnownIds = {
  /** The same documents, without asking for those that cannot be there. */
  readonly reads: Pick<ViewReads, 'getMany'>;
  readonly written: (writes: readonly ViewWrite[]) => void;
  /** Somebody else may have written: the last ids are looked up again. */
  readonly forget: () => void;
};

/** JavaScript and the store put such an id at the same place, whatever it is compared with. */
const ASCII = /^[\u0020-\u007e]*$/;

/**
 * Ids begin with their time, so most documents that a batch touches for the first time are behind the last one stored, and need not be
 * looked for. A commit of somebody else does not stay unseen: it makes the next own commit fail, or the next settling go back to what is
 * stored, and then `forget` is called.
 */
export const skipNewIds = (views: Pick<GenerationViews, 'getMany' | 'lastId'>): KnownIds => {
  const lastIds = new Map<string, string | null>();
  const lastOf = async (collection: string): Promise<string | null> => {
    const known = lastIds.get(collection);
    if (known !== undefined) return known;
    const last = await views.lastId(collection);
    lastIds.set(collection, last);
    return last;
  };
  return {
    reads: {
      getMany: async (collection, ids) => {
        const last = await lastOf(collection);
        const maybeThere = last === null ? [] : ids.filter((id) => id <= last || !ASCII.test(id));
        return maybeThere.length === 0 ? new Map() : views.getMany(collection, maybeThere);
      },
    },
    written: (writes) => {
      for (const { collection, id, document } of writes) {
        const last = lastIds.get(collection);
        if (document !== null && last !== undefined && (last === null || id > last)) lastIds.set(collection, id);
      }
    },
    forget: () => lastIds.clear(),
  };
};
