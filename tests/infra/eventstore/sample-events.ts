import { randomBytes } from 'node:crypto';
import { type EventId, parseId, PLATFORM_TENANT, type StreamName, streamName } from '#domain/ids.ts';
import { erasureEvents } from '#domain/erasure/events.ts';
import { messageEvents } from '#domain/message/events.ts';
import type { NewEvent } from '#domain/message.ts';
import { digestSchema, timeSchema } from '#domain/ids.ts';

/** Ids and events of the declared shape for tests of the stores: real types, no meaning. */
let counter = 0;

export const newId = <Kind extends string>() => {
  counter += 1;
  const time = (Date.now() * 1000 + (counter % 1000)).toString(16).padStart(14, '0').slice(-14);
  const id = parseId<Kind>(time + randomBytes(9).toString('hex'));
  if (id === null) throw new Error('expected an id');
  return id;
};

export const newStream = (): StreamName => streamName(PLATFORM_TENANT, 'message', newId());

const TIME = timeSchema.parse('2026-11-24T09:30:00.000Z');
const FIXED = { messageId: newId(), conversationId: newId(), contactId: newId(), channelId: newId() };
const META = { commandId: newId<'command'>(), correlationId: newId<'correlation'>(), causationId: null, recordedAt: TIME };

export const statusEvent = (options: { readonly id?: EventId; readonly providerCode?: number } = {}): NewEvent => ({
  id: options.id ?? newId(),
  type: 'StatusReported',
  version: messageEvents.StatusReported.version,
  data: { ...FIXED, status: 'sent', occurredAt: TIME, receivedAt: TIME, providerCode: options.providerCode ?? null },
  personal: {},
  meta: { ...META, actor: { kind: 'machine', part: 'webhook' } },
});

/** Of another category. */
export const erasureEvent = (): NewEvent => ({
  ...statusEvent(),
  type: 'ErasedDataRemovedAgain',
  version: erasureEvents.ErasedDataRemovedAgain.version,
  data: { erasureId: newId(), contactId: newId(), scannedFiles: 6, scannedBytes: 1, hits: 0, removedAt: TIME },
});

/** About 500 bytes as stored, with sealed fields. */
export const receivedEvent = (): NewEvent => {
  const sealed = { ref: newId<'payload'>(), digest: digestSchema.parse('ab'.repeat(32)) };
  return {
    ...statusEvent(),
    type: 'MessageReceived',
    data: { ...FIXED, kind: 'text', sentAt: TIME, receivedAt: TIME, hasMedia: false },
    personal: { wamid: sealed, body: sealed },
  };
};

export const statusEvents = (count: number): readonly NewEvent[] =>
  Array.from({ length: count }, (_, index) => statusEvent({ providerCode: index }));
