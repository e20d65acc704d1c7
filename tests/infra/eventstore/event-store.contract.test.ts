import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EventStore } from '#domain/ports.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { streamName } from '#domain/ids.ts';
import { erasureEvent, newId, receivedEvent, newStream, statusEvent, statusEvents } from './sample-events.ts';
import { eventStores, type Opened } from './suite.ts';

const positions = (events: readonly RecordedEvent[]) => events.map((event) => event.position);
const revisions = (events: readonly RecordedEvent[]) => events.map((event) => event.revision);
const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => BigInt(first + index));

describe.each(eventStores)('event store on $name', ({ open }) => {
  let opened: Opened;
  let store: EventStore;
  beforeEach(() => {
    opened = open();
    store = opened.store;
  });
  afterEach(() => opened.end());

  test('gives an event back exactly as it was appended, with its place', async () => {
    const stream = newStream();
    const event = receivedEvent();
    await store.append(stream, 'none', [event]);
    expect(await store.readStream(stream)).toEqual([{ ...event, tenant: stream.slice(0, 32), stream, revision: 0n, position: 1n }]);
  });

  test('appends to a new stream, behind an expected revision, and unchecked', async () => {
    const stream = newStream();
    expect(await store.append(stream, 'none', statusEvents(2))).toEqual({ kind: 'appended', revision: 1n, position: 2n, repeated: false });
    expect(await store.append(stream, 1n, [statusEvent()])).toEqual({ kind: 'appended', revision: 2n, position: 3n, repeated: false });
    expect(await store.append(stream, 'any', [statusEvent()])).toEqual({ kind: 'appended', revision: 3n, position: 4n, repeated: false });
    expect(revisions(await store.readStream(stream))).toEqual(upTo(3, 0));
  });

  test('answers a wrong expectation with the actual revision and writes nothing', async () => {
    const [stream, absent] = [newStream(), newStream()];
    await store.append(stream, 'none', statusEvents(3));
    expect(await store.append(stream, 'none', [statusEvent()])).toEqual({ kind: 'conflict', actual: 2n });
    expect(await store.append(stream, 1n, [statusEvent()])).toEqual({ kind: 'conflict', actual: 2n });
    expect(await store.append(stream, 3n, [statusEvent()])).toEqual({ kind: 'conflict', actual: 2n });
    expect(await store.append(absent, 0n, [statusEvent()])).toEqual({ kind: 'conflict', actual: null });
    expect(await store.head()).toBe(3n);
  });

  test('recognises a repeated append by its event ids, whatever revision it expects by now', async () => {
    const stream = newStream();
    const events = statusEvents(2);
    await store.append(stream, 'none', events);
    await store.append(stream, 1n, [statusEvent()]);
    for (const expected of ['none', 'any', 2n] as const) {
      expect(await store.append(stream, expected, events)).toEqual({ kind: 'appended', revision: 1n, position: 2n, repeated: true });
    }
    expect(await store.head()).toBe(3n);
  });

  test('refuses event ids that stand elsewhere, or only in part', async () => {
    const [first, second] = [statusEvent(), statusEvent()];
    const stream = newStream();
    await store.append(stream, 'none', [first]);
    await expect(store.append(newStream(), 'none', [first])).rejects.toMatchObject({ code: 'EVENT_ID_TAKEN' });
    await expect(store.append(stream, 0n, [first, second])).rejects.toMatchObject({ code: 'EVENT_ID_TAKEN' });
    await expect(store.append(stream, 0n, [second, second])).rejects.toMatchObject({ code: 'EVENT_ID_TAKEN' });
    const fresh = newStream();
    await expect(store.append(fresh, 'none', [statusEvent(), second, first])).rejects.toMatchObject({ code: 'EVENT_ID_TAKEN' });
    expect(await store.head()).toBe(1n);
    expect(await store.append(fresh, 'none', [second])).toMatchObject({ kind: 'appended', revision: 0n, position: 2n });
  });

  test('lets a conflict or a taken id fail only its own member of a group', async () => {
    const [stream, other] = [newStream(), newStream()];
    const taken = statusEvent();
    await store.append(other, 'none', [taken]);
    const results = await Promise.allSettled([
      store.append(stream, 'none', [statusEvent()]),
      store.append(stream, 'none', [statusEvent()]),
      store.append(stream, 'any', [taken]),
      store.append(stream, 0n, [statusEvent()]),
    ]);
    expect(results.map((result) => (result.status === 'fulfilled' ? result.value.kind : result.reason.code))).toEqual([
      'appended',
      'conflict',
      'EVENT_ID_TAKEN',
      'appended',
    ]);
    expect(positions(await store.readAll(0n, 10))).toEqual(upTo(3));
  });

  test('reads part of a stream, and nothing of a stream that does not exist', async () => {
    const stream = newStream();
    await store.append(stream, 'none', statusEvents(5));
    expect(revisions(await store.readStream(stream, { from: 2n, limit: 2 }))).toEqual([2n, 3n]);
    expect(revisions(await store.readStream(stream, { from: 4n }))).toEqual([4n]);
    expect(await store.readStream(stream, { from: 5n })).toEqual([]);
    expect(await store.readStream(newStream())).toEqual([]);
  });

  test('reads several streams at once, each in order, and none that does not exist', async () => {
    const [first, second, absent] = [newStream(), newStream(), newStream()];
    await store.append(first, 'none', statusEvents(2));
    await store.append(second, 'none', [statusEvent()]);
    await store.append(first, 1n, [statusEvent()]);
    const read = await store.readStreams([second, absent, first]);
    expect(read.get(first)).toEqual(await store.readStream(first));
    expect(read.get(second)).toEqual(await store.readStream(second));
    expect([...read.keys()].sort()).toEqual([first, second].sort());
    expect(await store.readStreams([])).toEqual(new Map());
  });

  test('names the streams of a category, of every organisation and of no other category', async () => {
    const tenants = Array.from({ length: 3 }, () => newId<'tenant'>());
    const own = tenants.flatMap((tenant) => Array.from({ length: 2 }, () => streamName(tenant, 'message', newId())));
    expect(await store.streams('message')).toEqual([]);
    await store.append(streamName(newId<'tenant'>(), 'erasure', newId()), 'none', [erasureEvent()]);
    for (const stream of own) await store.append(stream, 'none', [statusEvent()]);
    await store.append(streamName(tenants[1] ?? newId<'tenant'>(), 'erasure', newId()), 'none', [erasureEvent()]);
    expect(await store.streams('message')).toEqual(own.sort());
    expect(await store.streams('erasure')).toHaveLength(2);
    expect(await store.streams('contact')).toEqual([]);
  });

  test('reads the log in order of position, in pages', async () => {
    const streams = [newStream(), newStream(), newStream()];
    for (let round = 0; round < 4; round += 1) for (const stream of streams) await store.append(stream, 'any', [statusEvent()]);
    const pages = [await store.readAll(0n, 5), await store.readAll(5n, 5), await store.readAll(10n, 5), await store.readAll(12n, 5)];
    expect(pages.map(positions)).toEqual([upTo(5), upTo(10, 6), upTo(12, 11), []]);
    expect(await store.head()).toBe(12n);
  });

  test('gives every one of many concurrent writers its place: positions dense, revisions contiguous', async () => {
    const streams = Array.from({ length: 8 }, newStream);
    const results = await Promise.all(
      Array.from({ length: 400 }, (_, index) => store.append(streams[index % 8] ?? newStream(), 'any', [statusEvent()])),
    );
    const log = await store.readAll(0n, 1_000);
    expect(positions(log)).toEqual(upTo(400));
    for (const stream of streams) expect(revisions(await store.readStream(stream))).toEqual(upTo(49, 0));
    const acknowledged = results.map((result) => (result.kind === 'appended' ? result.position : -1n));
    expect(new Set(acknowledged).size).toBe(400);
  });

  test('lets exactly one of two writers win the same place', async () => {
    const stream = newStream();
    const results = await Promise.all([store.append(stream, 'none', [statusEvent()]), store.append(stream, 'none', [statusEvent()])]);
    expect(results.map((result) => result.kind).sort()).toEqual(['appended', 'conflict']);
  });

  test('catches a subscriber up and goes live without a gap or a double, while others write', async () => {
    const ending = new AbortController();
    const streams = Array.from({ length: 5 }, newStream);
    const append = () => Promise.all(streams.map((stream) => store.append(stream, 'any', statusEvents(3))));
    for (let round = 0; round < 10; round += 1) await append();
    const seen: bigint[] = [];
    const following = (async () => {
      for await (const events of store.subscribe(20n, { batch: 7, signal: ending.signal })) {
        expect(events.length).toBeLessThanOrEqual(7);
        seen.push(...positions(events));
        if (seen.at(-1) === 300n) ending.abort();
      }
    })();
    for (let round = 0; round < 10; round += 1) await append();
    await following;
    expect(seen).toEqual(upTo(300, 21));
  });

  test('ends a waiting subscription when its signal aborts and when the store closes', async () => {
    const ending = new AbortController();
    const drain = async (signal: AbortSignal) => {
      for await (const events of store.subscribe(0n, { batch: 10, signal })) expect(events).toEqual([]);
      return 'ended';
    };
    const [aborted, closed] = [drain(ending.signal), drain(new AbortController().signal)];
    await new Promise(setImmediate);
    ending.abort();
    expect(await aborted).toBe('ended');
    await store.close();
    expect(await closed).toBe('ended');
  });

  test.each([
    ['an undeclared type', (event: object) => ({ ...event, type: 'SomethingElse' }), 'EVENT_NOT_DECLARED'],
    ['a name of the prototype as type', (event: object) => ({ ...event, type: 'constructor' }), 'EVENT_NOT_DECLARED'],
    ['another version', (event: object) => ({ ...event, version: 2 }), 'EVENT_MALFORMED'],
    [
      'a field that is not declared',
      (event: { data: object }) => ({ ...event, data: { ...event.data, phone: '+201001234567' } }),
      'EVENT_MALFORMED',
    ],
    ['a personal value in the clear', (event: object) => ({ ...event, personal: { details: 'Hello from Mona' } }), 'EVENT_MALFORMED'],
    [
      'free text where a code belongs',
      (event: { data: object }) => ({ ...event, data: { ...event.data, status: 'Hello from Mona' } }),
      'EVENT_MALFORMED',
    ],
    ['a foreign id', (event: object) => ({ ...event, id: '+201001234567' }), 'EVENT_MALFORMED'],
    [
      'an actor with more than it may say',
      (event: { meta: object }) => ({ ...event, meta: { ...event.meta, name: 'Mona' } }),
      'EVENT_MALFORMED',
    ],
  ])('refuses %s, and the fault repeats no value', async (_, change, code) => {
    const event = change(statusEvent()) as ReturnType<typeof statusEvent>;
    const refused = await store.append(newStream(), 'none', [event]).catch((error: unknown) => error);
    expect(refused).toMatchObject({ code });
    expect(String(refused)).not.toMatch(/Mona|20100|SomethingElse/);
    expect(await store.head()).toBe(0n);
  });

  test('refuses a stream name that is not one, a category nobody declared, and an append of nothing', async () => {
    const stream = newStream();
    await expect(store.append('Mona' as typeof stream, 'none', [statusEvent()])).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
    await expect(store.append(stream.replace('message', 'invoice') as typeof stream, 'none', [statusEvent()])).rejects.toMatchObject({
      code: 'EVENT_NOT_DECLARED',
    });
    await expect(store.append(stream, 'none', [])).rejects.toMatchObject({ code: 'EVENT_MALFORMED' });
  });

  test('drops an append whose caller has left before it was written', async () => {
    const leaving = new AbortController();
    const stream = newStream();
    const left = store.append(stream, 'none', [statusEvent()], leaving.signal);
    leaving.abort(new Error('gone'));
    await expect(left).rejects.toThrow('gone');
    await expect(store.append(stream, 'none', [statusEvent()], leaving.signal)).rejects.toThrow('gone');
    expect(await store.head()).toBe(0n);
  });

  test('says that it is busy instead of queueing without bound, and loses nothing that it accepted', async () => {
    const results = await Promise.allSettled(Array.from({ length: 12 }, () => store.append(newStream(), 'none', statusEvents(1_000))));
    const accepted = results.filter((result) => result.status === 'fulfilled').length;
    const faults = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
    expect(new Set(faults)).toEqual(new Set(['STORE_BUSY']));
    expect(await store.head()).toBe(BigInt(accepted * 1_000));
    expect(await store.append(newStream(), 'none', [statusEvent()])).toMatchObject({ kind: 'appended' });
  });

  test('finishes what it accepted when it closes, and then refuses', async () => {
    const accepted = store.append(newStream(), 'none', [statusEvent()]);
    await store.close();
    expect(await accepted).toMatchObject({ kind: 'appended', position: 1n });
    await expect(store.append(newStream(), 'none', [statusEvent()])).rejects.toMatchObject({ code: 'STORE_CLOSED' });
    await expect(store.head()).rejects.toMatchObject({ code: 'STORE_CLOSED' });
  });
});
