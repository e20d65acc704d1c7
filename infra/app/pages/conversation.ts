import type { AccountId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import { meaningOf } from '#infra/whatsapp/errors.ts';
import type { Application } from '#projections/application.ts';
import type { ConversationDetail, ThreadItem } from '#projections/pages.ts';
import type { Person, Shown, Viewer } from '#projections/shown.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import type { ContactView } from '#projections/contact/view.ts';
import { INBOX, type InboxRow } from '#projections/inbox/view.ts';
import { type MessageEntry, THREAD, type ThreadEntry } from '#projections/thread/view.ts';
import type { Vault } from '#vault/vault.ts';
import { forbidden, may, notFound } from '../access.ts';
import type { App } from '../app.ts';
import type { Wanted } from '../mask.ts';
import { CARD_VALUES, cardOf, cardValues, conversationsOf, ownContact, withheld } from './contact.ts';
import { accountIdOf, actorShown, colleaguesById } from './people.ts';

const PAGE_ENTRIES = 50;
const MAX_ENTRIES = 200;
const ABSENT: Shown = { state: 'absent' };

export const ownConversation = async (app: Pick<App, 'views'>, viewer: Viewer, conversationId: string): Promise<InboxRow | null> => {
  const row = await app.views.get<InboxRow>(INBOX, conversationId);
  return row?.tenant === viewer.tenant ? row : null;
};

/** One conversation, its newest entries opened in one batch, and its customer's masked card. */
export const conversationPage =
  (app: App): Application['conversation'] =>
  async (viewer, conversationId, { before, limit }) => {
    if (!may(viewer, 'conversations.read')) return forbidden;
    const row = await ownConversation(app, viewer, conversationId);
    const contact = row === null ? null : await contactOf(app, viewer, row);
    if (row === null || contact === null) return notFound;
    const position = await app.store.head();
    const page = await app.views.find<ThreadEntry>(THREAD, {
      where: { tenant: viewer.tenant, conversationId },
      sort: { field: 'order', direction: 'descending' },
      limit: Math.min(limit ?? PAGE_ENTRIES, MAX_ENTRIES),
      ...(before === undefined ? {} : { after: before }),
    });
    const entries = page.items.toReversed();
    const quoted = await quotedBy(app, viewer, entries);
    const quotedMessages = [...new Set(quoted.values())];
    // One batch for the whole page: whatever of it may not be seen, the page is not.
    const wanted = [...cardValues(contact, 'masked'), ...entries.flatMap(wantedOf), ...quotedMessages.map(({ body }) => full(body))];
    const [shown, channel, people, conversations] = await Promise.all([
      app.reveal.show(viewer, 'answer-customer', wanted),
      app.views.get<ChannelView>(CHANNEL, row.channelId),
      colleaguesById(app, viewer, [...peopleIn(entries), ...(row.assignee === 'nobody' ? [] : [row.assignee])]),
      conversationsOf(app, [contact]),
    ]);
    if (typeof shown === 'string') return withheld(shown);
    const quotes = quotesFrom(quoted, quotedMessages, shown.slice(wanted.length - quotedMessages.length));
    const [label] = await app.reveal.labels([channel?.label ?? null]);
    const conversation: ConversationDetail = {
      conversationId: row.conversationId,
      contact: cardOf(contact, shown.slice(0, CARD_VALUES), conversations),
      channel: { id: row.channelId, label: label ?? ABSENT, state: channel?.state ?? 'stopped' },
      status: row.status,
      assignee: row.assignee === 'nobody' ? null : (people.get(row.assignee) ?? null),
      windowUntil: row.windowUntil,
      unread: row.unread.length,
      entries: itemsOf({ row, entries, people, quotes }, shown.slice(CARD_VALUES)),
      earlier: page.next,
      position: String(position),
    };
    return { ok: true, conversation };
  };

/** The list may show a new conversation a moment before its contact is in the view: each projection moves by itself. */
const contactOf = async (app: App, viewer: Viewer, { contactId }: InboxRow): Promise<ContactView | null> => {
  const found = await ownContact(app, viewer, contactId);
  if (found !== null) return found;
  await app.shown(await app.store.head());
  return ownContact(app, viewer, contactId);
};

const peopleIn = (entries: readonly ThreadEntry[]): readonly AccountId[] =>
  entries.flatMap((entry) => {
    const ids = entry.entry === 'chip' ? [accountIdOf(entry.actor), entry.assignee] : [entry.author];
    return ids.filter((id) => id !== null);
  });

type People = ReadonlyMap<AccountId, Person>;

type Read = {
  readonly row: InboxRow;
  readonly entries: readonly ThreadEntry[];
  readonly people: People;
  readonly quotes: ReadonlyMap<string, Quote>;
};

/** `shown` begins with the values of `entries`, in the order of `wantedOf`. */
const itemsOf = ({ row, entries, people, quotes }: Read, shown: readonly Shown[]): readonly ThreadItem[] => {
  let taken = 0;
  return entries.map((entry) => {
    const count = wantedOf(entry).length;
    const opened = shown.slice(taken, taken + count);
    taken += count;
    const gone = entry.entry !== 'chip' && entry.erased !== null && row.erased !== null;
    // The view keeps no reference to what is erased; "absent" would say that it never was.
    const own = gone ? [{ state: 'erased' as const, ...row.erased }, ...opened.slice(1)] : opened;
    return itemOf(entry, own, people, quotes);
  });
};

const full = (handle: Wanted['handle']): Wanted => ({ handle, mask: 'none' });

const wantedOf = (entry: ThreadEntry): readonly Wanted[] => {
  switch (entry.entry) {
    case 'message':
      return [full(entry.body), full(entry.media?.type ?? null), full(entry.media?.fileName ?? null), full(entry.failure?.details ?? null)];
    case 'note':
      return [full(entry.body)];
    case 'chip':
      return [];
  }
};

type Quote = NonNullable<Extract<ThreadItem, { entry: 'message' }>['quote']>;

type Opening = Pick<App, 'views' | 'inFlight'> & { readonly vault: Pick<Vault, 'open' | 'find'> };

/** The messages of the same conversation that entries quote, by the quoting one: the machine looks the quoted wamid up. */
export const quotedBy = async (
  app: Opening,
  viewer: Viewer,
  entries: readonly ThreadEntry[],
): Promise<ReadonlyMap<string, MessageEntry>> => {
  const quoting = entries.filter((entry): entry is MessageEntry => entry.entry === 'message' && entry.replyTo !== null);
  const ids = await quotedIds(
    app,
    viewer,
    quoting.flatMap((entry) => entry.replyTo ?? []),
  );
  const quoted = await app.views.getMany<ThreadEntry>(
    THREAD,
    ids.filter((id) => id !== null),
  );
  return new Map(
    quoting.flatMap((entry, index) => {
      const target = quoted.get(ids[index] ?? '');
      return target?.entry === 'message' && target.conversationId === entry.conversationId ? [[entry.messageId, target] as const] : [];
    }),
  );
};

const quotesFrom = (
  quoted: ReadonlyMap<string, MessageEntry>,
  messages: readonly MessageEntry[],
  shown: readonly Shown[],
): ReadonlyMap<string, Quote> =>
  new Map(
    [...quoted].map(([quoting, target]) => {
      const text = shown[messages.indexOf(target)] ?? ABSENT;
      return [quoting, { id: target.messageId, text, direction: target.direction }] as const;
    }),
  );

/** An opened wamid names a customer's message: it is gone again when an erasure says that nothing is left. */
const quotedIds = (
  { vault, inFlight }: Opening,
  { tenant }: Viewer,
  wamids: readonly SealedHandle[],
): Promise<readonly (string | null)[]> =>
  inFlight.during(tenant, async () =>
    Promise.all(
      (await vault.open(wamids)).map(async (opened) =>
        opened.kind === 'value' ? ((await vault.find(tenant, { field: 'wamid', value: plain(opened.value) }))?.id ?? null) : null,
      ),
    ),
  );

const itemOf = (entry: ThreadEntry, shown: readonly Shown[], people: People, quotes: ReadonlyMap<string, Quote>): ThreadItem => {
  const [text = ABSENT, type = ABSENT, fileName = ABSENT, details = ABSENT] = shown;
  const author = (id: AccountId | null): Person | null => (id === null ? null : (people.get(id) ?? null));
  switch (entry.entry) {
    case 'note':
      return { entry: 'note', id: entry.noteId, at: entry.at, author: author(entry.author), text, erased: entry.erased };
    case 'chip': {
      const { chip, actor, assignee, certificate, at, order } = entry;
      return { entry: 'chip', id: order, at, chip, actor: actorShown(actor, people), assignee: author(assignee), certificate };
    }
    case 'message':
      return {
        entry: 'message',
        id: entry.messageId,
        at: entry.at,
        direction: entry.direction,
        author: author(entry.author),
        kind: entry.kind,
        text,
        quote: quotes.get(entry.messageId) ?? null,
        media: mediaOf(entry, type, fileName),
        state: entry.state,
        reached: entry.reached,
        failure: failureOf(entry, details),
        erased: entry.erased,
      };
  }
};

const mediaOf = ({ media, messageId }: MessageEntry, type: Shown, fileName: Shown): Extract<ThreadItem, { entry: 'message' }>['media'] =>
  media === null
    ? null
    : {
        state: media.state,
        url: media.bytes === null ? null : `/api/v1/media/${messageId}`,
        type,
        fileName,
        sizeBytes: media.sizeBytes,
        failure: media.failure,
      };

const failureOf = ({ failure, state }: MessageEntry, details: Shown): Extract<ThreadItem, { entry: 'message' }>['failure'] => {
  if (failure === null && state !== 'unknown') return null;
  const mayRetry = state === 'failed' || state === 'unknown';
  const providerCode = failure?.providerCode ?? null;
  // A failure that a status reported later names WhatsApp's code alone: what it means is known here.
  const code = failure?.code === 'other' && providerCode !== null ? meaningOf(providerCode).class : failure?.code;
  return { code: code ?? 'outcome-unknown', providerCode, details, mayRetry };
};
