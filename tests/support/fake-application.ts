import type { MessageId } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import type { HealthReport, Operator, WebhookAnswer } from '#infra/app/product.ts';
import type { Comparison } from '#infra/projector/compare.ts';
import type { ProjectionStatus } from '#infra/projector/watch.ts';
import type { Application } from '#projections/application.ts';
import type { Done, Viewer } from '#projections/shown.ts';
import { dashboardAnswer } from './web-fixture-dashboard.ts';
import { dataMapAnswer, systemAnswer } from './web-fixture-system.ts';
import { at, CERTIFICATE, contact, conversation, counts, erasure, ids, inbox, NOW, shown } from './fake-values.ts';

/** What the next calls answer. */
export type Answers = {
  webhook: WebhookAnswer | Error;
  health: HealthReport;
  reply: Done<{ readonly messageId: MessageId; readonly position: string }> | Error;
  media: { readonly bytes: Uint8Array; readonly type: string; readonly fileName: string | null };
  certificate: Uint8Array;
  projections: readonly ProjectionStatus[];
  comparison: Comparison;
  start: Error | null;
  event: Awaited<ReturnType<Operator['examineEvent']>>;
  examination: Awaited<ReturnType<Operator['examineErasure']>>;
  token: Done<{ readonly token: string; readonly expiresAt: string }>;
};

export type Note = <T>(name: string, args: readonly unknown[], value: T) => T;
export type Fake = {
  readonly sessions: Map<string, Viewer>;
  readonly note: Note;
  readonly answers: Answers;
  readonly signIn: (role: Role) => string;
};

const NOT_FOUND = { ok: false, status: 404, code: 'not-found' } as const;
const FORBIDDEN = { ok: false, status: 403, code: 'forbidden' } as const;
export const OK = { ok: true } as const;

export const fakeApplication = ({ sessions, note, answers, signIn }: Fake): Application => {
  const own = <T>(viewer: Viewer, id: string, value: () => T): Done<T> | typeof NOT_FOUND =>
    viewer.tenant === ids.tenant && id !== ids.otherConversation ? { ok: true, ...value() } : NOT_FOUND;
  const officer = <T>(viewer: Viewer, value: () => T): Done<T> =>
    viewer.role === 'dpo' || viewer.role === 'owner' ? { ok: true, ...value() } : FORBIDDEN;
  const managers = <T>(viewer: Viewer, value: () => T): Done<T> =>
    viewer.role === 'admin' || viewer.role === 'owner' ? { ok: true, ...value() } : FORBIDDEN;
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
    search: async (_viewer, term) => note('search', [term], { ok: true, items: inbox.items, by: 'name', more: false }),
    conversation: async (viewer, id, query) =>
      note(
        'conversation',
        [id, query],
        own(viewer, id, () => ({ conversation })),
      ),
    contact: async (viewer, id) => own(viewer, id, () => ({ contact })),
    revealContact: async (viewer, id, purpose) =>
      note(
        'revealContact',
        [id, purpose],
        own(viewer, id, () => ({ contact })),
      ),
    media: async (viewer, id) => own(viewer, id, () => answers.media),
    reply: async (_viewer, input) => {
      note('reply', [input], null);
      if (answers.reply instanceof Error) throw answers.reply;
      return input.conversationId === ids.otherConversation ? NOT_FOUND : answers.reply;
    },
    retry: async (_viewer, id) => note('retry', [id], OK),
    addNote: async (_viewer, input) => note('addNote', [input], OK),
    assign: async (_viewer, id, assignee) => note('assign', [id, assignee], OK),
    resolve: async (viewer, id) =>
      note(
        'resolve',
        [id],
        own(viewer, id, () => ({})),
      ),
    reopen: async (_viewer, id) => note('reopen', [id], OK),
    markRead: async (_viewer, id) => note('markRead', [id], OK),
    audit: async (_viewer, query) => note('audit', [query], { ok: true, items: [], next: null, position: '7' }),
    dashboard: async (_viewer, days) => note('dashboard', [days], { ok: true, ...dashboardAnswer(days, Date.parse(NOW)) }),
    dataMap: async (viewer) => officer(viewer, dataMapAnswer),
    erasures: async (viewer) => officer(viewer, () => ({ erasures: [erasure] })),
    contacts: async () => ({ ok: true, contacts: [contact], next: null }),
    previewErasure: async (viewer) =>
      officer(viewer, () => ({ preview: { contact, counts, conversations: 1, confirmation: CERTIFICATE } })),
    erase: async (viewer, input) => officer(viewer, () => note('erase', [input], { erasureId: ids.erasure, salt: 'salt' })),
    erasure: async (viewer) => officer(viewer, () => ({ erasure })),
    systemStatus: async (viewer) => managers(viewer, () => systemAnswer(Date.parse(NOW))),
    replayParked: async (viewer, projection, stream) =>
      managers(viewer, () => note('replayParked', [projection, stream], { outcome: 'caught-up' })),
    preparing: async () => null,
    certificate: async (viewer) => officer(viewer, () => ({ bytes: answers.certificate, fileName: 'EC-2026-0001.json' })),
  };
};
