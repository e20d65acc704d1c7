import { describe, expect, it } from 'vitest';
import type { RecordedEvent } from '#domain/message.ts';
import { logFrom } from '#tests/support/projected.ts';
import { sampleId } from '#tests/support/sample.ts';
import { factsOf } from './read-log.ts';

const conversation = { category: 'conversation', id: sampleId<'conversation'>(1) } as const;
const message = { category: 'message', id: sampleId<'message'>(2) } as const;
const reply = { category: 'message', id: sampleId<'message'>(3) } as const;
const of = ({ id }: { readonly id: string }, type: string) => ({ type, data: { messageId: id } });

/** A customer writes, an agent answers: accepted at the second attempt. */
const LOG = logFrom([
  [conversation, { type: 'ConversationStarted', data: {} }],
  [conversation, of(message, 'CustomerWrote')],
  [message, of(message, 'MessageReceived')],
  [reply, of(reply, 'MessageQueued')],
  [reply, of(reply, 'SendAttempted')],
  [reply, of(reply, 'SendFailed')],
  [reply, of(reply, 'SendAttempted')],
  [reply, of(reply, 'SendAccepted')],
]);
const faultsOf = (events: readonly RecordedEvent[]): readonly string[] => factsOf(events).faults;
const at = (index: number): RecordedEvent => {
  const event = LOG[index];
  if (event === undefined) throw new Error('expected an event');
  return event;
};
/** The log without one kind of event, numbered as the store would have numbered it. */
const without = (type: string): readonly RecordedEvent[] => {
  const revisions = new Map<string, bigint>();
  return LOG.filter((event) => event.type !== type).map((event, index) => {
    const revision = (revisions.get(event.stream) ?? -1n) + 1n;
    revisions.set(event.stream, revision);
    return { ...event, revision, position: BigInt(index + 1) };
  });
};

describe('what a log must hold to', () => {
  it('holds for a message and an answer', () => {
    expect(factsOf(LOG)).toEqual({ head: 8, faults: [] });
  });

  it('is broken by a gap', () => {
    expect(faultsOf(LOG.slice(1))).toEqual(
      expect.arrayContaining(['position 1 of the log is 2', 'revision 0 of a stream is 1 (CustomerWrote)']),
    );
  });

  it('is broken by an event that stands twice', () => {
    expect(faultsOf([...LOG.slice(0, 7), { ...at(7), id: at(6).id }])).toEqual([`event ${at(6).id} stands twice (SendAccepted)`]);
  });

  it('is broken by half of a message', () => {
    expect(faultsOf(without('MessageReceived'))).toEqual([`message ${message.id} was announced and never written`]);
    expect(faultsOf(without('CustomerWrote'))).toEqual([`message ${message.id} was written and never announced`]);
  });

  it('is broken by a reply that is attempted again when nobody knows, or while it is under way', () => {
    expect(faultsOf([...LOG.slice(0, 5), { ...at(5), type: 'SendOutcomeUnknown' }, at(6), at(7)])).toEqual([
      `reply ${reply.id} was attempted again after SendOutcomeUnknown`,
    ]);
    expect(faultsOf(without('SendFailed'))).toEqual([`reply ${reply.id} was attempted again after SendAttempted`]);
  });
});
