import { randomBytes } from 'node:crypto';
import type { AccountId, CertificateNumber, ChannelId, ContactId, ConversationId, ErasureId, Id, IsoTime, MessageId, SessionId, TenantId } from '#domain/ids.ts';
import { certificateNumber, parseId, parseTime } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { Change, HealthReport, Operator, Product, ProjectionReport, WebhookAnswer } from '#infra/app/product.ts';
import type { Application, ContactCard, ConversationDetail, Done, ErasureDetail, InboxPage, Shown, Viewer } from '#projections/application.ts';

/**
 * A product that keeps everything in records of memory: sessions, roles, two organisations. It answers as the real one promises to, so
 * that the front server and the command line can be tried without stores. Nothing in it is smarter than a test needs.
 */
export type FakeProduct = {
  readonly product: Product;
  /** Signs a person in: the token of their session. */
  readonly signIn: (role: Role, tenant?: TenantId) => string;
  readonly endSession: (token: string) => void;
  readonly change: (change: Change) => void;
  readonly calls: Call[];
  readonly callsOf: (name: string) => readonly (readonly unknown[])[];
  /** What the next calls answer. */
  readonly answers: Answers;
  readonly listeners: () => number;
};

export type Call = { readonly name: string; readonly args: readonly unknown[] };

export type Answers = {
  webhook: WebhookAnswer | Error;
  health: HealthReport;
  reply: Done<{ readonly messageId: MessageId; readonly position: string }> | Error;
  media: { readonly bytes: Uint8Array; readonly type: string; readonly fileName: string | null };
  certificate: Uint8Array;
  projections: readonly ProjectionReport[];
  start: Error | null;
  token: Done<{ readonly token: string; readonly expiresAt: string }>;
};

export const at = (text: string): IsoTime => {
  const time = parseTime(text);
  if (time === null) throw new Error('expected a time');
  return time;
};

export const newTestId = <Kind extends string>(): Id<Kind> => asId<Kind>(randomBytes(16).toString('hex'));
export const asId = <Kind extends string>(text: string): Id<Kind> => {
  const id = parseId<Kind>(text);
  if (id === null) throw new Error('expected an id');
  return id;
};

const hex = <Kind extends string>(digit: string): Id<Kind> => asId<Kind>(digit.repeat(32));
export const ids = {
  tenant: hex<'tenant'>('a') satisfies TenantId,
  otherTenant: hex<'tenant'>('b') satisfies TenantId,
  account: hex<'account'>('c') satisfies AccountId,
  channel: hex<'channel'>('d') satisfies ChannelId,
  contact: hex<'contact'>('e') satisfies ContactId,
  conversation: hex<'conversation'>('f') satisfies ConversationId,
  /** Exists, in the other organisation. */
  otherConversation: hex<'conversation'>('1') satisfies ConversationId,
  message: hex<'message'>('2') satisfies MessageId,
  erasure: hex<'erasure'>('3') satisfies ErasureId,
} as const;
const CERTIFICATE: CertificateNumber = certificateNumber(2026, 1);
const NOW = at('2026-11-24T09:30:00.000Z');

const shown = (text: string): Shown => ({ state: 'value', text, masked: false });
const absent: Shown = { state: 'absent' };

