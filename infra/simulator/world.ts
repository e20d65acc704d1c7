/** What the simulator knows: numbers of businesses, people with phones, and what they wrote. In memory only. */
import type { Chaos } from './chaos.ts';
import type { Personality } from './scripts/personality.ts';

export type Handshake =
  | { readonly ok: true; readonly at: string }
  | {
      readonly ok: false;
      readonly at: string;
      readonly reason: 'unreachable' | 'timeout' | 'refused' | 'wrong-challenge';
      readonly status: number | null;
    };

export type BusinessNumber = {
  readonly phoneNumberId: string;
  readonly wabaId: string;
  displayPhoneNumber: string;
  verifiedName: string;
  accessToken: string;
  appSecret: string;
  verifyToken: string;
  webhookUrl: string | null;
  handshake: Handshake | null;
  /** Free service replies delivered this month, and the month they were counted in. */
  freeDelivered: { month: string; count: number };
};

export type Language = 'ar' | 'en';

export type Customer = {
  readonly id: string;
  readonly name: string;
  /** Digits with country code, no `+`. */
  phone: string;
  phoneHidden: boolean;
  readonly username: string | null;
  readonly language: Language;
  readonly note: { readonly en: string; readonly ar: string };
  /** Changes with the phone number, as the real one does. */
  bsuidSeed: string;
  autoRead: boolean;
  readonly personality: Personality | null;
};

export type MessageState = 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

export type ChatMessage = {
  readonly wamid: string;
  readonly phoneNumberId: string;
  readonly customerId: string;
  readonly author: 'customer' | 'business';
  readonly type: string;
  readonly text: string | null;
  readonly mediaId: string | null;
  readonly mimeType: string | null;
  readonly filename: string | null;
  readonly replyTo: string | null;
  readonly callbackData: string | null;
  /** Virtual time, milliseconds. */
  readonly sentAt: number;
  state: MessageState;
  errorCode: number | null;
};

export type StoredMedia = {
  readonly id: string;
  readonly phoneNumberId: string;
  readonly bytes: Uint8Array;
  readonly mimeType: string;
  readonly filename: string | null;
  readonly sha256: Buffer;
  /** Virtual time after which the id is gone. */
  readonly expiresAt: number;
};

export type WebhookEntry = {
  readonly id: number;
  /** The same for all attempts of one delivery. */
  readonly delivery: number;
  readonly at: string;
  readonly phoneNumberId: string;
  readonly field: string;
  /** Codes for the page to put into words. */
  readonly what: readonly WhatSent[];
  readonly attempt: number;
  readonly escaped: boolean;
  readonly duplicate: boolean;
  readonly badSignature: boolean;
  readonly status: number | null;
  readonly tookMs: number;
};

export type WhatSent = { readonly kind: 'message' | 'status'; readonly type: string; readonly customer: string };

export type World = {
  readonly numbers: Map<string, BusinessNumber>;
  readonly customers: Map<string, Customer>;
  readonly messages: ChatMessage[];
  readonly byWamid: Map<string, ChatMessage>;
  readonly media: Map<string, StoredMedia>;
  readonly webhooks: WebhookEntry[];
  chaos: Chaos;
};

/** The page shows the latest; older ones are dropped so that a long demo does not grow for ever. */
export const MAX_WEBHOOKS_KEPT = 300;
export const MAX_MESSAGES_KEPT = 20_000;

export function createWorld(chaos: Chaos): World {
  return { numbers: new Map(), customers: new Map(), messages: [], byWamid: new Map(), media: new Map(), webhooks: [], chaos };
}

export function rememberMessage(world: World, message: ChatMessage): void {
  world.messages.push(message);
  world.byWamid.set(message.wamid, message);
  if (world.messages.length <= MAX_MESSAGES_KEPT) return;
  const oldest = world.messages.shift();
  if (oldest !== undefined) world.byWamid.delete(oldest.wamid);
}
