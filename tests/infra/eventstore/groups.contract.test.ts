import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { StreamName } from '#domain/ids.ts';
import type { NewEvent } from '#domain/message.ts';
import type { AppendResult, EventStore, ExpectedRevision } from '#domain/ports.ts';
import { newStream, statusEvent, statusEvents } from './sample-events.ts';
import { eventStores } from './suite.ts';

/** Each run opens a store and appends some dozens of members in a few turns of the event loop. */
const RUNS = 40;
const STREAMS = 3;

type Ask = {
  readonly stream: number;
  readonly expected: number | 'none' | 'any';
  readonly count: number;
  /** Give events of an earlier ask instead of new ones: all of them, or mixed with a new one. */
  readonly from: number;
  readonly what: 'new' | 'again' | 'mixed' | 'undeclared' | 'left';
};

const asks: fc.Arbitrary<readonly (readonly Ask[])[]> = fc.array(
  fc.array(
    fc.record({
      stream: fc.nat(STREAMS - 1),
      expected: fc.oneof(fc.nat(6), fc.constantFrom('none' as const, 'any' as const, 'any' as const)),
      count: fc.integer({ min: 1, max: 3 }),
      from: fc.nat(),
      what: fc.constantFrom('new', 'new', 'new', 'again', 'mixed', 'undeclared', 'left'),
    }),
    { minLength: 1, maxLength: 12 },
  ),
  { minLength: 1, maxLength: 5 },
);

type Answer = string;
const answerOf = (result: PromiseSettledResult<AppendResult>): Answer => {
  if (result.status === 'rejected') return result.reason instanceof Error && 'code' in result.reason ? String(result.reason.code) : 'left';
  const { value } = result;
  if (value.kind === 'conflict') return `conflict ${String(value.actual)}`;
  return `${value.repeated ? 'repeated' : 'appended'} ${String(value.revision)} ${String(value.position)}`;
};

/** The rules of appending once more, as plainly as they can be said: one member after the other, nothing shared between them. */
const createModel = () => {
  const streams = new Map<StreamName, string[]>();
  const places = new Map<string, { readonly stream: StreamName; readonly revision: number; readonly position: number }>();
  return {
    ids: () => [...places.keys()],
    answer: (stream: StreamName, expected: ExpectedRevision, events: readonly NewEvent[]): Answer => {
      const log = streams.get(stream) ?? [];
      const found = events.map(({ id }) => places.get(id));
      const first = found[0];
      if (found.some((place) => place !== undefined)) {
        const whole = found.every((place, index) => place?.stream === stream && place.revision === (first?.revision ?? -1) + index);
        const last = found.at(-1);
        return whole ? `repeated ${String(last?.revision)} ${String(last?.position)}` : 'EVENT_ID_TAKEN';
      }
      const actual = log.length === 0 ? null : BigInt(log.length - 1);
      if (expected !== 'any' && (expected === 'none' ? actual !== null : expected !== actual)) return `conflict ${String(actual)}`;
      for (const { id } of events) {
        places.set(id, { stream, revision: log.length, position: places.size + 1 });
        log.push(id);
      }
      streams.set(stream, log);
      return `appended ${String(log.length - 1)} ${String(places.size)}`;
    },
  };
};

const gone = AbortSignal.abort(new Error('gone'));

const runGroups = async (store: EventStore, groups: readonly (readonly Ask[])[]): Promise<void> => {
  const streams = Array.from({ length: STREAMS }, newStream);
  const model = createModel();
  const given: (readonly NewEvent[])[] = [];
  for (const group of groups) {
    const expected: Answer[] = [];
    const results = group.map((ask) => {
      const stream = streams[ask.stream] ?? newStream();
      const revision = typeof ask.expected === 'number' ? BigInt(ask.expected) : ask.expected;
      const earlier = given[ask.from % Math.max(1, given.length)];
      const repeats = (ask.what === 'again' || ask.what === 'mixed') && earlier !== undefined;
      const base = repeats ? earlier : statusEvents(ask.count);
      const events = ask.what === 'mixed' ? [...base, statusEvent()] : base;
      if (ask.what === 'undeclared') {
        expected.push('EVENT_NOT_DECLARED');
        return store.append(stream, revision, [{ ...statusEvent(), type: 'SomethingElse' }]);
      }
      if (ask.what === 'left') {
        expected.push('left');
        return store.append(stream, revision, events, gone);
      }
      expected.push(model.answer(stream, revision, events));
      given.push(events);
      return store.append(stream, revision, events);
    });
    expect((await Promise.allSettled(results)).map(answerOf)).toEqual(expected);
  }
  expect((await store.readAll(0n, 10_000)).map(({ id }) => id)).toEqual(model.ids());
};

describe.each(eventStores)('groups of appends on $name', ({ open }) => {
  test('every member gets the answer that it would get alone, in order of arrival', async () => {
    await fc.assert(
      fc.asyncProperty(asks, async (groups) => {
        const { store, end } = open();
        try {
          await runGroups(store, groups);
        } finally {
          await end();
        }
      }),
      { numRuns: RUNS },
    );
  });
});
