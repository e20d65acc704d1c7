import { describe, expect, it } from 'vitest';
import { MAX_NOTE_CHARACTERS } from '#domain/conversation/commands.ts';
import { conversationDecider } from '#domain/conversation/decider.ts';
import type { ConversationEvent } from '#domain/conversation/events.ts';
import type { AccountId, IsoTime } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec, stateAfter } from '#tests/support/decider-spec.ts';
import { minute, sampleCertificate, sampleId } from '#tests/support/sample.ts';

type Event = ConversationEvent<'plain'>;
const conversationId = sampleId<'conversation'>(1);
const contactId = sampleId<'contact'>(2);
const channelId = sampleId<'channel'>(3);
const erasureId = sampleId<'erasure'>(4);
const agent = sampleId<'account'>(5);
const message = (n: number) => sampleId<'message'>(100 + n);
const note = (n: number) => sampleId<'note'>(200 + n);
const at = minute(60);
const ids = { conversationId, contactId };

const started = (startedAt: IsoTime = minute(0)): Event => ({
  type: 'ConversationStarted',
  data: { ...ids, channelId, startedAt },
  personal: {},
});
const wrote = (n: number, sent: number, until = sent + 1440): Event => ({
  type: 'CustomerWrote',
  data: { ...ids, messageId: message(n), sentAt: minute(sent), windowUntil: minute(until) },
  personal: {},
});
const assigned = (assignee: AccountId | null): Event => ({
  type: 'ConversationAssigned',
  data: { ...ids, assignee, assignedAt: at },
  personal: {},
});
const resolved: Event = { type: 'ConversationResolved', data: { ...ids, resolvedAt: at }, personal: {} };
const reopened = (by: 'customer' | 'person'): Event => ({
  type: 'ConversationReopened',
  data: { ...ids, by, reopenedAt: at },
  personal: {},
});
const read = (n: number): Event => ({ type: 'ConversationRead', data: { ...ids, upTo: message(n), readAt: at }, personal: {} });
const noted = (n: number): Event => ({
  type: 'NoteAdded',
  data: { ...ids, noteId: note(n), addedAt: at },
  personal: { body: plain('call back') },
});
const erasedWith = (notes: readonly number[]): Event => ({
  type: 'ConversationErased',
  data: { ...ids, erasureId, certificate: sampleCertificate, notes: notes.map(note), erasedAt: at },
  personal: {},
});

const spec = deciderSpec(conversationDecider);
const facts = { assigneeIsMember: true, noteLength: 9 };
const record = (n: number, sent: number) =>
  ({
    type: 'RecordCustomerMessage',
    ...ids,
    channelId,
    messageId: message(n),
    sentAt: minute(sent),
    windowUntil: minute(sent + 1440),
    at,
  }) as const;
const assign = { type: 'AssignConversation', assignee: agent, at } as const;
const resolve = { type: 'ResolveConversation', at } as const;
const reopen = { type: 'ReopenConversation', at } as const;
const markRead = (n: number) => ({ type: 'MarkConversationRead', upTo: message(n), at }) as const;
const addNote = { type: 'AddNote', noteId: note(1), body: plain('call back'), at } as const;
const erase = { type: 'EraseConversation', erasureId, certificate: sampleCertificate, at } as const;
const open = [started(), wrote(1, 0)] as const;

