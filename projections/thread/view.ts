import type { AccountId, CertificateNumber, ContactId, ConversationId, IsoTime, MessageId, NoteId, TenantId } from '#domain/ids.ts';
import type { Actor } from '#domain/message.ts';
import type { Delivery } from '#domain/message/delivery.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';

/** What became of a reply. It never falls, but when a person tries again; `failed` shows only until it was delivered. */
export type DeliveryState = 'queued' | 'sending' | 'accepted' | 'sent' | 'delivered' | 'read' | 'played' | 'failed' | 'unknown';

export type MediaState = 'none' | 'fetching' | 'stored' | 'failed';

type EntryBase = {
  readonly tenant: TenantId;
  readonly conversationId: ConversationId;
  readonly contactId: ContactId | null;
  /** Order in the thread: time, then kind (a conversation starts before its first message), then id. */
  readonly order: string;
  readonly at: IsoTime;
};

export type MessageEntry = EntryBase & {
  readonly entry: 'message';
  readonly messageId: MessageId;
  readonly direction: 'in' | 'out';
  readonly author: AccountId | null;
  readonly kind: 'text' | 'image' | 'document' | 'unsupported';
  readonly body: SealedHandle | null;
  readonly replyTo: SealedHandle | null;
  readonly wamid: SealedHandle | null;
  readonly media: {
    readonly state: MediaState;
    readonly bytes: SealedHandle | null;
    readonly type: SealedHandle | null;
    readonly fileName: SealedHandle | null;
    readonly sizeBytes: number | null;
    readonly failure: string | null;
  } | null;
  readonly state: DeliveryState | null;
  /** What `state` is derived from; null for what the customer wrote. */
  readonly delivery: Delivery | null;
  /** When each state was reached, WhatsApp's time where it reported one. */
  readonly reached: Readonly<Partial<Record<DeliveryState, IsoTime>>>;
  readonly attempt: number;
  readonly failure: { readonly code: string; readonly providerCode: number | null; readonly details: SealedHandle | null } | null;
  readonly erased: CertificateNumber | null;
};

export type NoteEntry = EntryBase & {
  readonly entry: 'note';
  readonly noteId: NoteId;
  readonly author: AccountId | null;
  readonly body: SealedHandle | null;
  readonly erased: CertificateNumber | null;
};

/** A one-line chip: assigned, resolved, reopened, erased. */
export type ChipEntry = EntryBase & {
  readonly entry: 'chip';
  readonly chip: 'started' | 'assigned' | 'unassigned' | 'resolved' | 'reopened' | 'erased';
  readonly actor: Actor;
  readonly assignee: AccountId | null;
  readonly certificate: CertificateNumber | null;
};

/** Collection `thread`, id = message, note or event id. */
export type ThreadEntry = MessageEntry | NoteEntry | ChipEntry;

export const THREAD = 'thread';
