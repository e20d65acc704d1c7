import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineEvents, storedSchema } from '#domain/define-events.ts';
import { idOf, timeSchema } from '#domain/ids.ts';
import { type Plain, sealedSchema } from '#domain/personal.ts';
import { sampleId, sampleSealed } from '#tests/support/sample.ts';

const event = { version: 1, says: 'Something happened.', personal: {}, subject: null } as const;
const name = { class: 'profile', purposes: ['recognise-customers'] } as const;

describe('what may be declared', () => {
  it('takes ids, times, codes, numbers, booleans, nulls and structures of them', () => {
    const declared = defineEvents({
      Good: {
        ...event,
        data: {
          id: idOf<'contact'>(),
          at: timeSchema,
          code: z.enum(['a', 'b']),
          one: z.literal('x'),
          number: z.number().nullable(),
          addedLater: idOf<'contact'>().optional(),
          flag: z.boolean(),
          list: z.array(z.strictObject({ id: idOf<'account'>(), classes: z.array(z.enum(['a'])) })),
        },
      },
    });
    expect(Object.keys(declared)).toEqual(['Good']);
  });

  // Each of these is a hole through which personal data would reach the log. That the line below the comment does not compile is the test.
  it('does not compile with free text, or what may hold it', () => {
    // @ts-expect-error -- a free string
    defineEvents({ Bad: { ...event, data: { text: z.string() } } });
    // @ts-expect-error -- a free string that may be missing
    defineEvents({ Bad: { ...event, data: { text: z.string().optional() } } });
    // @ts-expect-error -- a shorter free string is a free string
    defineEvents({ Bad: { ...event, data: { text: z.string().max(3) } } });
    // @ts-expect-error -- a brand of somebody else proves nothing
    defineEvents({ Bad: { ...event, data: { text: z.string().brand<'contact'>() } } });
    // @ts-expect-error -- a template holds free text
    defineEvents({ Bad: { ...event, data: { text: z.templateLiteral(['a-', z.string()]) } } });
    // @ts-expect-error -- any
    defineEvents({ Bad: { ...event, data: { text: z.any() } } });
    // @ts-expect-error -- unknown
    defineEvents({ Bad: { ...event, data: { text: z.unknown() } } });
    // @ts-expect-error -- any inside a list
    defineEvents({ Bad: { ...event, data: { list: z.array(z.any()) } } });
    // @ts-expect-error -- a free string inside a structure
    defineEvents({ Bad: { ...event, data: { list: z.array(z.strictObject({ text: z.string() })) } } });
    // @ts-expect-error -- free keys
    defineEvents({ Bad: { ...event, data: { table: z.record(z.string(), z.number()) } } });
    // @ts-expect-error -- any shape
    defineEvents({ Bad: { ...event, data: { object: z.custom<object>() } } });
    // @ts-expect-error -- a free string deep inside
    defineEvents({ Bad: { ...event, data: { deep: z.array(z.strictObject({ one: z.strictObject({ text: z.string().nullable() }) })) } } });
    // @ts-expect-error -- a free string in a part that may be missing
    defineEvents({ Bad: { ...event, data: { one: z.strictObject({ text: z.string().optional() }) } } });
    // @ts-expect-error -- an enum or free text
    defineEvents({ Bad: { ...event, data: { text: z.union([z.enum(['a']), z.string()]) } } });
    // @ts-expect-error -- bytes
    defineEvents({ Bad: { ...event, data: { bytes: z.instanceof(Uint8Array) } } });
    // @ts-expect-error -- a personal value outside `personal`
    defineEvents({ Bad: { ...event, data: { value: z.custom<Plain>() } } });
    // @ts-expect-error -- a sealed value outside `personal` would be in no data map
    defineEvents({ Bad: { ...event, data: { value: sealedSchema } } });
    expect(true).toBe(true);
  });

  const data = { contactId: idOf<'contact'>() };
  it('does not compile with personal fields of nobody, or of a field that is not there', () => {
    // @ts-expect-error -- whose?
    defineEvents({ Bad: { ...event, data, personal: { name } } });
    // @ts-expect-error -- the subject is not in the data
    defineEvents({ Bad: { ...event, data, personal: { name }, subject: 'accountId' } });
    // @ts-expect-error -- a subject, and nothing of them
    defineEvents({ Bad: { ...event, data, subject: 'contactId' } });
    // @ts-expect-error -- a subject of whom the data map could not say who it is
    defineEvents({ Bad: { ...event, data: { thingId: idOf<'contact'>() }, personal: { name }, subject: 'thingId' } });
    expect(true).toBe(true);
  });

  it('does not compile with personal fields of no class, for no purpose, or for one that nobody named', () => {
    // @ts-expect-error -- no class
    defineEvents({ Bad: { ...event, data, personal: { name: { purposes: name.purposes } }, subject: 'contactId' } });
    // @ts-expect-error -- no such class
    defineEvents({ Bad: { ...event, data, personal: { name: { ...name, class: 'other' } }, subject: 'contactId' } });
    // @ts-expect-error -- what for?
    defineEvents({ Bad: { ...event, data, personal: { name: { class: 'profile' } }, subject: 'contactId' } });
    // @ts-expect-error -- for nothing
    defineEvents({ Bad: { ...event, data, personal: { name: { ...name, purposes: [] } }, subject: 'contactId' } });
    // @ts-expect-error -- a purpose that stands in no list
    defineEvents({ Bad: { ...event, data, personal: { name: { ...name, purposes: ['just-in-case'] } }, subject: 'contactId' } });
    // @ts-expect-error -- a recipient that stands in no list
    defineEvents({ Bad: { ...event, data, personal: { name: { ...name, sharedWith: 'someone' } }, subject: 'contactId' } });
    expect(true).toBe(true);
  });
});

describe('the stored form', () => {
  const { Good } = defineEvents({
    Good: { ...event, data: { contactId: idOf<'contact'>() }, personal: { name, nick: { ...name, optional: true } }, subject: 'contactId' },
  });
  const schema = storedSchema(Good);
  const good = { data: { contactId: sampleId(1) }, personal: { name: sampleSealed(2) } };
  it('takes what is declared', () => expect(schema.safeParse(good).success).toBe(true));
  it('takes an optional value', () =>
    expect(schema.safeParse({ ...good, personal: { ...good.personal, nick: sampleSealed(3) } }).success).toBe(true));
  it.each([
    ['plain text', { ...good, personal: { name: 'Amal' } }],
    ['a plain value', { ...good, personal: { name: {} } }],
    ['a missing value', { ...good, personal: {} }],
    ['an undeclared value', { ...good, personal: { ...good.personal, address: sampleSealed(3) } }],
    ['an undeclared field', { ...good, data: { ...good.data, note: 'free' } }],
    ['more inside a sealed value', { ...good, personal: { name: { ...sampleSealed(2), hint: 'A' } } }],
  ])('refuses %s', (_, given) => expect(schema.safeParse(given).success).toBe(false));
});
