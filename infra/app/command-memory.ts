/** Commands remembered by their whole id and the place of their events. */
const RECENT = 256;
/** Ids end in random or hashed digits: the last 32 bits tell two commands of one stream apart, but for one in millions. */
const FINGERPRINT_HEX = 8;
/** Slots of the first table of fingerprints; it doubles when it is half full, so a command costs at most 16 bytes. */
const FIRST_SLOTS = 1_024;

/**
 * Which commands a stream has taken in, all of them, for ever, in a bounded number of bytes each: the latest by id, older ones by a
 * fingerprint. "No" is certain; "somewhere" is to be looked up in the stream. It only grows, so that folds of different revisions of one
 * stream can share it.
 */
export type CommandMemory = {
  readonly add: (commandId: string, revision: bigint) => void;
  /** From which revision to look for the command's events; null when the stream does not know it. */
  readonly find: (commandId: string) => bigint | null;
};

export const createCommandMemory = (): CommandMemory => {
  const recent = new Map<string, bigint>();
  const older = createFingerprints();
  return {
    add: (commandId, revision) => {
      // A command's first event says where to look.
      if (recent.has(commandId)) return;
      recent.set(commandId, revision);
      if (recent.size <= RECENT) return;
      const [oldest] = recent.keys();
      if (oldest === undefined) return;
      recent.delete(oldest);
      older.add(fingerprintOf(oldest));
    },
    find: (commandId) => recent.get(commandId) ?? (older.has(fingerprintOf(commandId)) ? 0n : null),
  };
};

/** Never 0, which stands for an empty slot. */
const fingerprintOf = (commandId: string): number => parseInt(commandId.slice(-FINGERPRINT_HEX), 16) || 1;

/** A set of 32-bit numbers in a flat table (open addressing, linear probing). */
const createFingerprints = () => {
  let slots = new Uint32Array(0);
  let count = 0;

  const slotOf = (fingerprint: number): number => {
    let slot = fingerprint & (slots.length - 1);
    while (slots[slot] !== 0 && slots[slot] !== fingerprint) slot = (slot + 1) & (slots.length - 1);
    return slot;
  };
  const put = (fingerprint: number): void => {
    const slot = slotOf(fingerprint);
    if (slots[slot] === fingerprint) return;
    slots[slot] = fingerprint;
    count += 1;
  };
  return {
    has: (fingerprint: number): boolean => slots.length > 0 && slots[slotOf(fingerprint)] === fingerprint,
    add: (fingerprint: number): void => {
      if (count * 2 >= slots.length) {
        const before = slots;
        slots = new Uint32Array(Math.max(FIRST_SLOTS, before.length * 2));
        count = 0;
        for (const kept of before) if (kept !== 0) put(kept);
      }
      put(fingerprint);
    },
  };
};
