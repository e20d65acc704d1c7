import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { contactEvents } from '#domain/contact/events.ts';
import { defineEvents } from '#domain/define-events.ts';
import { type ContactId, streamName } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import { type Upcaster, upcast, typedEvent } from '#domain/upcast.ts';
import { minute, sampleId, sampleSealed } from '#tests/support/sample.ts';

const tenant = sampleId<'tenant'>(1);
const contactId = sampleId<'contact'>(2);
const stored = (over: Partial<RecordedEvent> = {}): RecordedEvent => ({
  id: sampleId<'event'>(3),
  type: 'ContactStarted',
  version: 1,
  data: { contactId, channelId: sampleId<'channel'>(4), startedAt: minute(0) },
  personal: { phone: sampleSealed(5) },
  meta: {
    commandId: sampleId<'command'>(6),
    correlationId: sampleId<'correlation'>(7),
    causationId: null,
    recordedAt: minute(0),
    actor: { kind: 'customer', id: contactId },
  },
  tenant,
  stream: streamName(tenant, 'contact', contactId),
  revision: 0n,
  position: 12n,
  ...over,
});

describe('reading a stored event', () => {
  it('gives it its declared type', () => {
    const event = typedEvent(contactEvents, stored());
    expect(event.type).toBe('ContactStarted');
    if (event.type === 'ContactStarted') expectTypeOf(event.data.contactId).toExtend<ContactId>();
  });
  it('gives the very same object when nothing must be upcast', () => {
    const event = stored();
    expect(typedEvent(contactEvents, event)).toBe(event);
  });

  const { contactId: _, ...withoutContact } = stored().data;
  it.each([
    ['of another aggregate', { type: 'MessageErased' }],
    ['named like something every object has', { type: 'toString' }],
    ['without a declared field', { data: withoutContact }],
    ['with a field more', { data: { ...stored().data, name: 'somebody' } }],
    ['with an id that is none', { data: { ...stored().data, contactId: '+20 100' } }],
    ['with a personal value in the clear', { personal: { phone: '+20 100' } }],
    ['with a personal field more', { personal: { address: sampleSealed(6) } }],
  ] as const)('refuses one %s', (_name, over) => {
    const event = stored(over as unknown as Partial<RecordedEvent>);
    expect(() => typedEvent(contactEvents, event)).toThrow(expect.objectContaining({ code: 'EVENT_MALFORMED' }));
  });
  it('refuses one of a later version as written by a newer program, and guesses nothing', () => {
    expect(() => typedEvent(contactEvents, stored({ version: 2 }))).toThrow(
      expect.objectContaining({
        code: 'EVENT_VERSION_UNKNOWN',
        message: 'expected version 1 or older, got one of a newer program at position 12',
      }),
    );
  });
  it('says where the event stands and nothing of what is in it', () => {
    const event = stored({ data: { ...stored().data, contactId: '+20 100' } });
    expect(() => typedEvent(contactEvents, event)).toThrow(/^expected an event as its catalogue declares it, got another at position 12$/);
  });
});

describe('upcasting', () => {
  const known: readonly Upcaster[] = [
    { type: 'ContactStarted', from: 1, up: ({ startedAt, ...data }) => ({ ...data, begunAt: startedAt }) },
    { type: 'ContactStarted', from: 2, up: (data) => ({ ...data, certain: true }) },
    { type: 'ContactErased', from: 1, up: () => ({}) },
  ];
  const { contactId: id, channelId } = stored().data;

  it('goes from version to version', () => {
    expect(upcast(stored(), 3, known)).toEqual({ contactId: id, channelId, begunAt: minute(0), certain: true });
  });
  it('begins at the stored version', () => {
    expect(upcast(stored({ version: 2, data: { contactId: id } }), 3, known)).toEqual({ contactId: id, certain: true });
  });
  it('leaves the newest version alone', () => {
    const event = stored({ version: 3 });
    expect(upcast(event, 3, known)).toBe(event.data);
  });
  it('does not change what it was given', () => {
    const event = Object.freeze(stored());
    upcast(event, 3, known);
    expect(event.data).toEqual(stored().data);
  });
  it('fails loudly where an upcaster is missing', () => {
    const second = defineEvents({
      ContactStarted: { version: 2, says: '', data: { certain: z.boolean() }, personal: {}, subject: null },
    });
    expect(() => typedEvent(second, stored({ personal: {} }))).toThrow(expect.objectContaining({ code: 'EVENT_UPCASTER_MISSING' }));
  });
});
