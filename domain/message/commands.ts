import type { CertificateNumber, ChannelId, ContactId, ConversationId, ErasureId, IsoTime, MessageId } from '../ids.ts';
import type { Plain } from '../personal.ts';
import type { deliveryStatuses, mediaFailures, messageKinds, outgoingKinds, sendFailures, unknownReasons } from './events.ts';

/** Longest text that WhatsApp takes, in characters. */
export const MAX_TEXT_CHARACTERS = 4096;
/** Longest caption, in characters (WhatsApp). */
export const MAX_CAPTION_CHARACTERS = 1024;
/** Largest image that WhatsApp takes, in bytes. */
export const MAX_IMAGE_BYTES = 5 * 1024 * 1024;
/** Largest document that we take, in bytes: WhatsApp's own limit is 100 MB; larger than 16 MB would be held in memory by every hop. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;

export type MessageIds = {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly contactId: ContactId;
  readonly channelId: ChannelId;
};

export type MessageCommand =
  | ({
      readonly type: 'ReceiveMessage';
      readonly kind: (typeof messageKinds)[number];
      readonly sentAt: IsoTime;
      readonly wamid: Plain;
      readonly body: Plain | null;
      readonly replyTo: Plain | null;
      readonly raw: Plain | null;
      readonly media: { readonly id: Plain; readonly type: Plain; readonly digest: Plain; readonly fileName: Plain | null } | null;
    } & MessageIds)
  | { readonly type: 'StoreMedia'; readonly bytes: Plain; readonly mediaType: Plain; readonly sizeBytes: number }
  | { readonly type: 'RecordMediaFailure'; readonly reason: (typeof mediaFailures)[number] }
  | ({
      readonly type: 'QueueMessage';
      readonly kind: (typeof outgoingKinds)[number];
      readonly body: Plain | null;
      readonly replyTo: Plain | null;
      readonly media: { readonly bytes: Plain; readonly type: Plain; readonly fileName: Plain | null; readonly sizeBytes: number } | null;
    } & MessageIds)
  | { readonly type: 'AttemptSend' }
  | { readonly type: 'AcceptSend'; readonly wamid: Plain }
  | {
      readonly type: 'FailSend';
      /** The attempt that this is the answer to: one that comes late says nothing about the next. */
      readonly attempt: number;
      readonly failure: (typeof sendFailures)[number];
      readonly providerCode: number | null;
      readonly details: Plain | null;
      readonly willRetry: boolean;
    }
  | { readonly type: 'ReportOutcomeUnknown'; readonly attempt: number; readonly reason: (typeof unknownReasons)[number] }
  | { readonly type: 'RetrySend' }
  | {
      readonly type: 'ReportStatus';
      readonly status: (typeof deliveryStatuses)[number];
      readonly occurredAt: IsoTime;
      readonly providerCode: number | null;
      readonly details: Plain | null;
    }
  | { readonly type: 'EraseMessage'; readonly erasureId: ErasureId; readonly certificate: CertificateNumber };

/** `windowOpenUntil`: from the conversation; null when the customer never wrote. Lengths are of the plain values. */
export type MessageFacts = { readonly windowOpenUntil: IsoTime | null; readonly bodyLength: number; readonly conversationErased: boolean };
