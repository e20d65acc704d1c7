import type { AccountId, TenantId } from '#domain/ids.ts';
import type { Actor } from '#domain/message.ts';
import { ACCOUNT, type AccountView } from '#projections/account/view.ts';
import type { ActorShown, Person, Shown, Viewer } from '#projections/shown.ts';
import { MEMBER, type MemberView } from '#projections/organisation/view.ts';
import type { App } from '../app.ts';

const UNKNOWN: Shown = { state: 'unavailable', reason: 'unknown-person' };
/** Most people of an organisation that one page lists. */
const MAX_PEOPLE = 500;

/** Colleagues by account, with their names; those who left keep their name and the role they act with. */
export const colleaguesById = async (
  app: Pick<App, 'views' | 'reveal'>,
  viewer: Viewer,
  ids: Iterable<AccountId>,
): Promise<ReadonlyMap<AccountId, Person>> => {
  const wanted = [...new Set(ids)];
  if (wanted.length === 0) return new Map();
  const [accounts, members] = await Promise.all([
    app.views.getMany<AccountView>(ACCOUNT, wanted),
    app.views.getMany<MemberView>(
      MEMBER,
      wanted.map((id) => `${viewer.tenant}:${id}`),
    ),
  ]);
  // Accounts are shared between organisations: only people of this one are named.
  const known = wanted.filter((id) => accounts.has(id) && members.has(`${viewer.tenant}:${id}`));
  const names = await app.reveal.show(
    viewer,
    'know-colleagues',
    known.map((id) => ({ handle: accounts.get(id)?.name ?? null, mask: 'none' })),
  );
  return new Map(
    wanted.map((accountId) => {
      const at = known.indexOf(accountId);
      const name = typeof names === 'string' || at < 0 ? UNKNOWN : (names[at] ?? UNKNOWN);
      return [accountId, { accountId, name, role: members.get(`${viewer.tenant}:${accountId}`)?.role ?? 'agent' }];
    }),
  );
};

export const membersOf = async (app: App, tenant: TenantId): Promise<readonly MemberView[]> =>
  (
    await app.views.find<MemberView>(MEMBER, {
      where: { tenant, state: 'member' },
      sort: { field: 'addedAt', direction: 'ascending' },
      limit: MAX_PEOPLE,
    })
  ).items;

export const accountIdOf = (actor: Actor): AccountId | null => (actor.kind === 'account' ? actor.id : null);

export const actorShown = (actor: Actor, people: ReadonlyMap<AccountId, Person>): ActorShown => {
  switch (actor.kind) {
    case 'account':
      return { kind: 'person', person: people.get(actor.id) ?? { accountId: actor.id, name: UNKNOWN, role: actor.role } };
    case 'customer':
      return { kind: 'customer', contactId: actor.id };
    case 'machine':
      return { kind: 'machine', part: actor.part };
  }
};
