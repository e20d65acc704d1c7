/** What the product says and what its files hold, after everything has come to rest. */
export type ShownMessage = {
  readonly id: string;
  readonly conversationId: string;
  readonly direction: 'in' | 'out';
  /** Null when it cannot be read. */
  readonly text: string | null;
  readonly at: string;
  readonly state: string | null;
};

export type ShownConversation = { readonly conversationId: string; readonly status: string; readonly assignee: string | null };

export type ShownNote = { readonly id: string; readonly conversationId: string; readonly text: string | null };

/** The log, read event by event. */
export type LogFacts = {
  readonly head: number;
  /** Sentences about what is wrong with it: gaps, an event twice, half of a message. */
  readonly faults: readonly string[];
};

export type Observed = {
  /** In the order in which each thread shows them. */
  readonly messages: readonly ShownMessage[];
  readonly notes: readonly ShownNote[];
  readonly conversations: readonly ShownConversation[];
  readonly log: LogFacts;
  /** Documents that differ from what the log says, projections that are behind, streams that are parked: sentences. */
  readonly views: readonly string[];
  /** Processes that did not answer, did not come back or did not end: sentences. */
  readonly processes: readonly string[];
};
