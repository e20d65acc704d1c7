/** One delivery of Meta's webhook, taken apart into items that stand alone. */
import type { JsonPlace } from '#infra/json-error.ts';

export const MESSAGE_TYPES = [
  'text',
  'image',
  'video',
  'audio',
  'document',
  'sticker',
  'location',
  'contacts',
  'reaction',
  'interactive',
  'button',
  'order',
  'system',
  'edit',
  'revoke',
  'unsupported',
] as const;
export type MessageType = (typeof MESSAGE_TYPES)[number];

export const STATUSES = ['sent', 'delivered', 'read', 'played', 'failed'] as const;
export type StatusName = (typeof STATUSES)[number];

/** Whatever of it is present; never nothing for a customer's message. */
export type Sender = {
  /** Digits without `+`, as sent. Absent for people who hide their number. */
  readonly phone?: string;
  /** Business-scoped user id. */
  readonly bsuid?: string;
  readonly username?: string;
  readonly profileName?: string;
};

export type IncomingMedia = {
  readonly id: string;
  readonly mimeType: string;
  /** Base64 in webhooks. */
  readonly sha256?: string;
  readonly filename?: string;
};

export type IncomingMessage = {
  readonly wamid: string;
  /** Types that we do not know are `unsupported`; `raw` keeps them whole. */
  readonly type: MessageType;
  readonly sentAt: string;
  readonly from: Sender;
  readonly text?: string;
  readonly caption?: string;
  readonly media?: IncomingMedia;
  /** wamid of the message that this one answers. */
  readonly replyTo?: string;
  /** The message object as JSON. Personal, like everything here but the type and the time. */
  readonly raw: string;
};

export type Pricing = {
  readonly billable?: boolean;
  readonly model?: string;
  readonly type?: string;
  readonly category?: string;
};

export type StatusUpdate = {
  readonly wamid: string;
  readonly status: StatusName;
  readonly occurredAt: string;
  readonly errorCode?: number;
  /** May name the recipient: personal. */
  readonly errorDetails?: string;
  readonly callbackData?: string;
  readonly pricing?: Pricing;
};

export type DeliveryItem =
  | { readonly kind: 'message'; readonly phoneNumberId: string; readonly message: IncomingMessage }
  | { readonly kind: 'status'; readonly phoneNumberId: string; readonly status: StatusUpdate }
  /** A field or a kind of news that the product does not use yet. */
  | { readonly kind: 'other'; readonly field: string; readonly phoneNumberId?: string }
  /** An item that does not have the promised shape; its neighbours are unharmed. The path names no content. */
  | { readonly kind: 'malformed'; readonly path: string; readonly phoneNumberId?: string };

export type DeliveryFault = ({ readonly kind: 'json' } & JsonPlace) | { readonly kind: 'shape'; readonly path: string };

export type Delivery =
  { readonly ok: true; readonly items: readonly DeliveryItem[] } | { readonly ok: false; readonly reason: DeliveryFault };
