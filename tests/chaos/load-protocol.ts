import type { Counts, LoadRecord } from './record.ts';

/** Between the run and the process that makes its load. */
export type Agent = { readonly token: string; readonly accountId: string };

export type Begin = {
  readonly kind: 'begin';
  readonly seed: number;
  /** Every process that serves HTTP, dead or alive. */
  readonly urls: readonly string[];
  readonly channelId: string;
  readonly agents: readonly Agent[];
  readonly customers: number;
  /** Deliveries of customers' messages that begin in a second, on average. */
  readonly perSecond: number;
};
export type ToLoad =
  | Begin
  /** Nothing new: repeat what has no answer, be a WhatsApp in good health, then tell the record. */
  | { readonly kind: 'drain'; readonly withinMs: number };

export type FromLoad =
  | { readonly kind: 'listening'; readonly url: string }
  | { readonly kind: 'counts'; readonly counts: Counts }
  | { readonly kind: 'record'; readonly record: LoadRecord };

/** The number that the load plays. */
export const NUMBER = { phoneNumberId: '106540352242922', accessToken: 'token-of-the-chaos-run', appSecret: 'secret-of-the-chaos-run' };
