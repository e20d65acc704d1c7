import { catalogueOf } from '#domain/catalogue.ts';
import { type ConversationId, streamName, type StreamName, streamParts, subjectOf, type TenantId } from '#domain/ids.ts';
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

/** Those of the order, and any that began between the order and the fence. */
export const conversationsOf = async (parts: Parts, { contactId, conversations }: ErasureRecord): Promise<readonly ConversationId[]> => {
  if (!(await parts.viewsAreCurrent())) throw fault('APP_VIEWS_LAG', 'expected the views to have seen the whole log');
  const contact = await parts.views.get<ContactView>(CONTACT, contactId);
  return [...new Set([...conversations, ...(contact?.conversations ?? [])])];
};

/** From the views (which know all messages of a conversation) and from the vault (which knows all streams with sealed values). */
export const messageStreams = async (
  parts: Parts,
  { tenant, contactId }: ErasureRecord,
  conversations: readonly ConversationId[],
): Promise<readonly StreamName[]> => {
  const streams = new Set(
    (await parts.vault.streamsOf(tenant, subjectOf(contactId))).filter((stream) => streamParts(stream).category === 'message'),
  );
  for await (const entry of entriesOf(parts.views, tenant, conversations)) {
    if (entry.entry === 'message') streams.add(streamName(tenant, 'message', entry.messageId));
  }
  return [...streams].sort();
};

/** References tried in one call of the vault. */
const TRY_BATCH = 500;
/** Streams read at once for their references. */
const STREAM_BATCH = 100;

/** Every stream of the person, as views and vault know them. */
export const streamsOf = async (
  parts: Parts,
  record: ErasureRecord,
  conversations: readonly ConversationId[],
): Promise<readonly StreamName[]> => [
  streamName(record.tenant, 'contact', record.contactId),
  ...conversations.map((id) => streamName(record.tenant, 'conversation', id)),
  ...(await messageStreams(parts, record, conversations)),
];

/** Batches of the references that streams hold for a person. */
export async function* referencesIn(
  store: EventStore,
  streams: readonly StreamName[],
  subject: string,
): AsyncGenerator<readonly SealedHandle[]> {
  for (let from = 0; from < streams.length; from += STREAM_BATCH) {
    const handles = (await Promise.all(streams.slice(from, from + STREAM_BATCH).map((stream) => handlesIn(store, stream, subject)))).flat();
    for (let next = 0; next < handles.length; next += TRY_BATCH) yield handles.slice(next, next + TRY_BATCH);
  }
}

/** Documents of the person that still point into the vault; the views have seen the whole log by now. */
export const referencesInViews = async (
  parts: Parts,
  { tenant, contactId }: ErasureRecord,
  conversations: readonly ConversationId[],
): Promise<number> => {
  const contact = await parts.views.get<ContactView>(CONTACT, contactId);
  const rows = await parts.views.getMany<InboxRow>(INBOX, conversations);
  let left = contact === null || contact.erased === null ? 1 : 0;
  left += [...rows.values()].filter((row) => row.preview !== null).length;
  for await (const entry of entriesOf(parts.views, tenant, conversations)) if (entry.entry !== 'chip' && entry.erased === null) left += 1;
  return left;
};

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

const handlesIn = async (store: EventStore, stream: StreamName, subject: string): Promise<readonly SealedHandle[]> =>
  (await store.readStream(stream)).flatMap((event) => {
    const spec = catalogueOf(streamParts(stream).category)?.[event.type];
    if (spec === undefined) return [];
    return Object.keys(event.personal).flatMap((field) => {
      const handle = handleOf(event, spec, field);
      return handle?.subject === subject ? [handle] : [];
    });
  });
