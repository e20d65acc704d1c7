// The application of pages without the product behind it: answers from memory, so that looks and keys can be tried in a browser.
import type { Application } from '#projections/application.ts';
import type { ContactCard, ConversationDetail, InboxFilter, InboxItem, ThreadItem } from '#projections/pages.ts';
import type { Me, Permission, Refused, Viewer } from '#projections/shown.ts';
import {
  absent,
  certificate,
  colleagues,
  day,
  full,
  hour,
  id,
  inboxItems,
  masked,
  message,
  mona,
  nextId,
  threadItems,
  time,
} from './web-fixture-data.ts';

export type WebFixture = Readonly<{
  application: Application;
  token: string;
  /** Called after each change, as the live stream would say it. */
  onChange: (listener: (views: readonly { name: string; id?: string }[]) => void) => void;
  /** A customer writes. */
  receive: (conversation: number, text: string) => void;
  /** Somebody erases the customer. */
  erase: (conversation: number) => void;
}>;

const everything: readonly Permission[] = [
  'conversations.read',
  'conversations.answer',
  'contacts.reveal',
  'audit.read',
  'dashboard.read',
  'privacy.read',
  'privacy.erase',
  'people.read',
  'people.manage',
  'channels.read',
  'channels.manage',
  'tokens.manage',
  'system.manage',
];
const pageSize = 50;
const notHere: Refused = { ok: false, status: 404, code: 'not-found' };