export const createFakeProduct = (): FakeProduct => {
  const sessions = new Map<string, Viewer>();
  const listeners = new Set<(change: Change) => void>();
  const calls: Call[] = [];
  const answers: Answers = {
    webhook: { status: 200 },
    health: { ready: true, parts: [{ part: 'eventstore', ok: true, says: 'answers' }] },
    reply: { ok: true, messageId: ids.message, position: '7' },
    media: { bytes: Buffer.from('picture'), type: 'image/png', fileName: 'holiday.png' },
    certificate: Buffer.from('{"statement":1}\n'),
    projections: [{ projection: 'inbox', version: 1, checkpoint: '40', lag: 2, secondsSinceProgress: 3, parked: 1 }],
    start: null,
    token: { ok: true, token: 'a-token-of-the-command-line', expiresAt: NOW },
  };
  const signIn = (role: Role, tenant: TenantId = ids.tenant): string => {
    const token = randomBytes(24).toString('base64url');
    sessions.set(token, { sessionId: newTestId<'session'>() satisfies SessionId, accountId: ids.account, tenant, role });
    return token;
  };
  const note = <T>(name: string, args: readonly unknown[], value: T): T => {
    calls.push({ name, args });
    return value;
  };
  const application = fakeApplication({ sessions, note, answers, signIn });
  return {
    product: {
      application,
      webhook: {
        handshake: async (channelId, mode, token) => note('handshake', [channelId, mode, token], mode === 'subscribe' && token === 'right'),
        receive: async (channelId, rawBody, signature) => {
          note('receive', [channelId, rawBody, signature], null);
          if (answers.webhook instanceof Error) throw answers.webhook;
          return answers.webhook;
        },
      },
      onChange: (listener) => {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
      health: async () => answers.health,
      operator: fakeOperator(note, answers),
      sample: {
        prepare: async (input) => note('sample.prepare', [input], { ok: true, phonePage: 'http://localhost/', created: true }),
        play: async () => note('sample.play', [], true),
      },
      start: async (at) => {
        note('start', [at], null);
        if (answers.start !== null) throw answers.start;
      },
      close: async () => note('close', [], undefined),
    },
    signIn,
    endSession: (token) => void sessions.delete(token),
    change: (change) => {
      for (const listener of listeners) listener(change);
    },
    calls,
    callsOf: (name) => calls.filter((call) => call.name === name).map(({ args }) => args),
    answers,
    listeners: () => listeners.size,
  };
};

type Note = <T>(name: string, args: readonly unknown[], value: T) => T;
type Fake = {
  readonly sessions: Map<string, Viewer>;
  readonly note: Note;
  readonly answers: Answers;
  readonly signIn: (role: Role) => string;
};

const NOT_FOUND = { ok: false, status: 404, code: 'not-found' } as const;
const FORBIDDEN = { ok: false, status: 403, code: 'forbidden' } as const;
const OK = { ok: true } as const;

const fakeApplication = ({ sessions, note, answers, signIn }: Fake): Application => {
  const own = <T>(viewer: Viewer, id: string, value: () => T): Done<T> | typeof NOT_FOUND =>
    viewer.tenant === ids.tenant && id !== ids.otherConversation ? { ok: true, ...value() } : NOT_FOUND;
  const officer = <T>(viewer: Viewer, value: () => T): Done<T> => (viewer.role === 'dpo' || viewer.role === 'owner' ? { ok: true, ...value() } : FORBIDDEN);
  return {
    needsSetup: async () => false,
    setUp: async () => FORBIDDEN,
    signIn: async (input) => {
      note('signIn', [input], null);
      if (input.password !== 'right') return { ok: false, status: 401, code: 'wrong-credentials' };
      const token = signIn('agent');
      const viewer = sessions.get(token);
      if (viewer === undefined) throw new Error('expected a session');
      return { ok: true, token, expiresAt: at('2026-11-25T09:30:00.000Z'), viewer };
    },
    signOut: async (viewer) => {
      for (const [token, each] of sessions) if (each.sessionId === viewer.sessionId) sessions.delete(token);
    },
    session: async (token) => sessions.get(token) ?? null,
    me: async (viewer) => ({
      person: { accountId: viewer.accountId, name: shown('Ada'), role: viewer.role, email: shown('ada@example.com'), addedAt: NOW },
      organisation: { id: viewer.tenant, name: shown('Example'), sample: false },
      permissions: ['conversations.read'],
    }),
    sessions: async (viewer) => [{ sessionId: viewer.sessionId, startedAt: NOW, lastSeenAt: NOW, current: true }],
    revokeSession: async (viewer, sessionId) => note('revokeSession', [viewer, sessionId], OK),
    tokens: async () => [{ tokenId: 't1', createdAt: NOW, expiresAt: NOW, lastUsedAt: null }],
    createToken: async (_viewer, days) => note('createToken', [days], { ok: true, token: 'api-token', expiresAt: NOW }),
    revokeToken: async (_viewer, tokenId) => note('revokeToken', [tokenId], OK),
    people: async (viewer) => officer(viewer, () => ({ people: [] })),
    colleagues: async () => [{ accountId: ids.account, name: shown('Ada'), role: 'agent' }],
    addPerson: async (viewer, input) => officer(viewer, () => note('addPerson', [input], { accountId: ids.account })),
    changeRole: async (_viewer, accountId, role) => note('changeRole', [accountId, role], { ok: false, status: 409, code: 'last-owner' }),
    removePerson: async (_viewer, accountId) => note('removePerson', [accountId], OK),
    channels: async () => ({ ok: true, channels: [] }),
    connectChannel: async (_viewer, input) => note('connectChannel', [input], { ok: true, channelId: ids.channel }),
    connectSimulator: async () => ({ ok: false, status: 502, code: 'simulator-unreachable' }),
    simulatorPage: async () => null,
    inbox: async (_viewer, query) => note('inbox', [query], { ok: true, ...inbox }),
    conversation: async (viewer, id, query) => note('conversation', [id, query], own(viewer, id, () => ({ conversation }))),
    contact: async (viewer, id) => own(viewer, id, () => ({ contact })),
    revealContact: async (viewer, id, purpose) => note('revealContact', [id, purpose], own(viewer, id, () => ({ contact }))),
    media: async (viewer, id) => own(viewer, id, () => answers.media),
    reply: async (_viewer, input) => {
      note('reply', [input], null);
      if (answers.reply instanceof Error) throw answers.reply;
      return input.conversationId === ids.otherConversation ? NOT_FOUND : answers.reply;
    },
    retry: async (_viewer, id) => note('retry', [id], OK),
    addNote: async (_viewer, input) => note('addNote', [input], OK),
    assign: async (_viewer, id, assignee) => note('assign', [id, assignee], OK),
    resolve: async (viewer, id) => note('resolve', [id], own(viewer, id, () => ({}))),
    reopen: async (_viewer, id) => note('reopen', [id], OK),
    markRead: async (_viewer, id) => note('markRead', [id], OK),
    audit: async (_viewer, query) => note('audit', [query], { ok: true, items: [], next: null, position: '7' }),
    erasures: async (viewer) => officer(viewer, () => ({ erasures: [erasure] })),
    contacts: async () => ({ ok: true, contacts: [contact], next: null }),
    previewErasure: async (viewer) => officer(viewer, () => ({ preview: { contact, counts, conversations: 1, confirmation: CERTIFICATE } })),
    erase: async (viewer, input) => officer(viewer, () => note('erase', [input], { erasureId: ids.erasure, salt: 'salt' })),
    erasure: async (viewer) => officer(viewer, () => ({ erasure })),
    certificate: async (viewer) => officer(viewer, () => ({ bytes: answers.certificate, fileName: 'EC-2026-0001.json' })),
  };
};

const fakeOperator = (note: Note, answers: Answers): Operator => ({
  organisations: async () => [{ tenant: ids.tenant, createdAt: NOW, sample: false }],
  addPerson: async (tenant, input) => note('operator.addPerson', [tenant, input], { ok: true, accountId: ids.account }),
  people: async (tenant) => note('operator.people', [tenant], [{ accountId: ids.account, role: 'owner' }]),
  createToken: async (email, days) => note('operator.createToken', [email, days], answers.token),
  setPassword: async (email, password) => note('operator.setPassword', [email, password], OK),
  erase: async (email, contactId, reason, onStep) => {
    note('operator.erase', [email, contactId, reason], null);
    for (const step of ['fenced', 'destroyed', 'completed']) onStep(step);
    return { ok: true, erasureId: ids.erasure, salt: 'salt', certificate: answers.certificate };
  },
  projections: async () => answers.projections,
  rebuild: async (projection, onProgress) => {
    note('operator.rebuild', [projection], null);
    onProgress(5n, 10n);
    onProgress(10n, 10n);
  },
  vkey: async (tenant) => `vconnect+${tenant.slice(0, 8)}+key`,
});

const contact: ContactCard = {
  contactId: ids.contact,
  name: shown('Grace'),
  phone: { state: 'value', text: '+20 ••• 67', masked: true },
  bsuid: absent,
  username: absent,
  startedAt: NOW,
  conversations: [{ conversationId: ids.conversation, status: 'open', lastAt: NOW }],
  erased: null,
};

const conversation: ConversationDetail = {
  conversationId: ids.conversation,
  contact,
  channel: { id: ids.channel, label: shown('Support'), state: 'live' },
  status: 'open',
  assignee: null,
  windowUntil: NOW,
  unread: 1,
  entries: [
    {
      entry: 'message',
      id: ids.message,
      at: NOW,
      direction: 'in',
      author: null,
      kind: 'text',
      text: shown('Hello'),
      quote: null,
      media: null,
      state: null,
      reached: {},
      failure: null,
      erased: null,
    },
    { entry: 'chip', id: 'chip', at: NOW, chip: 'erased', actor: { kind: 'machine', part: 'erasure' }, assignee: null, certificate: CERTIFICATE },
  ],
  earlier: null,
  position: '7',
};

const inbox: InboxPage = {
  items: [
    {
      conversationId: ids.conversation,
      contactId: ids.contact,
      channel: { id: ids.channel, label: shown('Support') },
      status: 'open',
      name: shown('Grace'),
      assignee: null,
      lastAt: NOW,
      preview: { from: 'customer', kind: 'text', text: { state: 'erased', certificate: CERTIFICATE, at: NOW }, state: null },
      unread: 1,
      windowUntil: null,
      erased: null,
    },
  ],
  next: null,
  counts: { mine: 0, unassigned: 1, open: 1, resolved: 0 },
};

const counts = { message: 1, profile: 1, media: 0, note: 0, ai: 0, audit: 0, credential: 0 } as const;

const erasure: ErasureDetail = {
  erasureId: ids.erasure,
  contactId: ids.contact,
  certificate: CERTIFICATE,
  reason: 'consent-withdrawn',
  requestedBy: null,
  counts,
  step: 'completed',
  reached: { requested: NOW, completed: NOW },
  removed: { payloads: 2, mediaFiles: 0, identityRows: 2, streamsClosed: 2 },
  verified: { tried: 2, opened: 0, scannedFiles: 3, scannedBytes: 4, hits: 0 },
  vkey: 'vconnect+00000000+key',
  statement: { stage: 'executed' },
};
