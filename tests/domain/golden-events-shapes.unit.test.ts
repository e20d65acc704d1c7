import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type EventSpec } from '#domain/define-events.ts';
import { idOf, timeSchema } from '#domain/ids.ts';
import { upcasters } from '#domain/upcast.ts';
import {
  declaredEvents,
  goldenFiles,
  mayKeepVersion,
  type Recorded,
  recordedShapes,
  recordFurther,
  shapeOf,
} from '#infra/tooling/generate/event-shapes.ts';

const recorded = recordedShapes();
const versions = declaredEvents.flatMap(({ type, spec }) =>
  Array.from({ length: spec.version }, (_, index) => ({ type, spec, version: index + 1, name: `${type}/v${String(index + 1)}` })),
);

describe('the stored shapes of every version', () => {
  it('are recorded for every version of every declared event, and for nothing else', () => {
    expect(Object.keys(recorded.shapes)).toEqual(versions.map(({ name }) => name).sort());
  });

  it.each(declaredEvents)('$type is stored as it is recorded', ({ type, spec }) => {
    // A difference here is a changed stored shape: raise the version and add an upcaster. What may keep its version: `npm run generate`.
    expect(JSON.parse(JSON.stringify(shapeOf(spec)))).toEqual(recorded.shapes[`${type}/v${String(spec.version)}`]);
  });

  it('every version has an upcaster from the one before, once, and no upcaster leads elsewhere', () => {
    const wanted = versions
      .filter(({ version, spec }) => version < spec.version)
      .map(({ type, version }) => `${type} from ${String(version)}`);
    expect(upcasters.map(({ type, from }) => `${type} from ${String(from)}`).sort()).toEqual(wanted.sort());
  });

  it('personal fields keep their name and class through the versions: envelopes are bound to them', () => {
    for (const { type, version } of versions.filter(({ version: later }) => later > 1)) {
      const [before, now] = [version - 1, version].map((each) => recorded.shapes[`${type}/v${String(each)}`]);
      for (const [field, { class: ofField }] of Object.entries(before?.personal ?? {})) expect(now?.personal[field]?.class).toBe(ofField);
      expect(now?.subject).toBe(before?.subject);
    }
  });

  it('no golden file was edited or removed', () => {
    expect(goldenFiles()).toEqual(recorded.files);
  });
});

describe('a changed shape', () => {
  const name = { class: 'profile', purposes: ['work-together'] } as const;
  const base = {
    version: 1,
    says: 'Something happened.',
    data: {
      thingId: idOf<'thing'>(),
      kind: z.enum(['one', 'two']),
      count: z.number().int().nullable(),
      parts: z.array(z.strictObject({ at: timeSchema })),
      hint: z.boolean().optional(),
    },
    personal: { name, note: { ...name, class: 'note', optional: true } },
    subject: 'thingId',
  } as const satisfies EventSpec;
  const { kind: _kind, ...withoutKind } = base.data;
  const { hint: _hint, ...withoutHint } = base.data;
  const { note: _note, ...withoutNote } = base.personal;
  const withData = (data: EventSpec['data']): EventSpec => ({ ...base, data: { ...base.data, ...data } });

  it.each<readonly [string, EventSpec]>([
    ['nothing', base],
    ['other words about it', { ...base, says: 'It was done.' }],
    ['a field that may be missing', withData({ further: z.boolean().optional() })],
    ['another purpose of a personal field', { ...base, personal: { ...base.personal, name: { ...name, purposes: ['sign-in'] } } }],
    ['a recipient of a personal field', { ...base, personal: { ...base.personal, name: { ...name, sharedWith: 'meta' } } }],
    ['a personal field that may be missing', { ...base, personal: { ...base.personal, alias: { ...name, optional: true } } }],
    ['a further code', withData({ kind: z.enum(['one', 'two', 'three']) })],
    [
      'a field that may be missing, inside a list',
      withData({ parts: z.array(z.strictObject({ at: timeSchema, more: z.boolean().optional() })) }),
    ],
  ])('keeps its version with %s', (_name, spec) => {
    expect(mayKeepVersion(shapeOf(base), shapeOf(spec))).toBe(true);
  });

  it.each<readonly [string, EventSpec]>([
    ['a field more', withData({ further: z.boolean() })],
    ['a field less', { ...base, data: withoutKind }],
    ['a field less that could be missing', { ...base, data: withoutHint }],
    ['a code less', withData({ kind: z.enum(['one']) })],
    ['another code', withData({ kind: z.enum(['one', 'three']) })],
    ['a field that may now be missing', withData({ kind: z.enum(['one', 'two']).optional() })],
    ['a field that may no longer be missing', withData({ hint: z.boolean() })],
    ['a field that is no longer null', withData({ count: z.number().int() })],
    ['a field that may now be null', withData({ hint: z.boolean().nullable().optional() })],
    ['another kind of number', withData({ count: z.number().nullable() })],
    ['a bound', withData({ count: z.number().int().min(1).nullable() })],
    ['another form of text', withData({ thingId: timeSchema })],
    ['a time for an id inside a list', withData({ parts: z.array(z.strictObject({ at: idOf<'other'>() })) })],
    ['a field less inside a list', withData({ parts: z.array(z.strictObject({})) })],
    ['another class of a personal field', { ...base, personal: { ...base.personal, name: { ...name, class: 'note' } } }],
    ['a personal field less', { ...base, personal: withoutNote }],
    ['a personal field more', { ...base, personal: { ...base.personal, alias: name } }],
    ['a personal field that may now be missing', { ...base, personal: { ...base.personal, name: { ...name, optional: true } } }],
    ['another subject', { ...base, subject: 'kind' }],
  ])('needs a new version with %s', (_name, spec) => {
    expect(mayKeepVersion(shapeOf(base), shapeOf(spec))).toBe(false);
  });

  const typed = (spec: EventSpec) => [{ type: 'SomethingHappened', spec }];
  const first: Recorded = recordFurther({ shapes: {}, files: {} }, typed(base), { 'SomethingHappened.v1.json': 'aa' });

  it('is recorded when it may keep its version, and not when it may not', () => {
    const name = 'SomethingHappened/v1';
    const wider = withData({ further: z.boolean().optional() });
    expect(recordFurther(first, typed(wider), {}).shapes[name]).toEqual(shapeOf(wider));
    expect(recordFurther(first, typed(withData({ further: z.boolean() })), {}).shapes[name]).toEqual(shapeOf(base));
  });

  it('comes beside the old one under a new version', () => {
    const second = { ...withData({ further: z.boolean() }), version: 2 };
    expect(recordFurther(first, typed(second), {}).shapes).toEqual({
      'SomethingHappened/v1': shapeOf(base),
      'SomethingHappened/v2': shapeOf(second),
    });
  });

  it('cannot be hidden by writing the record anew: a golden file keeps the digest it came with', () => {
    const files = { 'SomethingHappened.v1.json': 'bb', 'SomethingHappened.v2.json': 'cc' };
    expect(recordFurther(first, typed(base), files).files).toEqual({ ...files, 'SomethingHappened.v1.json': 'aa' });
    expect(recordFurther(first, typed(base), {}).files).toEqual(first.files);
  });
});
