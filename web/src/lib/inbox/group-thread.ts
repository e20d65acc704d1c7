import type { ThreadItem } from '#projections/pages.ts';

export type Entry<Kind extends ThreadItem['entry']> = Extract<ThreadItem, { entry: Kind }>;

export type ThreadBlock =
  | Readonly<{ block: 'day'; key: string; at: string }>
  | Readonly<{ block: 'new'; key: string }>
  /** Runs of events become one line. */
  | Readonly<{ block: 'chips'; key: string; chips: readonly Entry<'chip'>[] }>
  | Readonly<{ block: 'note'; key: string; note: Entry<'note'> }>
  /** Where a bubble stands in the group of its sender: the corners and the gap follow from it. */
  | Readonly<{ block: 'message'; key: string; message: Entry<'message'>; place: 'alone' | 'first' | 'middle' | 'last' }>;

const groupMs = 3 * 60_000;

type Options = Readonly<{ dayKey: (at: string) => string; newFrom?: string | undefined }>;

/** Day by day, and within a day by sender while no more than three minutes lie between. `newFrom`: id of the first unread entry. */
export function groupThread(entries: readonly ThreadItem[], { dayKey, newFrom }: Options): readonly ThreadBlock[] {
  const blocks: ThreadBlock[] = [];
  entries.forEach((entry, index) => {
    const before = entries[index - 1];
    const newDay = before === undefined || dayKey(before.at) !== dayKey(entry.at);
    if (newDay) blocks.push({ block: 'day', key: `day-${dayKey(entry.at)}`, at: entry.at });
    if (entry.id === newFrom) blocks.push({ block: 'new', key: 'new' });
    blocks.push(...blockOf(entry, entries, index, { dayKey, newFrom }, blocks));
  });
  return blocks;
}

function blockOf(
  entry: ThreadItem,
  entries: readonly ThreadItem[],
  index: number,
  options: Options,
  blocks: ThreadBlock[],
): readonly ThreadBlock[] {
  switch (entry.entry) {
    case 'note':
      return [{ block: 'note', key: entry.id, note: entry }];
    case 'chip': {
      const open = blocks.at(-1);
      if (open?.block !== 'chips') return [{ block: 'chips', key: entry.id, chips: [entry] }];
      blocks[blocks.length - 1] = { ...open, chips: [...open.chips, entry] };
      return [];
    }
    case 'message': {
      const joinsPrevious = together(entries[index - 1], entry, options);
      const joinsNext = together(entry, entries[index + 1], options);
      const place = joinsPrevious ? (joinsNext ? 'middle' : 'last') : joinsNext ? 'first' : 'alone';
      return [{ block: 'message', key: entry.id, message: entry, place }];
    }
  }
}

function together(one: ThreadItem | undefined, next: ThreadItem | undefined, { dayKey, newFrom }: Options): boolean {
  if (one?.entry !== 'message' || next?.entry !== 'message' || next.id === newFrom) return false;
  const sameSender = one.direction === next.direction && one.author?.accountId === next.author?.accountId;
  return sameSender && Date.parse(next.at) - Date.parse(one.at) <= groupMs && dayKey(one.at) === dayKey(next.at);
}

/** The first of the last `unread` incoming messages. */
export function firstUnread(entries: readonly ThreadItem[], unread: number): string | undefined {
  if (unread === 0) return undefined;
  const incoming = entries.filter((entry) => entry.entry === 'message' && entry.direction === 'in');
  return incoming.at(-Math.min(unread, incoming.length))?.id;
}
