import { describe, expect, it } from 'vitest';
import { compare, type FindingKind } from './compare.ts';
import type { Observed, ShownMessage } from './observed.ts';
import { dropOne } from './planted.ts';
import { randomOf } from './random.ts';
import type { LoadRecord } from './record.ts';

/** A run that went well: two messages of a customer, one reply that was read, one that nobody knows about, a note and an assignment. */
const RECORD: LoadRecord = {
  written: [
    { wamid: 'w1', phone: '201', text: 'first', second: 10, acknowledged: true },
    { wamid: 'w2', phone: '201', text: 'second', second: 11, acknowledged: true },
  ],
  keyed: [
    { key: 'k1', kind: 'reply', conversationId: 'c1', text: 'hello', acknowledged: true, messageIds: ['r1'] },
    { key: 'k2', kind: 'note', conversationId: 'c1', text: 'careful', acknowledged: true, messageIds: [] },
    { key: 'k3', kind: 'reply', conversationId: 'c1', text: 'anyone?', acknowledged: false, messageIds: [] },
  ],
  settings: [{ conversationId: 'c1', verb: 'assign', assignee: 'a1', acknowledged: true, at: 1_000_000 }],
  arrivals: [{ messageId: 'r1', phone: '201', text: 'hello', wamid: 'w3' }],
  told: [
    { messageId: 'r1', status: 'read' },
    { messageId: 'r1', status: 'sent' },
  ],
  sightings: [],
};
const shown = (id: string, direction: 'in' | 'out', text: string | null, state: string | null = null): ShownMessage => ({
  id,
  conversationId: 'c1',
  direction,
  text,
  at: '2026-01-01T00:00:00.000Z',
  state,
});
const FIRST = shown('m1', 'in', 'first');
const SECOND = shown('m2', 'in', 'second');
const READ = shown('r1', 'out', 'hello', 'read');
const UNKNOWN = shown('r2', 'out', 'anyone?', 'unknown');
const OBSERVED: Observed = {
  messages: [FIRST, SECOND, READ, UNKNOWN],
  notes: [{ id: 'n1', conversationId: 'c1', text: 'careful' }],
  conversations: [{ conversationId: 'c1', status: 'open', assignee: 'a1' }],
  log: { head: 12, faults: [] },
  views: [],
  processes: [],
};

const kinds = (record: Partial<LoadRecord>, observed: Partial<Observed> = {}): readonly FindingKind[] =>
  compare({ ...RECORD, ...record }, { ...OBSERVED, ...observed }).map(({ kind }) => kind);
const withMessages = (...messages: readonly ShownMessage[]) => kinds({}, { messages });

describe('the oracle', () => {
  it('finds nothing in a run that went well', () => {
    expect(compare(RECORD, OBSERVED)).toEqual([]);
  });

  it('finds what was acknowledged and is lost', () => {
    expect(withMessages(FIRST, READ)).toEqual(['lost']);
    expect(withMessages(FIRST, SECOND)).toEqual(['lost', 'lost']);
    expect(withMessages(FIRST, { ...SECOND, text: null }, READ)).toEqual(['lost', 'lost']);
    expect(kinds({}, { notes: [] })).toEqual(['lost']);
    expect(compare(dropOne(RECORD), OBSERVED).map(({ kind }) => kind)).toEqual(['lost']);
  });

  it('lets what was never acknowledged be absent', () => {
    expect(withMessages(FIRST, SECOND, READ)).toEqual([]);
  });

  it('finds what stands there twice, or arrived twice', () => {
    expect(withMessages(FIRST, SECOND, { ...SECOND, id: 'm3' }, READ)).toEqual(['doubled']);
    expect(withMessages(FIRST, SECOND, READ, UNKNOWN, { ...UNKNOWN, id: 'r3' })).toEqual(['doubled']);
    expect(kinds({ arrivals: [...RECORD.arrivals, ...RECORD.arrivals] })).toEqual(['doubled']);
    expect(kinds({ keyed: RECORD.keyed.map((each) => ({ ...each, messageIds: ['r1', 'r9'] })).slice(0, 2) })).toContain('doubled');
  });

  it('finds what does not come to rest, and processes that do not answer', () => {
    expect(withMessages(FIRST, SECOND, READ, { ...UNKNOWN, state: 'sending' })).toEqual(['stuck']);
    expect(kinds({}, { processes: ['worker-1 does not answer'] })).toEqual(['stuck']);
    expect(kinds({ sightings: [{ kind: 'gave-up', what: 'a delivery' }] })).toEqual(['stuck']);
  });

  it('finds ticks that lie, texts that changed, and threads in the wrong order', () => {
    expect(withMessages(FIRST, SECOND, { ...READ, state: 'delivered' })).toEqual(['wrong']);
    expect(withMessages(FIRST, SECOND, READ, { ...UNKNOWN, state: 'sent' })).toEqual(['wrong']);
    expect(kinds({ arrivals: RECORD.arrivals.map((arrival) => ({ ...arrival, text: 'other' })) })).toEqual(['wrong']);
    expect(withMessages(SECOND, FIRST, READ)).toEqual(['wrong']);
    expect(withMessages(FIRST, SECOND, READ, shown('m9', 'in', 'never written'))).toEqual(['wrong']);
  });

  it('knows who a conversation may belong to: the last that was answered, or one without an answer that came late', () => {
    const [given] = RECORD.settings;
    const to = (assignee: string | null) => ({ conversations: [{ conversationId: 'c1', status: 'open', assignee }] });
    expect(kinds({}, to('a2'))).toEqual(['wrong']);
    const late = { conversationId: 'c1', verb: 'assign', assignee: 'a2', acknowledged: false, at: 999_000 } as const;
    expect(kinds({ settings: given === undefined ? [] : [late, given] }, to('a2'))).toEqual([]);
    expect(kinds({ settings: given === undefined ? [] : [{ ...late, at: 900_000 }, given] }, to('a2'))).toEqual(['wrong']);
  });

  it('passes on what the log and the views say', () => {
    expect(kinds({}, { log: { head: 1, faults: ['a gap'] }, views: ['a document differs'] })).toEqual(['wrong', 'wrong']);
  });
});

describe('the plan', () => {
  it('is the same for the same seed, and another for each who decides', () => {
    const draw = (seed: number, name: string) => Array.from({ length: 8 }, randomOf(seed, name).next);
    expect(draw(7, 'web-1')).toEqual(draw(7, 'web-1'));
    expect(draw(7, 'web-1')).not.toEqual(draw(7, 'web-2'));
    expect(draw(7, 'web-1')).not.toEqual(draw(8, 'web-1'));
  });
});
