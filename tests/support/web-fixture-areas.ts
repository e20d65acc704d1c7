// The rest of the application for pages beyond the inbox: sign-in, setup, trail, erasure, people, numbers, account.
// By hand: `node tests/support/web-fixture-areas.ts 4311 [setup]`, then open the printed address with the printed cookie.
import { parseId } from '#domain/ids.ts';
import type { Application } from '#projections/application.ts';
import type { ChannelItem, ContactCard, SessionItem, SignedIn, TokenItem } from '#projections/pages.ts';
import type { Permission, PersonDetail, Refused, Viewer } from '#projections/shown.ts';
import { serveWeb } from './serve-web.ts';
import { absent, colleagues, day, full, hour, id, masked, minute, mona, time } from './web-fixture-data.ts';
import { dashboardFixture } from './web-fixture-dashboard.ts';
import { erasureFixture } from './web-fixture-erasure.ts';
import { buildingFixture, systemFixture } from './web-fixture-system.ts';
import { trailItems } from './web-fixture-trail.ts';
import { webFixture, type WebFixture } from './web-fixture.ts';

const notHere: Refused = { ok: false, status: 404, code: 'not-found' };
const names = ['Nadia K', 'Omar S', 'Lukas B', 'Hessa M', 'Fatma A', 'Yousef H', 'Clara W', 'Nour E'].map((name) => `${name}•••••`);

type Options = Readonly<{
  setup?: boolean;
  permissions?: readonly Permission[];
  role?: Viewer['role'];
  stepMs?: number;
  now?: number;
  quiet?: boolean;
  /** The lists are being prepared, and this far. */
  building?: number;
}>;

