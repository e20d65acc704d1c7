import type { AccountId, CertificateNumber, ChannelId, ContactId, ConversationId, ErasureId, IsoTime, MessageId, NoteId } from '../ids.ts';
import type { Plain } from '../personal.ts';

/** A customer's message opens the free reply window for this long (WhatsApp, customer service window). */
export const REPLY_WINDOW_MS = 24 * 60 * 60 * 1000;

/** Longest note, in characters: long enough for a call report, short enough to read. */
export const MAX_NOTE_CHARACTERS = 10_000;

export type ConversationCommand =
  | {
      readonly type: 'RecordCustomerMessage';
      readonly conversationId: ConversationId;
      readonly contactId: ContactId;
      readonly channelId: ChannelId;
      readonly messageId: MessageId;
      readonly sentAt: IsoTime;
      /** `sentAt` + `REPLY_WINDOW_MS`. */
      readonly windowUntil: IsoTime;
    }
  | { readonly type: 'AssignConversation'; readonly assignee: AccountId | null }
  | { readonly type: 'ResolveConversation' }
  | { readonly type: 'ReopenConversation' }
  | { readonly type: 'MarkConversationRead'; readonly upTo: MessageId }
  | { readonly type: 'AddNote'; readonly noteId: NoteId; readonly body: Plain }
  | { readonly type: 'EraseConversation'; readonly erasureId: ErasureId; readonly certificate: CertificateNumber };

/** `assigneeIsMember`: the named account is a member of the organisation and may answer. */
export type ConversationFacts = { readonly assigneeIsMember: boolean; readonly noteLength: number };
