import type { InboxPage, ThreadItem } from '#projections/pages.ts';
import { type Answer, callApi } from './call-api.ts';
import type { Observed, ShownMessage, ShownNote } from './observed.ts';

export type Shown = Pick<Observed, 'messages' | 'notes' | 'conversations'>;
export type Ask = { readonly urls: readonly string[]; readonly token: string };

const ANSWER_MS = 20_000;
const TRIES = 5;
const PAGE = 100;

/** Everything that the API shows, page by page. Throws when it does not answer: then there is nothing to compare. */
export const askEverything = async (ask: Ask): Promise<Shown> => {
  const conversations = (await Promise.all((['open', 'resolved'] as const).map((filter) => inboxOf(ask, filter)))).flat();
  const messages: ShownMessage[] = [];
  const notes: ShownNote[] = [];
  for (const { conversationId } of conversations) {
    for (const entry of await threadOf(ask, conversationId)) {
      if (entry.entry === 'message') {
        const { id, direction, at, state } = entry;
        messages.push({ id, conversationId, direction, text: textOf(entry.text), at, state });
      }
      if (entry.entry === 'note') notes.push({ id: entry.id, conversationId, text: textOf(entry.text) });
    }
  }
  return { conversations, messages, notes };
};

const textOf = (shown: { readonly state: string; readonly text?: string }): string | null => shown.text ?? null;

const inboxOf = async (ask: Ask, filter: 'open' | 'resolved'): Promise<Observed['conversations']> => {
  const found: Observed['conversations'][number][] = [];
  for (let after: string | null = ''; after !== null;) {
    const cursor: string = after === '' ? '' : `&after=${encodeURIComponent(after)}`;
    const page: InboxPage = await get<InboxPage>(ask, `/conversations?filter=${filter}&limit=${String(PAGE)}${cursor}`);
    for (const { conversationId, status, assignee } of page.items)
      found.push({ conversationId, status, assignee: assignee?.accountId ?? null });
    after = page.next;
  }
  return found;
};

type Thread = { readonly entries: readonly ThreadItem[]; readonly earlier: string | null };

/** Oldest first. */
const threadOf = async (ask: Ask, conversationId: string): Promise<readonly ThreadItem[]> => {
  const pages: (readonly ThreadItem[])[] = [];
  for (let before: string | null = ''; before !== null;) {
    const cursor: string = before === '' ? '' : `&before=${encodeURIComponent(before)}`;
    const page: Thread = await get<Thread>(ask, `/conversations/${conversationId}?limit=${String(PAGE)}${cursor}`);
    pages.unshift(page.entries);
    before = page.earlier;
  }
  return pages.flat();
};

const get = async <T>({ urls, token }: Ask, path: string): Promise<T> => {
  let last: Answer | null = null;
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    last = await callApi(urls[attempt % urls.length] ?? '', token, { method: 'GET', path, timeoutMs: ANSWER_MS });
    if (last?.status === 200) return last.body as T;
  }
  throw new Error(`expected an answer to GET ${path.replace(/\?.*$/, '')}, got ${String(last?.status ?? 'none')}`);
};
