import { SvelteMap } from 'svelte/reactivity';

/** What is written and not sent, by conversation: in the memory of this tab alone, gone with it. The server never writes here. */
export type Draft = Readonly<{ text: string; mode: 'reply' | 'note' }>;
const drafts = new SvelteMap<string, Draft>();

export function draftOf(conversation: string): Draft | undefined {
  return drafts.get(conversation);
}

export function keepDraft(conversation: string, draft: Draft): void {
  if (draft.text.trim() === '') drafts.delete(conversation);
  else drafts.set(conversation, draft);
}
