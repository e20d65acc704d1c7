import { describe, expect, test } from 'vitest';
import type { EventSpec } from '#domain/define-events.ts';
import { type Digest, type PayloadRef, streamName } from '#domain/ids.ts';
import { plain, type Sealed } from '#domain/personal.ts';
import { sealedFields, sealRequests } from '#vault/seal-event.ts';
import { id, NOUR, START, TENANT } from './support.ts';

const spec: EventSpec = {
  version: 3,
  says: 'Someone wrote.',
  data: {},
  personal: {
    body: { class: 'message', purposes: ['answer-customers'] },
    name: { class: 'profile', purposes: ['answer-customers'] },
    address: { class: 'audit', purposes: ['answer-customers'] },
  },
  subject: 'contactId',
};
const place = { tenant: TENANT, stream: streamName(TENANT, 'message', id('event')), eventId: id<'event'>('event'), recordedAt: START };
const event = (personal: Record<string, ReturnType<typeof plain> | undefined>, data: Record<string, unknown> = { contactId: NOUR }) => ({
  type: 'MessageReceived',
  data,
  personal,
});

describe('the personal fields of an event', () => {
  test('become one request each, in the order of the catalogue, bound to their place', () => {
    const [body, name] = [plain('Hello'), plain('Nour')];
    expect(sealRequests(event({ name, body }), spec, place)).toEqual([
      {
        context: {
          tenant: TENANT,
          subject: NOUR,
          class: 'message',
          period: '2026-11',
          stream: place.stream,
          event: place.eventId,
          field: 'body',
          schema: 'MessageReceived/v3',
        },
        value: body,
      },
      { context: expect.objectContaining({ class: 'profile', period: 'static', field: 'name' }), value: name },
    ]);
    expect(sealRequests(event({ body: undefined, address: plain('::1') }), spec, place)).toEqual([
      expect.objectContaining({ context: expect.objectContaining({ class: 'audit', period: '2026-11-24', field: 'address' }) }),
    ]);
  });

  test('that the catalogue does not declare are a fault of ours, also when they are named after what every object has', () => {
    for (const field of ['phone', 'toString', 'constructor'])
      expect(() => sealRequests(event({ [field]: plain('x') }), spec, place)).toThrow(
        expect.objectContaining({ code: 'VAULT_FIELD_NOT_DECLARED', message: 'expected a declared field of MessageReceived' }),
      );
  });

  test('need a subject whose key seals them; an event without personal fields needs none', () => {
    const missing = expect.objectContaining({ code: 'VAULT_SUBJECT_MISSING', message: 'expected MessageReceived to name its subject' });
    const body = plain('x');
    expect(() => sealRequests(event({ body }, {}), spec, place)).toThrow(missing);
    expect(() => sealRequests(event({ body }, { contactId: 'nobody' }), spec, place)).toThrow(missing);
    expect(() => sealRequests(event({ body }), { ...spec, subject: null }, place)).toThrow(missing);
    expect(sealRequests(event({}, {}), { ...spec, subject: null }, place)).toEqual([]);
  });

  test('are put back sealed under their names', () => {
    const requests = sealRequests(event({ body: plain('Hello'), name: plain('Nour') }), spec, place);
    const sealed = (name: string): Sealed => ({ ref: id<'payload'>(name) satisfies PayloadRef, digest: 'ab'.repeat(32) as Digest });
    expect(sealedFields(requests, [sealed('one'), sealed('two')])).toEqual({ body: sealed('one'), name: sealed('two') });
    expect(sealedFields(requests, [sealed('one')])).toEqual({ body: sealed('one') });
    expect(sealedFields([], [])).toEqual({});
  });
});
