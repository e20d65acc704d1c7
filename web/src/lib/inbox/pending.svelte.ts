import type { ThreadItem } from '#projections/pages.ts';

/** A reply on its way: shown at once, gone when the thread has it. In the memory of the page alone. */
export type Pending = Readonly<{
  commandId: string;
  conversation: string;
  mode: 'reply' | 'note';
  text: string;
  fileName: string | undefined;
  messageId?: string | undefined;
}>;

export function pendingReplies() {
  let list = $state.raw<readonly Pending[]>([]);
  const drop = (commandId: string) => {
    list = list.filter((one) => one.commandId !== commandId);
  };
  return {
    /** What the thread does not show yet. */
    of(conversation: string, entries: readonly ThreadItem[]): readonly Pending[] {
      const ids = new Set<string>(entries.map((entry) => entry.id));
      return list.filter((one) => one.conversation === conversation && (one.messageId === undefined || !ids.has(one.messageId)));
    },
    add(one: Pending) {
      list = [...list, one];
    },
    /** Accepted: kept until the thread shows it. A note has no id to wait for and goes at once. */
    accepted(commandId: string, messageId: string | undefined) {
      if (messageId === undefined) drop(commandId);
      else list = list.map((one) => (one.commandId === commandId ? { ...one, messageId } : one));
    },
    drop,
  };
}

export type PendingReplies = ReturnType<typeof pendingReplies>;
