import { catalogueOf } from '#domain/catalogue.ts';
import { type ConversationId, streamName, type StreamName, streamParts, subjectOf, type TenantId } from '#domain/ids.ts';
import type { RecordedEvent } from '#domain/message.ts';
import type { EventStore, ViewPage, ViewStore } from '#domain/ports.ts';
import { handleOf, type SealedHandle } from '#domain/sealed-handle.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { THREAD, type ThreadEntry } from '#projections/thread/view.ts';
import type { Vault } from '#vault/vault.ts';
import type { ErasureRecord } from './erasure-record.ts';
import { fault } from './fault.ts';

/** What belongs to the person of an erasure: their conversations, messages, references. */
type Parts = {
  readonly store: EventStore;
  readonly views: ViewStore;
  readonly vault: Vault;
  /** True when the views have seen the log as of now. */
  readonly viewsAreCurrent: () => Promise<boolean>;
};

/** Entries read in one page of a view. */
const PAGE_ENTRIES = 500;

/** Everything of the person that the log and the views know, and what of it still points into the vault. */
export type ErasureScope = {
  /** Those of the order, and any that began between the order and the fence. */
  readonly conversations: readonly ConversationId[];
  /** From the views (which know all messages of a conversation) and from the vault (which knows all streams with sealed values). */
  readonly messages: readonly StreamName[];
  /** Documents of the views that still hold references. */
  readonly left: number;
};

/** Read in one pass over the views, when they have seen the whole log. */
export const scopeOf = async (parts: Parts, { tenant, contactId, conversations: ordered }: ErasureRecord): Promise<ErasureScope> => {
  if (!(await parts.viewsAreCurrent())) throw fault('APP_VIEWS_LAG', 'expected the views to have seen the whole log');
  const contact = await parts.views.get<ContactView>(CONTACT, contactId);
  const conversations = [...new Set([...ordered, ...(contact?.conversations ?? [])])];
  const rows = await parts.views.getMany<InboxRow>(INBOX, conversations);
  const sealed = (await parts.vault.streamsOf(tenant, subjectOf(contactId))).filter((stream) => streamParts(stream).category === 'message');
  const messages = new Set(sealed);
  let left = contact === null || contact.erased === null ? 1 : 0;
  left += [...rows.values()].filter((row) => row.preview !== null).length;
  for await (const entry of entriesOf(parts.views, tenant, conversations)) {
    if (entry.entry === 'message') messages.add(streamName(tenant, 'message', entry.messageId));
    if (entry.entry !== 'chip' && entry.erased === null) left += 1;
  }
  return { conversations, messages: [...messages].sort(), left };
};

/** References tried in one call of the vault. */
const TRY_BATCH = 500;
/** Streams read at once for their references, and events of one long stream. */
const STREAM_BATCH = 100;
const PAGE_EVENTS = 1_000;

/** Every reference to a value of the person in the log, in batches. */
export async function* referencesOf(
  store: EventStore,
  { tenant, contactId }: ErasureRecord,
  { conversations, messages }: ErasureScope,
): AsyncGenerator<readonly SealedHandle[]> {
  const handlesOf = (events: readonly RecordedEvent[]) => events.flatMap((event) => handlesIn(event, contactId));
  // As long as the person's history, so a page at a time.
  for (const stream of [streamName(tenant, 'contact', contactId), ...conversations.map((id) => streamName(tenant, 'conversation', id))])
    for (let from = 0n, page: readonly RecordedEvent[] = []; from === 0n || page.length === PAGE_EVENTS; from += BigInt(PAGE_EVENTS)) {
      page = await store.readStream(stream, { from, limit: PAGE_EVENTS });
      yield handlesOf(page);
    }
  for (let from = 0; from < messages.length; from += STREAM_BATCH) {
    const handles = handlesOf([...(await store.readStreams(messages.slice(from, from + STREAM_BATCH))).values()].flat());
    for (let next = 0; next < handles.length; next += TRY_BATCH) yield handles.slice(next, next + TRY_BATCH);
  }
}

async function* entriesOf(views: ViewStore, tenant: TenantId, conversations: readonly ConversationId[]): AsyncGenerator<ThreadEntry> {
  for (const conversationId of conversations) {
    for (let after: string | null | undefined; after !== null;) {
      const page: ViewPage<ThreadEntry> = await views.find<ThreadEntry>(THREAD, {
        where: { tenant, conversationId },
        sort: { field: 'order', direction: 'ascending' },
        limit: PAGE_ENTRIES,
        ...(after === undefined ? {} : { after }),
      });
      yield* page.items;
      after = page.next;
    }
  }
}

const handlesIn = (event: RecordedEvent, subject: string): readonly SealedHandle[] => {
  const spec = catalogueOf(streamParts(event.stream).category)?.[event.type];
  if (spec === undefined) return [];
  return Object.keys(event.personal).flatMap((field) => {
    const handle = handleOf(event, spec, field);
    return handle?.subject === subject ? [handle] : [];
  });
};
