import type { AccountId, TenantId } from '#domain/ids.ts';
import type { OrganisationCommand } from '#domain/organisation/commands.ts';
import { ACCOUNT, type AccountView } from '#projections/account/view.ts';
import type { Application } from '#projections/application.ts';
import type { Done, PersonDetail, Shown, Viewer } from '#projections/shown.ts';
import { MEMBER, type MemberView, ORGANISATION, type OrganisationView } from '#projections/organisation/view.ts';
import { forbidden, may, notFound, permissionsOf } from './access.ts';
import { MAX_TOKEN_DAYS } from './accounts.ts';
import { organisationAggregate } from './aggregates.ts';
import { type App, settled } from './app.ts';
import { timeAt, viewerContext } from './context.ts';
import { colleaguesById, membersOf } from './pages/people.ts';
import { answerOf } from './refused.ts';

type People = Pick<
  Application,
  | 'me'
  | 'people'
  | 'colleagues'
  | 'addPerson'
  | 'changeRole'
  | 'removePerson'
  | 'sessions'
  | 'revokeSession'
  | 'tokens'
  | 'createToken'
  | 'revokeToken'
>;
const ABSENT: Shown = { state: 'absent' };

export const memberCommands = (app: App): People => ({
  me: async (viewer) => {
    const organisation = await app.views.get<OrganisationView>(ORGANISATION, viewer.tenant);
    const [name] = await app.reveal.labels([organisation?.name ?? null]);
    const [person] = await detailsOf(app, viewer, [viewer.accountId], 'know-colleagues');
    return {
      person: person ?? {
        accountId: viewer.accountId,
        name: ABSENT,
        email: ABSENT,
        role: viewer.role,
        addedAt: organisation?.createdAt ?? EPOCH,
      },
      organisation: { id: viewer.tenant, name: name ?? ABSENT, sample: organisation?.sample ?? false },
      permissions: permissionsOf(viewer.role),
    };
  },
  people: async (viewer) => {
    if (!may(viewer, 'people.read')) return forbidden;
    const members = await membersOf(app, viewer.tenant);
    return {
      ok: true,
      people: await detailsOf(
        app,
        viewer,
        members.map((member) => member.accountId),
        'manage-people',
      ),
    };
  },
  colleagues: async (viewer) => {
    const members = (await membersOf(app, viewer.tenant)).filter((member) => permissionsOf(member.role).includes('conversations.answer'));
    return [
      ...(
        await colleaguesById(
          app,
          viewer,
          members.map((member) => member.accountId),
        )
      ).values(),
    ];
  },
  addPerson: async (viewer, { name, email, role, password }) => {
    if (!may(viewer, 'people.manage')) return forbidden;
    // Before the account is made: its address could not be used again.
    if (role === 'owner' && viewer.role !== 'owner') return { ok: false, status: 403, code: 'owner-only' };
    const registered = await app.accounts.register({ name, email, password }, 'setup');
    if (!registered.ok) return registered;
    const added = await change(app, viewer, { type: 'AddMember', accountId: registered.accountId, role });
    return added.ok ? { ok: true, accountId: registered.accountId } : added;
  },
  changeRole: (viewer, accountId, role) => managed(app, viewer, { type: 'ChangeMemberRole', accountId, role }),
  removePerson: async (viewer, accountId) => {
    const removed = await managed(app, viewer, { type: 'RemoveMember', accountId });
    if (removed.ok) for (const { sessionId } of app.sessions.of(accountId, viewer.tenant)) app.sessions.end(sessionId);
    return removed;
  },
  sessions: (viewer) =>
    Promise.resolve(
      own(app, viewer, 'session').map(({ sessionId, startedAt, lastSeenAt }) => ({
        sessionId,
        startedAt,
        lastSeenAt,
        current: sessionId === viewer.sessionId,
      })),
    ),
  revokeSession: async (viewer, sessionId) => {
    if (!own(app, viewer, 'session').some((record) => record.sessionId === sessionId)) return { ok: false, status: 404, code: 'not-found' };
    await app.accounts.signOut(viewer, sessionId, 'revoked');
    return { ok: true };
  },
  tokens: (viewer) =>
    Promise.resolve(
      own(app, viewer, 'token').map(({ sessionId, startedAt, expiresAt, lastSeenAt }) => ({
        tokenId: sessionId,
        createdAt: startedAt,
        expiresAt,
        lastUsedAt: lastSeenAt === startedAt ? null : lastSeenAt,
      })),
    ),
  createToken: (viewer, days) => {
    if (!may(viewer, 'tokens.manage')) return Promise.resolve(forbidden);
    if (!Number.isInteger(days) || days < 1 || days > MAX_TOKEN_DAYS)
      return Promise.resolve({ ok: false, status: 422, code: 'days-out-of-range' });
    return Promise.resolve({ ok: true, ...app.accounts.createToken(viewer.accountId, viewer.tenant, days) });
  },
  revokeToken: (viewer, tokenId) => {
    const record = own(app, viewer, 'token').find((each) => each.sessionId === tokenId);
    if (record === undefined) return Promise.resolve({ ok: false, status: 404, code: 'not-found' });
    app.sessions.end(record.sessionId);
    return Promise.resolve({ ok: true });
  },
});

