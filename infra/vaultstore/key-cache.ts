/** Unwrapped keys live in memory for this long and in this number at most; both bound what a memory image can give away. */
export const KEY_CACHE_TTL_MS = 5 * 60_000;
export const KEY_CACHE_GROUPS = 5_000;
/** Keys of one subject: one per class and period in use. */
export const KEY_CACHE_PER_GROUP = 64;

/** Bounded in number (least recently used goes first) and in time (from the first use, not the last). A group is dropped as one. */
export const createKeyCache = <V>(nowMs: () => number = () => performance.now()) => {
  type Group = { readonly until: number; readonly values: Map<string, V> };
  const groups = new Map<string, Group>();

  const live = (name: string): Group | null => {
    const group = groups.get(name);
    if (group === undefined) return null;
    groups.delete(name);
    if (group.until <= nowMs()) return null;
    groups.set(name, group);
    return group;
  };

  return {
    get: (group: string, key: string): V | undefined => live(group)?.values.get(key),
    set: (group: string, key: string, value: V): void => {
      const target = live(group) ?? { until: nowMs() + KEY_CACHE_TTL_MS, values: new Map<string, V>() };
      if (target.values.size >= KEY_CACHE_PER_GROUP) target.values.clear();
      target.values.set(key, value);
      groups.set(group, target);
      for (const oldest of groups.keys()) {
        if (groups.size <= KEY_CACHE_GROUPS) break;
        groups.delete(oldest);
      }
    },
    drop: (group: string): void => {
      groups.delete(group);
    },
    clear: (): void => {
      groups.clear();
    },
    size: (): number => groups.size,
  };
};
