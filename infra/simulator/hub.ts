/** News for open phone pages, and for the scripted customers. */
import type { Chaos } from './chaos.ts';
import type { ChatMessage, WebhookEntry } from './world.ts';

export type News =
  | { readonly type: 'message'; readonly message: ChatMessage }
  | { readonly type: 'message-state'; readonly wamid: string; readonly state: string; readonly errorCode: number | null }
  | { readonly type: 'webhook'; readonly entry: WebhookEntry }
  | { readonly type: 'typing'; readonly phoneNumberId: string; readonly customerId: string }
  | { readonly type: 'chaos'; readonly chaos: Chaos }
  | { readonly type: 'clock'; readonly offsetMs: number }
  /** Numbers, customers or scripts changed: read the state again. */
  | { readonly type: 'changed' };

export type Hub = {
  readonly tell: (news: News) => void;
  readonly listen: (listener: (news: News) => void) => () => void;
};

export function createHub(): Hub {
  const listeners = new Set<(news: News) => void>();
  return {
    tell: (news) => {
      for (const listener of listeners) listener(news);
    },
    listen: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}
