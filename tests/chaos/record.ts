/** What the load did and was told: the side of the truth that no kill can touch, because its process is never killed. */

/** One text of a customer, as it was handed over by the webhook. */
export type Written = {
  readonly wamid: string;
  readonly phone: string;
  readonly text: string;
  /** When the customer wrote it, in whole seconds as WhatsApp tells it. */
  readonly second: number;
  /** Answered 200 at least once. */
  readonly acknowledged: boolean;
};

/** A reply or a note of an agent: repeated under one key until it is answered. */
export type Keyed = {
  readonly key: string;
  readonly kind: 'reply' | 'note';
  readonly conversationId: string;
  readonly text: string;
  readonly acknowledged: boolean;
  /** Every different id that a reply was answered with: one, however often it was asked. */
  readonly messageIds: readonly string[];
};

/** A command without a key, which sets a state. One agent sets the states of a conversation, one after the other. */
export type Setting = {
  readonly conversationId: string;
  readonly verb: 'assign' | 'resolve' | 'reopen' | 'read';
  readonly assignee: string | null;
  /** Answered 200. One whose answer was lost may be carried out later, by a process that was frozen with it. */
  readonly acknowledged: boolean;
  readonly at: number;
};

/** A reply that reached WhatsApp, whatever our side was told about it. */
export type Arrival = { readonly messageId: string; readonly phone: string; readonly text: string; readonly wamid: string };

/** A status that was handed over and answered 200. */
export type Told = { readonly messageId: string; readonly status: string };

/** Something that an answer showed while the run went on and that must never be seen. */
export type Sighting = { readonly kind: 'backwards' | 'refused' | 'gave-up'; readonly what: string };

export type LoadRecord = {
  readonly written: readonly Written[];
  readonly keyed: readonly Keyed[];
  readonly settings: readonly Setting[];
  readonly arrivals: readonly Arrival[];
  readonly told: readonly Told[];
  readonly sightings: readonly Sighting[];
};

export type Counts = {
  readonly written: number;
  readonly writtenAcknowledged: number;
  readonly deliveries: number;
  readonly repeatedDeliveries: number;
  readonly commands: number;
  readonly commandsAcknowledged: number;
  readonly repeatedCommands: number;
  readonly arrivals: number;
  readonly statuses: number;
  /** How requests ended that were not answered 200: by status, or `none`. */
  readonly otherAnswers: Readonly<Record<string, number>>;
};

/** How far a reply has come: ticks only ever rise. */
const RANKS = ['accepted', 'sent', 'delivered', 'read'];
/** Below the ranks stands everything that is not yet, or never, known to have been taken. */
export const rankOf = (state: string | null): number => RANKS.indexOf(state ?? '');
