import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, type EventSpec } from '#domain/define-events.ts';
import { type IsoTime, parseTime, streamName } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { handleOf } from '#domain/sealed-handle.ts';
import { type Upcaster, typedEvent, upcast, upcasters } from '#domain/upcast.ts';
import { recordedShapes, shapeOf } from '#infra/tooling/generate/event-shapes.ts';
import { minute, sampleId, sampleSealed } from '#tests/support/sample.ts';
import { goldenEvents } from '#tests/golden/load.ts';

/**
 * An event in three versions, as a product of some age would have it: a time was renamed, then a number became a structure and a code came in.
 * Version 1 and 2 stand here only as shapes: a program declares the newest.
 */
const idSchema = z.custom<string>((value) => typeof value === 'string' && /^[0-9a-f]{32}$/.test(value), {
  error: 'expected ^[0-9a-f]{32}$',
});
const timeText = z.custom<IsoTime>((value) => parseTime(value) !== null);
const older: readonly EventSpec[] = [
  {
    version: 1,
    says: '',
    data: { contactId: idSchema, doneAt: timeText, size: z.number().int() },
    personal: { name: { class: 'profile', purposes: ['work-together'] } },
    subject: 'contactId',
  },
  {
    version: 2,
    says: '',
    data: { contactId: idSchema, finishedAt: timeText, size: z.number().int() },
    personal: { name: { class: 'profile', purposes: ['work-together'] } },
    subject: 'contactId',
  },
];
const catalogue = defineEvents({
  ThingFinished: {
    version: 3,
    says: 'The thing was finished.',
    data: {
      contactId: z.custom<ReturnType<typeof sampleId<'contact'>>>((value) => typeof value === 'string'),
      finishedAt: timeText,
      size: z.strictObject({ bytes: z.number().int(), exact: z.boolean() }),
      how: z.enum(['by-hand', 'by-machine']),
    },
    personal: { name: { class: 'profile', purposes: ['work-together'] } },
    subject: 'contactId',
  },
});
const first: Upcaster = { type: 'ThingFinished', from: 1, up: ({ doneAt, ...data }) => ({ ...data, finishedAt: doneAt }) };
const second: Upcaster = {
  type: 'ThingFinished',
  from: 2,
  up: ({ size, ...data }) => ({ ...data, size: { bytes: size, exact: true }, how: 'by-hand' }),
};
const chain = [second, first];

const tenant = sampleId<'tenant'>(1);
const stored = (version: number, data: RecordedEvent['data']): RecordedEvent => ({
  id: sampleId<'event'>(3),
  type: 'ThingFinished',
  version,
  data,
  personal: { name: sampleSealed(5) },
  meta: {
    commandId: sampleId<'command'>(6),
    correlationId: sampleId<'correlation'>(7),
    causationId: null,
    recordedAt: minute(0),
    actor: { kind: 'machine', part: 'webhook' },
  },
  tenant,
  stream: streamName(tenant, 'contact', sampleId<'contact'>(2)),
  revision: 0n,
  position: 1n,
});
const firstData = fc.record({ contactId: fc.constant(sampleId<'thing'>(9)), doneAt: fc.constant(minute(3)), size: fc.nat() });

/** Writing to any part of it throws. */
const frozen = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};