describe('a conversation', () => {
  describe('when the customer writes', () => {
    it('starts when the customer wrote', () =>
      spec
        .given()
        .when(record(1, 59), facts)
        .then(started(minute(59)), wrote(1, 59)));
    it('does not start in the future', () => spec.given().when(record(1, 90), facts).then(started(at), wrote(1, 90)));
    it('goes on', () =>
      spec
        .given(...open)
        .when(record(2, 5), facts)
        .then(wrote(2, 5)));
    it('is reopened by the customer', () =>
      spec
        .given(...open, resolved)
        .when(record(2, 5), facts)
        .then(reopened('customer'), wrote(2, 5)));
    it('takes a message once', () =>
      spec
        .given(...open)
        .when(record(1, 0), facts)
        .thenNothing());
    it('takes a message once, also when resolved since', () =>
      spec
        .given(...open, resolved)
        .when(record(1, 0), facts)
        .thenNothing());
    it('keeps the longer window when a message comes late', () =>
      spec
        .given(started(), wrote(1, 50))
        .when(record(2, 10), facts)
        .then(wrote(2, 10, 1490)));
  });

  describe('assigning', () => {
    it('assigns to a member', () =>
      spec
        .given(...open)
        .when(assign, facts)
        .then(assigned(agent)));
    it('says nothing of the same person', () =>
      spec
        .given(...open, assigned(agent))
        .when(assign, facts)
        .thenNothing());
    it('refuses a stranger', () =>
      spec
        .given(...open)
        .when(assign, { ...facts, assigneeIsMember: false })
        .thenRefused('invalid', 'assignee-unknown'));
    it('takes it back', () =>
      spec
        .given(...open, assigned(agent))
        .when({ ...assign, assignee: null }, { ...facts, assigneeIsMember: false })
        .then(assigned(null)));
    it('says nothing when nobody has it already', () =>
      spec
        .given(...open)
        .when({ ...assign, assignee: null }, facts)
        .thenNothing());
  });

  it.each([
    ['resolves', [], resolve, [resolved]],
    ['resolves once', [resolved], resolve, []],
    ['reopens', [resolved], reopen, [reopened('person')]],
    ['says nothing when it is open', [], reopen, []],
  ] as const)('%s', (_, before, command, after) => {
    spec
      .given(...open, ...before)
      .when(command, facts)
      .then(...after);
  });

  describe('reading', () => {
    it('is read up to a message', () =>
      spec
        .given(...open, wrote(2, 1))
        .when(markRead(2), facts)
        .then(read(2)));
    it('is read once', () =>
      spec
        .given(...open, read(1))
        .when(markRead(1), facts)
        .thenNothing());
    it('leaves unread what came while the page was open', () =>
      spec
        .given(...open, wrote(2, 1), read(1))
        .when(markRead(2), facts)
        .then(read(2)));
    it('does not go back', () =>
      spec
        .given(...open, wrote(2, 1), read(2))
        .when(markRead(1), facts)
        .thenNothing());
    it('may be read up to our own reply', () =>
      spec
        .given(...open)
        .when(markRead(7), facts)
        .then(read(7)));
  });

  describe('adding a note', () => {
    it('adds it', () =>
      spec
        .given(...open)
        .when(addNote, facts)
        .then(noted(1)));
    it('adds it once', () =>
      spec
        .given(...open, noted(1), noted(2))
        .when(addNote, facts)
        .thenNothing());
    it('refuses an empty one', () =>
      spec
        .given(...open)
        .when(addNote, { ...facts, noteLength: 0 })
        .thenRefused('invalid', 'note-empty'));
    it('takes the longest', () =>
      spec
        .given(...open)
        .when(addNote, { ...facts, noteLength: MAX_NOTE_CHARACTERS })
        .then(noted(1)));
    it('refuses a longer one', () =>
      spec
        .given(...open)
        .when(addNote, { ...facts, noteLength: MAX_NOTE_CHARACTERS + 1 })
        .thenRefused('invalid', 'note-too-long'));
    it('may be added to a resolved one', () =>
      spec
        .given(...open, resolved)
        .when(addNote, facts)
        .then(noted(1)));
  });

  describe('erasing', () => {
    it('names all its notes', () =>
      spec
        .given(...open, noted(1), noted(2))
        .when(erase, facts)
        .then(erasedWith([1, 2])));
    it('erases a resolved one', () =>
      spec
        .given(...open, resolved)
        .when(erase, facts)
        .then(erasedWith([])));
    it('erases once', () =>
      spec
        .given(...open, erasedWith([]))
        .when(erase, facts)
        .thenNothing());
    it('refuses a second erasure', () =>
      spec
        .given(...open, erasedWith([]))
        .when({ ...erase, erasureId: sampleId<'erasure'>(9) }, facts)
        .thenRefused('conflict', 'conversation-erased'));
  });

  const others = [assign, resolve, reopen, markRead(1), addNote];
  it.each([...others, erase])('refuses $type before it started', (command) =>
    spec.given().when(command, facts).thenRefused('conflict', 'conversation-unknown'),
  );
  it.each([...others, record(2, 5)])('refuses $type after its erasure', (command) =>
    spec
      .given(...open, erasedWith([]))
      .when(command, facts)
      .thenRefused('conflict', 'conversation-erased'),
  );

  it('remembers a bounded number of messages', () => {
    const state = stateAfter(conversationDecider, [started(), ...Array.from({ length: 250 }, (_, n) => wrote(n, n))]);
    expect(state.kind === 'open' && [state.messages.length, state.unread.length]).toEqual([100, 100]);
  });
});