export function webFixture({ now = Date.now(), more = 135, permissions = everything } = {}): WebFixture {
  const viewer: Viewer = { sessionId: id(1), accountId: mona.accountId, tenant: id(2), role: 'agent' };
  const listeners: ((views: readonly { name: string; id?: string }[]) => void)[] = [];
  const items = inboxItems(now, more);
  const threads = new Map<string, ThreadItem[]>();
  const indexOf = (conversation: string) => items.findIndex((item) => item.conversationId === conversation);
  const thread = (conversation: string): ThreadItem[] => {
    const known =
      threads.get(conversation) ?? (indexOf(conversation) === 0 ? threadItems(now) : shortThread(items[indexOf(conversation)], now));
    threads.set(conversation, known);
    return known;
  };
  const tell = (conversation: string) => {
    for (const listener of listeners) listener([{ name: 'inbox', id: conversation }]);
  };
  const change = (conversation: string, edit: (item: InboxItem) => InboxItem) => {
    const at = indexOf(conversation);
    const item = items[at];
    if (item === undefined) return notHere;
    items[at] = edit(item);
    tell(conversation);
    return { ok: true as const };
  };
  const matching = (filter: InboxFilter) =>
    items.filter((item) =>
      filter === 'resolved'
        ? item.status === 'resolved'
        : item.status !== 'resolved' &&
          (filter === 'open' ||
            (filter === 'mine' ? item.assignee?.accountId === viewer.accountId : item.assignee === null && item.erased === null)),
    );

  const card = (item: InboxItem, open: boolean): ContactCard => ({
    contactId: item.contactId,
    name: open && item.erased === null ? full('Nadia Kamal') : item.name,
    phone: item.erased ? { state: 'erased', ...item.erased } : open ? full('+20 10 0555 0142') : masked('+20 •• •••• ••42'),
    bsuid: item.erased ? { state: 'erased', ...item.erased } : open ? full('EG.91358824f2a') : masked('EG.••••••4f2a'),
    username: absent,
    startedAt: time(now - 600 * day),
    conversations: [
      { conversationId: item.conversationId, status: item.status, lastAt: item.lastAt },
      { conversationId: id(1011), status: 'resolved', lastAt: time(now - 41 * day) },
    ],
    erased: item.erased === null ? null : { erasureId: id(7), ...item.erased },
  });

  const application = {
    needsSetup: () => Promise.resolve(false),
    signOut: () => Promise.resolve(),
    session: (token: string) => Promise.resolve(token === 'fixture' ? viewer : null),
    me: () =>
      Promise.resolve<Me>({
        person: { ...mona, email: full('mona@marsa.example'), addedAt: time(now - 90 * day) },
        organisation: { id: viewer.tenant, name: full('Marsa Group'), sample: true },
        permissions,
      }),
    colleagues: () => Promise.resolve(colleagues),
    simulatorPage: () => Promise.resolve('http://127.0.0.1:8090/'),
    channels: () => Promise.resolve({ ok: true as const, channels: [] }),
    inbox: (_viewer, { filter, after, limit = pageSize }) => {
      const all = matching(filter).toSorted((a, b) => b.lastAt.localeCompare(a.lastAt));
      const from = Number(after ?? 0);
      const count = (one: InboxFilter) => matching(one).length;
      const next = from + limit < all.length ? String(from + limit) : null;
      return Promise.resolve({
        ok: true,
        items: all.slice(from, from + limit),
        next,
        counts: { mine: count('mine'), unassigned: count('unassigned'), open: count('open'), resolved: count('resolved') },
      });
    },
    search: (_viewer, term) => {
      if (term === 'too often') return Promise.resolve({ ok: false, status: 429, code: 'search-limit' });
      const found = items.filter(
        ({ name }) => name.state === 'value' && name.text.toLowerCase().split(' ').includes(term.trim().toLowerCase()),
      );
      return Promise.resolve({ ok: true, items: found, by: 'name', more: term.trim() === 'omar' });
    },
    conversation: (_viewer, conversation, { before }) => {
      const item = items[indexOf(conversation)];
      if (item === undefined) return Promise.resolve(notHere);
      const entries = thread(conversation);
      const detail: ConversationDetail = {
        conversationId: conversation,
        contact: card(item, false),
        channel: { ...item.channel, state: 'live' },
        status: item.status,
        assignee: item.assignee,
        windowUntil: item.windowUntil,
        unread: item.unread,
        entries: before === undefined ? entries : [message(now - 5 * day, 'in', 'An earlier question')],
        earlier: before === undefined && indexOf(conversation) === 0 ? 'earlier' : null,
        position: String(nextId()),
      };
      return Promise.resolve({ ok: true, conversation: detail });
    },
    revealContact: (_viewer, contact) => {
      const item = items.find((one) => one.contactId === contact);
      return Promise.resolve(item === undefined ? notHere : { ok: true, contact: card(item, true) });
    },
    reply: (_viewer, input) => {
      const at = Date.now();
      const sent = message(at, 'out', input.text, { state: 'sent', reached: { sent: time(at) } });
      if (input.text === 'refuse') return Promise.resolve<Refused>({ ok: false, status: 422, code: 'window-closed' });
      thread(input.conversationId).push(sent);
      change(input.conversationId, (item) => ({
        ...item,
        lastAt: time(at),
        preview: { from: 'us', kind: 'text', text: full(input.text), state: 'sent' },
      }));
      return Promise.resolve({ ok: true, messageId: sent.id, position: '1' });
    },
    retry: () => Promise.resolve({ ok: true }),
    addNote: (_viewer, input) => {
      thread(input.conversationId).push({
        entry: 'note',
        id: id(nextId()),
        at: time(Date.now()),
        author: mona,
        text: full(input.text),
        erased: null,
      });
      return Promise.resolve(change(input.conversationId, (item) => item));
    },
    assign: (_viewer, conversation, assignee) =>
      Promise.resolve(
        change(conversation, (item) => ({ ...item, assignee: colleagues.find((one) => one.accountId === assignee) ?? null })),
      ),
    resolve: (_viewer, conversation) => Promise.resolve(change(conversation, (item) => ({ ...item, status: 'resolved' }))),
    reopen: (_viewer, conversation) => Promise.resolve(change(conversation, (item) => ({ ...item, status: 'open' }))),
    markRead: (_viewer, conversation) => {
      const unread = items[indexOf(conversation)]?.unread ?? 0;
      return Promise.resolve(unread === 0 ? { ok: true } : change(conversation, (item) => ({ ...item, unread: 0 })));
    },
  } satisfies Partial<Application>;

  return {
    // What no page under test asks is missing on purpose: asking for it fails loudly.
    application: application as unknown as Application,
    token: 'fixture',
    onChange: (listener) => {
      listeners.push(listener);
    },
    erase: (conversation) => {
      const gone = { certificate, at: time(Date.now()) };
      change(id(conversation), (item) => ({
        ...item,
        status: 'erased',
        name: { state: 'erased', ...gone },
        preview: null,
        erased: gone,
      }));
      const contact = items.find((item) => item.conversationId === id(conversation))?.contactId ?? '';
      for (const listener of listeners) listener([{ name: 'contact', id: contact }]);
    },
    receive: (conversation, text) => {
      const at = Date.now();
      thread(id(conversation)).push(message(at, 'in', text));
      change(id(conversation), (item) => ({
        ...item,
        lastAt: time(at),
        unread: item.unread + 1,
        windowUntil: time(at + 24 * hour),
        preview: { from: 'customer', kind: 'text', text: full(text), state: null },
      }));
    },
  };
}

function shortThread(item: InboxItem | undefined, now: number): ThreadItem[] {
  if (item?.erased)
    return [
      {
        entry: 'chip',
        id: '1',
        at: item.erased.at,
        chip: 'erased',
        actor: { kind: 'machine', part: 'erasure' },
        assignee: null,
        certificate,
      },
    ];
  const text = item?.preview?.text.state === 'value' ? item.preview.text.text : 'Hello';
  return [
    message(now - 2 * day, 'in', 'Good morning'),
    message(item === undefined ? now : Date.parse(item.lastAt), item?.preview?.from === 'us' ? 'out' : 'in', text),
  ];
}