describe('a chain of upcasters', () => {
  it('gives what its links give one after the other', () => {
    fc.assert(
      fc.property(firstData, (data) => {
        const stepwise = second.up(upcast(stored(1, data), 2, chain));
        expect(upcast(stored(1, data), 3, chain)).toEqual(stepwise);
        expect(upcast(stored(2, first.up(data)), 3, chain)).toEqual(stepwise);
      }),
    );
  });

  it('leaves what it was given as it is, to the bottom', () => {
    fc.assert(
      fc.property(firstData, (data) => {
        const event = frozen(stored(1, data));
        const before = structuredClone(event);
        upcast(event, 3, chain);
        expect(event).toEqual(before);
      }),
    );
  });

  it('gives at every step the declared shape', () => {
    const [v1, v2] = older.map((spec) => z.strictObject(spec.data));
    fc.assert(
      fc.property(firstData, (data) => {
        expect(v1?.safeParse(data).success).toBe(true);
        expect(v2?.safeParse(upcast(stored(1, data), 2, chain)).success).toBe(true);
        expect(typedEvent(catalogue, stored(1, data), chain).data).toMatchObject({ how: 'by-hand', size: { exact: true } });
      }),
    );
  });

  it('that gives another shape is found where the event is read', () => {
    const wrong: Upcaster = { ...second, up: (data) => ({ ...data, how: 'by-hand' }) };
    const event = stored(1, { contactId: sampleId<'thing'>(9), doneAt: minute(3), size: 1 });
    expect(() => typedEvent(catalogue, event, [first, wrong])).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });

  it.each([
    ['the first', [second]],
    ['the last', [first]],
    ['every', []],
  ])('without %s link is a fault that says so, never half a chain', (_name, known) => {
    const event = stored(1, { contactId: sampleId<'thing'>(9), doneAt: minute(3), size: 1 });
    expect(() => upcast(event, 3, known)).toThrow(expect.objectContaining({ code: 'EVENT_UPCASTER_MISSING' }));
    expect(() => typedEvent(catalogue, event, known)).toThrow(/^expected an upcaster .* got a gap at position 1$/);
  });

  it.each([0, -1, 1.5, Number.NaN])('refuses version %d, which nobody can have written', (version) => {
    const event = stored(version, { contactId: sampleId<'thing'>(9), doneAt: minute(3), size: 1 });
    expect(() => typedEvent(catalogue, event, chain)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });

  it('leaves the handle of a personal field bound to the version that was stored', () => {
    const event = typedEvent(catalogue, stored(1, { contactId: sampleId<'thing'>(9), doneAt: minute(3), size: 1 }), chain);
    expect(handleOf(event, catalogue.ThingFinished, 'name')).toMatchObject({ schema: 'ThingFinished/v1', subject: sampleId<'thing'>(9) });
  });
});

describe('the upcasters of the product', () => {
  const { shapes } = recordedShapes();
  /** Every stored event of an older version, at every step of its way. */
  const steps = goldenEvents().flatMap(({ name, event }) =>
    upcasters
      .filter(({ type, from }) => type === event.type && from >= event.version)
      .map(({ from }) => ({ name: `${name} at v${String(from + 1)}`, event, to: from + 1 })),
  );

  it('each have a golden event to work on', () => {
    const worked = new Set(steps.map(({ event, to }) => `${event.type} ${String(to - 1)}`));
    expect([...worked].sort()).toEqual(upcasters.map(({ type, from }) => `${type} ${String(from)}`).sort());
  });

  it('give the recorded shape of the version they lead to, and change nothing', () => {
    for (const { name, event, to } of steps) {
      const shape = shapes[`${event.type}/v${String(to)}`];
      const given = upcast(frozen(structuredClone(event)), to);
      expect(z.fromJSONSchema(shape?.data ?? false).safeParse(given).success, name).toBe(true);
    }
  });

  it('are checked by shapes that tell right from wrong', () => {
    for (const { name, event } of goldenEvents()) {
      const shape = z.fromJSONSchema(shapes[`${event.type}/v${String(event.version)}`]?.data ?? false);
      expect(shape.safeParse(event.data).success, name).toBe(true);
      expect(shape.safeParse({ ...event.data, somethingNew: 1 }).success, name).toBe(false);
      for (const field of Object.keys(event.data))
        expect(shape.safeParse({ ...event.data, [field]: {} }).success, `${name} ${field}`).toBe(false);
    }
  });

  it('a sample shape is read back as it was declared', () => {
    const shape = shapeOf(older[0] ?? expect.unreachable('expected a spec'));
    expect(shape.data).toMatchObject({ required: ['contactId', 'doneAt', 'size'], additionalProperties: false });
  });
});