const EPOCH = timeAt(0);

const own = (app: App, viewer: Viewer, kind: 'session' | 'token') =>
  app.sessions.of(viewer.accountId, viewer.tenant).filter((record) => record.kind === kind);

/** Of a member of the viewer's own organisation; anybody else's account is not found. */
const managed = async (
  app: App,
  viewer: Viewer,
  command: Extract<OrganisationCommand, { type: 'ChangeMemberRole' | 'RemoveMember' }>,
): Promise<Done> => {
  if (!may(viewer, 'people.manage')) return forbidden;
  const member = await app.views.get<MemberView>(MEMBER, `${viewer.tenant}:${command.accountId}`);
  return member?.state === 'member' ? change(app, viewer, command) : notFound;
};

const change = async (app: App, viewer: Viewer, command: OrganisationCommand): Promise<Done> => {
  const facts = { byOwner: viewer.role === 'owner' };
  return answerOf(
    await settled(app, await app.handler.handle(organisationAggregate, viewer.tenant, command, viewerContext(viewer), () => facts)),
  );
};

/** Members with their addresses, in the order asked for. */
const detailsOf = async (
  app: App,
  viewer: Viewer,
  ids: readonly AccountId[],
  purpose: 'know-colleagues' | 'manage-people',
): Promise<readonly PersonDetail[]> => {
  const accounts = await app.views.getMany<AccountView>(ACCOUNT, ids);
  const members = new Map((await membersOf(app, viewer.tenant)).map((member) => [member.accountId, member]));
  const shown = await app.reveal.show(
    viewer,
    purpose,
    ids.flatMap((id) => [
      { handle: accounts.get(id)?.name ?? null, mask: 'none' as const },
      { handle: accounts.get(id)?.email ?? null, mask: 'none' as const },
    ]),
  );
  return ids.flatMap((accountId, index) => {
    const member = members.get(accountId);
    if (member === undefined) return [];
    const at = (offset: number): Shown => (typeof shown === 'string' ? ABSENT : (shown[index * 2 + offset] ?? ABSENT));
    return [{ accountId, name: at(0), email: at(1), role: member.role, addedAt: member.addedAt }];
  });
};

export const organisationsOf = async (app: Pick<App, 'views'>): Promise<readonly OrganisationView[]> =>
  (await app.views.find<OrganisationView>(ORGANISATION, { where: {}, sort: { field: 'createdAt', direction: 'ascending' }, limit: 1_000 }))
    .items;

export const organisationOf = (app: Pick<App, 'views'>, tenant: TenantId): Promise<OrganisationView | null> =>
  app.views.get<OrganisationView>(ORGANISATION, tenant);
