import type {
  AccountId,
  CertificateNumber,
  ChannelId,
  ContactId,
  ConversationId,
  IsoTime,
  MessageId,
  NoteId,
  TenantId,
} from '#domain/ids.ts';
import type { Delivery } from '#domain/message/delivery.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { DeliveryState } from '../thread/view.ts';

/** Enough to show "9+": the row keeps no more unread messages than this. */
export const UNREAD_CAP = 10;

export type ConversationStatus = 'open' | 'resolved' | 'erased';

/** The last thing that happened, as the list shows it. */
export type Preview = {
  readonly entryId: MessageId | NoteId;
  readonly from: 'customer' | 'us' | 'note';
  readonly kind: 'text' | 'image' | 'document' | 'unsupported';
  readonly body: SealedHandle | null;
  readonly state: DeliveryState | null;
  /** What `state` is derived from; null for what the customer wrote and for notes. */
  readonly delivery: Delivery | null;
  /** Revision of the message's own stream that the preview shows, so that no event of it counts twice. */
  readonly revision: string;
  readonly at: IsoTime;
};

/** One row of the conversation list. Collection `inbox`, id = conversation id. */
export type InboxRow = {
  readonly tenant: TenantId;
  readonly conversationId: ConversationId;
  readonly contactId: ContactId;
  readonly channelId: ChannelId;
  /** Where the row is listed. An erased conversation stays where it was, so that every list says what became of it. */
  readonly list: 'open' | 'resolved';
  readonly status: ConversationStatus;
  /** `nobody` so that the index can find it. */
  readonly assignee: AccountId | 'nobody';
  /** Sort key: time of the last message or note. */
  readonly lastAt: IsoTime;
  readonly preview: Preview | null;
  readonly unread: readonly MessageId[];
  readonly windowUntil: IsoTime | null;
  readonly erased: { readonly certificate: CertificateNumber; readonly at: IsoTime } | null;
};

export const INBOX = 'inbox';