export function areaFixture({
  setup = false,
  permissions,
  role = 'owner',
  stepMs = 900,
  now = Date.now(),
  quiet = false,
  building,
}: Options = {}): WebFixture {
  const base = webFixture({ now, ...(permissions === undefined ? {} : { permissions }) });
  const viewer: Viewer = { sessionId: id(1), accountId: mona.accountId, tenant: id(2), role };
  const listeners: ((views: readonly { name: string; id?: string }[]) => void)[] = [];
  const tell = (...views: readonly { name: string; id?: string }[]) => {
    for (const listener of listeners) listener(views);
  };
  const signedIn: SignedIn = { token: 'fixture', expiresAt: time(now + day), viewer };
  const detail = (index: number): PersonDetail => {
    const person = colleagues[index] ?? mona;
    return {
      ...person,
      role: index === 0 ? role : person.role,
      email: full(`${['mona', 'karim', 'tom', 'lina'][index] ?? 'x'}@marsa.example`),
      addedAt: time(now - (90 - index * 7) * day),
    };
  };
  const cards = new Map<string, ContactCard>(
    names.map((name, index) => {
      const contactId = id<'contact'>(500_000 + index);
      const conversations = [
        { conversationId: id<'conversation'>(1000 + index), status: 'open' as const, lastAt: time(now - index * 5 * hour) },
        { conversationId: id<'conversation'>(1900 + index), status: 'resolved' as const, lastAt: time(now - 41 * day) },
      ];
      return [
        contactId,
        {
          contactId,
          name: masked(name),
          phone: index === 3 ? absent : masked('+20 •• •••• ••42'),
          bsuid: masked('EG.•••••4f2a'),
          username: index === 3 ? masked('@sa•••••') : absent,
          startedAt: time(now - (600 - index * 50) * day),
          conversations,
          erased: null,
        },
      ];
    }),
  );
  const erased = (contactId: string, erasureId: ContactCard['erased']) => {
    const card = cards.get(contactId);
    if (card !== undefined && erasureId !== null) {
      const value = { state: 'erased' as const, certificate: erasureId.certificate, at: erasureId.at };
      cards.set(contactId, { ...card, name: value, phone: value, bsuid: value, username: value, erased: erasureId });
    }
  };
  erased(id(500_006), { erasureId: id(7), certificate: 'EC-2026-0147' as never, at: time(now - 3 * day) });

  let people = colleagues.map((_, index) => detail(index));
  let needsSetup = setup;
  let sessions: SessionItem[] = [
    { sessionId: id(1), startedAt: time(now - 3 * hour), lastSeenAt: time(now), current: true },
    { sessionId: id(0xab12cd), startedAt: time(now - 9 * day), lastSeenAt: time(now - 2 * day), current: false },
  ];
  let tokens: TokenItem[] = [
    { tokenId: '0af31c9d2e', createdAt: time(now - 20 * day), expiresAt: time(now + 10 * day), lastUsedAt: time(now - hour) },
  ];
  const channel = (n: number, rest: Partial<ChannelItem>): ChannelItem => ({
    channelId: id(n),
    provider: 'meta',
    label: full('Cairo'),
    displayNumber: full('+20 2 5550 1000'),
    state: 'live',
    stopped: null,
    webhookUrl: `https://connect.marsa.example/webhooks/whatsapp/${id(n)}`,
    verifyToken: full('vt_9f2c4177b0e2d551d093ce08af'),
    connectedAt: time(now - 30 * day),
    ...rest,
  });
  const channels: ChannelItem[] = setup
    ? []
    : [
        channel(50, {}),
        channel(51, { label: full('Dubai'), state: 'stopped', stopped: { reason: 'token', providerCode: 190 } }),
        channel(52, { label: full('Simulator'), provider: 'simulator', displayNumber: full('+1 555 010 0001') }),
        channel(53, { label: full('Berlin'), state: 'waiting' }),
      ];
  const trail = trailItems(now);

  const areas: Partial<Application> = {
    ...erasureFixture({
      tenant: viewer.tenant,
      contact: (contactId) => cards.get(contactId),
      markErased: (contactId, { erasureId, certificate }) => {
        erased(contactId, { erasureId, certificate, at: time(Date.now()) });
        tell({ name: 'contact', id: contactId });
      },
      tell: (erasureId) => {
        tell({ name: 'erasure', id: erasureId }, { name: 'audit', id: `${String(Date.now())}.0` });
      },
      stepMs,
    }),
    needsSetup: () => Promise.resolve(needsSetup),
    setUp: (input) => {
      if (input.organisation === 'taken') return Promise.resolve({ ok: false, status: 409, code: 'already-set-up' });
      needsSetup = false;
      return Promise.resolve({ ok: true, ...signedIn });
    },
    signIn: ({ password }) =>
      Promise.resolve(
        password === 'right horse battery'
          ? { ok: true, ...signedIn }
          : { ok: false, status: 401, code: password === 'locked' ? 'account-locked' : 'wrong-credentials' },
      ),
    me: (given) => base.application.me(given).then((me) => ({ ...me, person: detail(0) })),
    sessions: () => Promise.resolve(sessions),
    revokeSession: (_viewer, sessionId) => {
      sessions = sessions.filter((one) => one.sessionId !== sessionId);
      return Promise.resolve({ ok: true });
    },
    tokens: () => Promise.resolve(tokens),
    createToken: (_viewer, days) => {
      const expiresAt = time(Date.now() + days * day);
      tokens = [...tokens, { tokenId: '7f2c19aa01', createdAt: time(Date.now()), expiresAt, lastUsedAt: null }];
      return Promise.resolve({ ok: true, token: 'vc_51d093ce08af9c4177b0e2d5f00dcafe51d093ce', expiresAt });
    },
    revokeToken: (_viewer, tokenId) => {
      tokens = tokens.filter((one) => one.tokenId !== tokenId);
      return Promise.resolve({ ok: true });
    },
    people: () => Promise.resolve({ ok: true, people }),
    addPerson: (_viewer, input) => {
      if (input.email === 'taken@marsa.example') return Promise.resolve({ ok: false, status: 409, code: 'email-taken' });
      const accountId = id<'account'>(300 + people.length);
      people = [...people, { accountId, name: full(input.name), role: input.role, email: full(input.email), addedAt: time(Date.now()) }];
      return Promise.resolve({ ok: true, accountId });
    },
    changeRole: (_viewer, accountId, next) => {
      if (people.find((one) => one.accountId === accountId)?.role === 'owner')
        return Promise.resolve({ ok: false, status: 409, code: 'last-owner' });
      people = people.map((one) => (one.accountId === accountId ? { ...one, role: next } : one));
      return Promise.resolve({ ok: true });
    },
    removePerson: (_viewer, accountId) => {
      if (people.find((one) => one.accountId === accountId)?.role === 'owner')
        return Promise.resolve({ ok: false, status: 409, code: 'last-owner' });
      people = people.filter((one) => one.accountId !== accountId);
      return Promise.resolve({ ok: true });
    },
    channels: () => Promise.resolve({ ok: true, channels }),
    connectChannel: (_viewer, { label, accessToken }) => {
      if (accessToken === 'refuse') return Promise.resolve({ ok: false, status: 422, code: 'token-refused' });
      const made = channel(60 + channels.length, { label: full(label), state: 'waiting' });
      channels.push(made);
      return Promise.resolve({ ok: true, channelId: made.channelId });
    },
    connectSimulator: () => {
      const made = channel(61 + channels.length, { label: full('Simulator'), provider: 'simulator' });
      channels.push(made);
      return Promise.resolve({ ok: true, channelId: made.channelId, phonePage: 'http://127.0.0.1:8090/' });
    },
    contact: (_viewer, contactId) => {
      const contact = cards.get(contactId);
      return Promise.resolve(contact === undefined ? notHere : { ok: true, contact });
    },
    revealContact: (_viewer, contactId, purpose) => {
      const contact = cards.get(contactId);
      if (contact === undefined) return Promise.resolve(notHere);
      if (purpose === 'investigate' && role === 'agent') return Promise.resolve({ ok: false, status: 403, code: 'purpose' });
      return Promise.resolve({
        ok: true,
        contact: { ...contact, name: full('Nadia Kamal'), phone: full('+20 10 0555 0142'), bsuid: full('EG.91358824f2a') },
      });
    },
    ...dashboardFixture(quiet, now),
    ...systemFixture(quiet, now),
    ...(building === undefined ? {} : buildingFixture(building)),
    contacts: (_viewer, { after }) =>
      Promise.resolve({ ok: true, contacts: after === undefined ? [...cards.values()] : [], next: after === undefined ? 'more' : null }),
    audit: (_viewer, { kind, actor, subject, from, to, after, limit = 100 }) => {
      const all = trail.filter(
        (item) =>
          (kind === undefined || item.kind === kind) &&
          (actor === undefined || (item.actor.kind === 'person' && item.actor.person.accountId === actor)) &&
          (subject === undefined || item.subject?.id === subject) &&
          (from === undefined || item.at >= from) &&
          (to === undefined || item.at <= to),
      );
      const at = Number(after ?? 0);
      const pageOf = Math.min(limit, 30);
      return Promise.resolve({
        ok: true,
        items: all.slice(at, at + pageOf),
        next: at + pageOf < all.length ? String(at + pageOf) : null,
        position: '48911',
      });
    },
  };

  return {
    ...base,
    application: { ...base.application, ...areas },
    onChange: (listener) => {
      base.onChange(listener);
      listeners.push(listener);
    },
  };
}

if (process.argv[1] === import.meta.filename) {
  const [port, mode, role] = [process.argv[2], process.argv[3], process.argv[4]];
  const reader =
    mode === 'auditor'
      ? { permissions: ['audit.read', 'privacy.read', 'people.read', 'tokens.manage'] as const, role: 'auditor' as const }
      : {};
  const fixture = areaFixture({ setup: mode === 'setup', ...reader });
  if (mode === 'live')
    setInterval(() => {
      fixture.receive(1001, `at ${role ?? ''}`);
    }, minute).unref();
  const { url } = await serveWeb(fixture, Number(port ?? 0));
  process.stdout.write(`${url} with the cookie vc_session=${fixture.token} ${parseId(id(1)) ?? ''}\n`);
}
