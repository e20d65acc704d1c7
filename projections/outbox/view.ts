import type { ChannelId, ContactId, ConversationId, IsoTime, MessageId, TenantId } from '#domain/ids.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';

type Work = {
  readonly tenant: TenantId;
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly contactId: ContactId;
  readonly channelId: ChannelId;
};

/**
 * A reply that has not reached the phone; gone once it has, for until then a person may have to try again. Collection `outbox`, id =
 * message id. `sending` without a process that sends it means that the process died: the outcome is unknown. `failed` and `unknown` wait
 * for a person, who may ask to try again.
 */
export type OutboxItem = Work & {
  readonly state: 'queued' | 'sending' | 'accepted' | 'failed' | 'unknown';
  readonly attempt: number;
  readonly dueAt: IsoTime;
  readonly kind: 'text' | 'image' | 'document';
  readonly body: SealedHandle | null;
  readonly replyTo: SealedHandle | null;
  readonly bytes: SealedHandle | null;
  readonly mediaType: SealedHandle | null;
  readonly fileName: SealedHandle | null;
};

/** A file that waits to be fetched from WhatsApp before its id expires. Collection `mediaQueue`, id = message id. */
export type MediaItem = Work & {
  readonly receivedAt: IsoTime;
  readonly mediaId: SealedHandle | null;
  readonly mediaType: SealedHandle | null;
  readonly mediaDigest: SealedHandle | null;
};

export const OUTBOX = 'outbox';
export const MEDIA_QUEUE = 'mediaQueue';
