import { describe, expect, it } from 'vitest';
import { firstUnread, groupThread } from '#lib/inbox/group-thread.ts';
import { mergeRows } from '#lib/inbox/merge-rows.ts';
import { initialOf } from '#lib/initials.ts';
import { ringOf } from '#lib/window-ring.ts';
import { day, hour, inboxItems, message, minute, threadItems } from '#tests/support/web-fixture-data.ts';

const now = Date.parse('2026-11-24T12:00:00.000Z');
const dayKey = (at: string): string => at.slice(0, 10);

describe('a thread', () => {
  it('groups one sender within three minutes, and nobody else', () => {
    const entries = [
      message(now, 'in', 'a'),
      message(now + minute, 'in', 'b'),
      message(now + 2 * minute, 'in', 'c'),
      message(now + 6 * minute, 'in', 'd'),
      message(now + 7 * minute, 'out', 'e'),
    ];
    expect(groupThread(entries, { dayKey }).flatMap((block) => (block.block === 'message' ? [block.place] : []))).toEqual([
      'first',
      'middle',
      'last',
      'alone',
      'alone',
    ]);
  });

  it('starts a day once and never groups across midnight', () => {
    const midnight = Date.parse('2026-11-25T00:00:00.000Z');
    const blocks = groupThread([message(midnight - minute, 'in', 'a'), message(midnight + minute, 'in', 'b')], { dayKey });
    expect(blocks.map((block) => block.block)).toEqual(['day', 'message', 'day', 'message']);
    expect(blocks.every((block) => block.block !== 'message' || block.place === 'alone')).toBe(true);
  });

  it('puts "new" before the first of the unread messages of the customer', () => {
    const entries = [
      message(now, 'in', 'a'),
      message(now + minute, 'out', 'b'),
      message(now + 2 * minute, 'in', 'c'),
      message(now + 3 * minute, 'in', 'd'),
    ];
    const newFrom = firstUnread(entries, 2);
    expect(newFrom).toBe(entries[2]?.id);
    expect(groupThread(entries, { dayKey, newFrom }).map((block) => block.block)).toEqual([
      'day',
      'message',
      'message',
      'new',
      'message',
      'message',
    ]);
  });

  it('says nothing is new when all is read, and starts at the top when more is unread than loaded', () => {
    const entries = [message(now, 'in', 'a')];
    expect([firstUnread(entries, 0), firstUnread(entries, 9)]).toEqual([undefined, entries[0]?.id]);
  });

  it('makes one line of a run of events and loses no entry', () => {
    const entries = threadItems(now);
    const blocks = groupThread(entries, { dayKey });
    const held = blocks.reduce(
      (count, block) => count + (block.block === 'chips' ? block.chips.length : block.block === 'day' || block.block === 'new' ? 0 : 1),
      0,
    );
    expect(held).toBe(entries.length);
    expect(blocks.filter((block) => block.block === 'chips').map((block) => block.chips.length)).toEqual([2, 2]);
    expect(new Set(blocks.map((block) => block.key)).size).toBe(blocks.length);
  });
});

describe('the list after its first page came anew', () => {
  const rows = inboxItems(now, 100).toSorted((a, b) => b.lastAt.localeCompare(a.lastAt));
  const [first, rest] = [rows.slice(0, 50), rows.slice(50)];

  it('keeps what is further down, in order and without doubles', () => {
    const merged = mergeRows(first, rows, false);
    expect(merged.map((row) => row.conversationId)).toEqual(rows.map((row) => row.conversationId));
  });

  it('lets go what has left the view inside the fresh range', () => {
    const gone = first[3];
    const fresh = [...first.filter((row) => row !== gone), ...rest.slice(0, 1)];
    expect(mergeRows(fresh, rows, false)).not.toContain(gone);
    expect(mergeRows(fresh, rows, false)).toHaveLength(rows.length - 1);
  });

  it('moves a row that was far down to the top and shows it once', () => {
    const risen = rest[20];
    if (risen === undefined) throw new Error('expected a row');
    const merged = mergeRows([risen, ...first.slice(0, 49)], rows, false);
    expect(merged.filter((row) => row.conversationId === risen.conversationId)).toHaveLength(1);
    expect(merged).toHaveLength(rows.length);
  });

  it('trusts a page that is everything', () => {
    expect(mergeRows(first.slice(0, 2), rows, true)).toHaveLength(2);
    expect(mergeRows([], rows, true)).toEqual([]);
  });
});

describe('the window ring', () => {
  const at = (leftMs: number): string => new Date(now + leftMs).toISOString();

  it.each([
    [23 * hour, '', 96],
    [2 * hour, '', 8],
    [2 * hour - 1, 'warn', 8],
    [29 * minute, 'dang', 2],
    [1, 'dang', 1],
    [0, 'closed', 0],
    [-day, 'closed', 0],
    [30 * hour, '', 100],
  ] as const)('with %d ms left is "%s" and shows %d per cent', (leftMs, tone, percent) => {
    expect(ringOf(at(leftMs), now)).toMatchObject({ tone, percent });
  });

  it('is closed when it never opened', () => {
    expect(ringOf(undefined, now).tone).toBe('closed');
  });
});

describe('an initial', () => {
  it.each([
    ['Nadia K•••••', 'N'],
    ['  émile', 'É'],
    ['نادية', 'ن'],
    ['@sand.dune', '@'],
    ['•••••• •••', ''],
    ['🌵 Omar', 'O'],
    ['', ''],
  ])('of "%s" is "%s"', (name, initial) => {
    expect(initialOf(name)).toBe(initial);
  });
});
