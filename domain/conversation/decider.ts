import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { AccountId, ContactId, ConversationId, ErasureId, IsoTime, MessageId, NoteId } from '../ids.ts';
import { type ConversationCommand, type ConversationFacts, MAX_NOTE_CHARACTERS } from './commands.ts';
import type { ConversationEvent } from './events.ts';

export type ConversationState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'open' | 'resolved';
      readonly conversationId: ConversationId;
      readonly contactId: ContactId;
      readonly assignee: AccountId | null;
      readonly windowUntil: IsoTime | null;
      /** The customer's latest messages, so that the same one twice is seen, and those of them that nobody read: `MEMORY` of each. */
      readonly messages: readonly MessageId[];
      readonly unread: readonly MessageId[];
      /** All notes: an erasure must name them. */
      readonly notes: readonly NoteId[];
    }
  | { readonly kind: 'erased'; readonly erasureId: ErasureId };

/** A redelivery comes soon after; command ids catch the same command at any distance. */
const MEMORY = 100;

type Live = Extract<ConversationState, { kind: 'open' | 'resolved' }>;
type Command<T extends ConversationCommand['type']> = Extract<ConversationCommand, { type: T }> & At;
type Event = ConversationEvent<'plain'>;
type Events = Decision<Event>;

const recordMessage = (state: ConversationState, command: Command<'RecordCustomerMessage'>): Events => {
  if (state.kind === 'erased') return refuse('conflict', 'conversation-erased');
  const { conversationId, contactId, channelId, messageId, sentAt, at } = command;
  if (state.kind === 'none') {
    // It began when the customer wrote, not when we heard of it; a clock that runs ahead does not count.
    const startedAt = sentAt < at ? sentAt : at;
    return accept<Event>(
      { type: 'ConversationStarted', data: { conversationId, contactId, channelId, startedAt }, personal: {} },
      customerWrote(command, null),
    );
  }
  if (state.messages.includes(messageId)) return nothing();
  const wrote = customerWrote(command, state.windowUntil);
  return state.kind === 'resolved' ? accept(reopened(state, 'customer', at), wrote) : accept(wrote);
};

/** A delivery that comes late never shortens the window. */
const customerWrote = (command: Command<'RecordCustomerMessage'>, known: IsoTime | null): Event => {
  const { conversationId, contactId, messageId, sentAt, windowUntil } = command;
  return {
    type: 'CustomerWrote',
    data: { conversationId, contactId, messageId, sentAt, windowUntil: known !== null && known > windowUntil ? known : windowUntil },
    personal: {},
  };
};

const reopened = (state: Live, by: 'customer' | 'person', at: IsoTime): Event => ({
  type: 'ConversationReopened',
  data: { ...idsOf(state), by, reopenedAt: at },
  personal: {},
});

const assign = (state: Live, { assignee, at }: Command<'AssignConversation'>, facts: ConversationFacts): Events => {
  if (state.assignee === assignee) return nothing();
  if (assignee !== null && !facts.assigneeIsMember) return refuse('invalid', 'assignee-unknown');
  return accept({ type: 'ConversationAssigned', data: { ...idsOf(state), assignee, assignedAt: at }, personal: {} });
};

const resolve = (state: Live, { at }: Command<'ResolveConversation'>): Events => {
  if (state.kind === 'resolved') return nothing();
  return accept({ type: 'ConversationResolved', data: { ...idsOf(state), resolvedAt: at }, personal: {} });
};

/** Ids are ordered by time: reading up to a message leaves unread what came while the page was open. */
const markRead = (state: Live, { upTo, at }: Command<'MarkConversationRead'>): Events => {
  if (!state.unread.some((messageId) => messageId <= upTo)) return nothing();
  return accept({ type: 'ConversationRead', data: { ...idsOf(state), upTo, readAt: at }, personal: {} });
};

const addNote = (state: Live, { noteId, body, at }: Command<'AddNote'>, { noteLength }: ConversationFacts): Events => {
  if (state.notes.includes(noteId)) return nothing();
  if (noteLength === 0) return refuse('invalid', 'note-empty');
  if (noteLength > MAX_NOTE_CHARACTERS) return refuse('invalid', 'note-too-long');
  return accept({ type: 'NoteAdded', data: { ...idsOf(state), noteId, addedAt: at }, personal: { body } });
};

const erase = (state: Live, { erasureId, certificate, at }: Command<'EraseConversation'>): Events => {
  const data = { ...idsOf(state), erasureId, certificate, notes: [...state.notes], erasedAt: at };
  return accept({ type: 'ConversationErased', data, personal: {} });
};

const idsOf = ({ conversationId, contactId }: Live) => ({ conversationId, contactId });

const decide = (state: ConversationState, command: ConversationCommand & At, facts: ConversationFacts): Events => {
  if (command.type === 'RecordCustomerMessage') return recordMessage(state, command);
  if (state.kind === 'none') return refuse('conflict', 'conversation-unknown');
  if (state.kind === 'erased') {
    const repeated = command.type === 'EraseConversation' && command.erasureId === state.erasureId;
    return repeated ? nothing() : refuse('conflict', 'conversation-erased');
  }
  switch (command.type) {
    case 'AssignConversation':
      return assign(state, command, facts);
    case 'ResolveConversation':
      return resolve(state, command);
    case 'ReopenConversation':
      return state.kind === 'open' ? nothing() : accept(reopened(state, 'person', command.at));
    case 'MarkConversationRead':
      return markRead(state, command);
    case 'AddNote':
      return addNote(state, command, facts);
    case 'EraseConversation':
      return erase(state, command);
  }
};

const evolve = (state: ConversationState, event: ConversationEvent<'sealed'>): ConversationState => {
  if (event.type === 'ConversationStarted') {
    const { conversationId, contactId } = event.data;
    return { kind: 'open', conversationId, contactId, assignee: null, windowUntil: null, messages: [], notes: [], unread: [] };
  }
  if (state.kind === 'none' || state.kind === 'erased') return state;
  switch (event.type) {
    case 'CustomerWrote': {
      const { messageId, windowUntil } = event.data;
      const messages = [...state.messages, messageId].slice(-MEMORY);
      return { ...state, windowUntil, messages, unread: [...state.unread, messageId].slice(-MEMORY) };
    }
    case 'ConversationAssigned':
      return { ...state, assignee: event.data.assignee };
    case 'ConversationResolved':
      return { ...state, kind: 'resolved' };
    case 'ConversationReopened':
      return { ...state, kind: 'open' };
    case 'ConversationRead':
      return { ...state, unread: state.unread.filter((messageId) => messageId > event.data.upTo) };
    case 'NoteAdded':
      return { ...state, notes: [...state.notes, event.data.noteId] };
    case 'ConversationErased':
      return { kind: 'erased', erasureId: event.data.erasureId };
  }
};

export const conversationDecider: Decider<
  ConversationState,
  ConversationCommand & At,
  ConversationFacts,
  ConversationEvent<'plain'>,
  ConversationEvent<'sealed'>
> = { category: 'conversation', initial: { kind: 'none' }, decide, evolve };
