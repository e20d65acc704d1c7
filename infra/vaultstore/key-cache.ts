/** Unwrapped keys live in memory for this long, from their first use; it bounds what a memory image can give away. */
export const KEY_CACHE_TTL_MS = 5 * 60_000;
/** People (or tenants) whose keys are kept: those of the pages of some hundred agents. */
export const KEY_CACHE_GROUPS = 5_000;
/** Keys of one person: one per class and period in use. */
export const KEY_CACHE_PER_GROUP = 64;
/** Keys of all groups together, some 10 MB. */
export const KEY_CACHE_KEYS = 50_000;

type Options<V> = {
  /** Monotonic: a wall clock that is set back would let keys live longer. */
  readonly nowMs?: () => number;
  /** What becomes of a value that leaves the cache: bytes are overwritten. */
  readonly onDrop?: (value: V) => void;
};

/** Bounded in number (least recently used goes first) and in time. A group is dropped as one. */
export const createKeyCache = <V>({ nowMs = () => performance.now(), onDrop = () => undefined }: Options<V> = {}) => {
  type Group = { readonly until: number; readonly values: Map<string, V> };
  const groups = new Map<string, Group>();
  let keys = 0;

  const empty = ({ values }: Group): void => {
    keys -= values.size;
    for (const value of values.values()) onDrop(value);
    values.clear();
  };
  const drop = (name: string): void => {
    const group = groups.get(name);
    if (group === undefined) return;
    groups.delete(name);
    empty(group);
  };

  const live = (name: string): Group | null => {
    const group = groups.get(name);
    if (group === undefined) return null;
    if (group.until <= nowMs()) {
      drop(name);
      return null;
    }
    groups.delete(name);
    groups.set(name, group);
    return group;
  };

  return {
    get: (group: string, key: string): V | undefined => live(group)?.values.get(key),
    set: (group: string, key: string, value: V): void => {
      const target = live(group) ?? { until: nowMs() + KEY_CACHE_TTL_MS, values: new Map<string, V>() };
      if (target.values.size >= KEY_CACHE_PER_GROUP) empty(target);
      if (!target.values.has(key)) keys += 1;
      target.values.set(key, value);
      groups.set(group, target);
      for (const oldest of groups.keys()) {
        if ((groups.size <= KEY_CACHE_GROUPS && keys <= KEY_CACHE_KEYS) || oldest === group) break;
        drop(oldest);
      }
    },
    drop,
    /** Drops what is past its time, whether anybody asks for it or not. */
    sweep: (): void => {
      const at = nowMs();
      for (const [name, group] of groups) if (group.until <= at) drop(name);
    },
    clear: (): void => {
      for (const group of groups.values()) empty(group);
      groups.clear();
    },
    /** Groups held. */
    size: (): number => groups.size,
    /** Keys held in all groups together. */
    keys: (): number => keys,
  };
};
