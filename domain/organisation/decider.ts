import { accept, type At, type Decider, type Decision, nothing, refuse } from '../decider.ts';
import type { AccountId, PublicBytes, TenantId } from '../ids.ts';
import type { Role } from '../message.ts';
import type { OrganisationCommand, OrganisationFacts } from './commands.ts';
import type { OrganisationEvent } from './events.ts';

export type OrganisationState =
  | { readonly kind: 'none' }
  | {
      readonly kind: 'exists';
      readonly organisationId: TenantId;
      readonly publicKey: PublicBytes | null;
      readonly members: ReadonlyMap<AccountId, Role>;
    };

type Existing = Extract<OrganisationState, { kind: 'exists' }>;
type Command<T extends OrganisationCommand['type']> = Extract<OrganisationCommand, { type: T }> & At;
type Events = Decision<OrganisationEvent<'plain'>>;

const create = (state: OrganisationState, command: Command<'CreateOrganisation'>): Events => {
  const { organisationId, name, owner, sample, at } = command;
  if (state.kind === 'exists') return state.members.get(owner) === 'owner' ? nothing() : refuse('conflict', 'organisation-exists');
  return accept<OrganisationEvent<'plain'>>(
    { type: 'OrganisationCreated', data: { organisationId, createdAt: at, sample }, personal: { name } },
    { type: 'MemberAdded', data: { organisationId, accountId: owner, role: 'owner', addedAt: at }, personal: {} },
  );
};

const publishKey = (state: Existing, { publicKey, at }: Command<'PublishSigningKey'>): Events => {
  if (state.publicKey === publicKey) return nothing();
  return accept({ type: 'SigningKeyPublished', data: { organisationId: state.organisationId, publicKey, publishedAt: at }, personal: {} });
};

const addMember = (state: Existing, { accountId, role, at }: Command<'AddMember'>, { byOwner }: OrganisationFacts): Events => {
  const known = state.members.get(accountId);
  if (known !== undefined) return known === role ? nothing() : refuse('conflict', 'already-member');
  if (role === 'owner' && !byOwner) return refuse('forbidden', 'owner-only');
  return accept({ type: 'MemberAdded', data: { organisationId: state.organisationId, accountId, role, addedAt: at }, personal: {} });
};

const changeRole = (state: Existing, { accountId, role, at }: Command<'ChangeMemberRole'>, { byOwner }: OrganisationFacts): Events => {
  const known = state.members.get(accountId);
  if (known === undefined) return refuse('conflict', 'member-unknown');
  if (known === role) return nothing();
  if ((known === 'owner' || role === 'owner') && !byOwner) return refuse('forbidden', 'owner-only');
  if (isLastOwner(state, accountId)) return refuse('conflict', 'last-owner');
  return accept({
    type: 'MemberRoleChanged',
    data: { organisationId: state.organisationId, accountId, role, changedAt: at },
    personal: {},
  });
};

const removeMember = (state: Existing, { accountId, at }: Command<'RemoveMember'>, { byOwner }: OrganisationFacts): Events => {
  const known = state.members.get(accountId);
  if (known === undefined) return nothing();
  if (known === 'owner' && !byOwner) return refuse('forbidden', 'owner-only');
  if (isLastOwner(state, accountId)) return refuse('conflict', 'last-owner');
  return accept({ type: 'MemberRemoved', data: { organisationId: state.organisationId, accountId, removedAt: at }, personal: {} });
};

/** An organisation without an owner could never be managed again. */
const isLastOwner = (state: Existing, accountId: AccountId): boolean =>
  state.members.get(accountId) === 'owner' && [...state.members.values()].filter((role) => role === 'owner').length === 1;

const decide = (state: OrganisationState, command: OrganisationCommand & At, facts: OrganisationFacts): Events => {
  if (command.type === 'CreateOrganisation') return create(state, command);
  if (state.kind === 'none') return refuse('conflict', 'organisation-unknown');
  switch (command.type) {
    case 'PublishSigningKey':
      return publishKey(state, command);
    case 'AddMember':
      return addMember(state, command, facts);
    case 'ChangeMemberRole':
      return changeRole(state, command, facts);
    case 'RemoveMember':
      return removeMember(state, command, facts);
  }
};

const evolve = (state: OrganisationState, event: OrganisationEvent<'sealed'>): OrganisationState => {
  if (event.type === 'OrganisationCreated') {
    return { kind: 'exists', organisationId: event.data.organisationId, publicKey: null, members: new Map() };
  }
  if (state.kind === 'none') return state;
  switch (event.type) {
    case 'SigningKeyPublished':
      return { ...state, publicKey: event.data.publicKey };
    case 'MemberAdded':
    case 'MemberRoleChanged':
      return { ...state, members: new Map(state.members).set(event.data.accountId, event.data.role) };
    case 'MemberRemoved':
      return { ...state, members: new Map([...state.members].filter(([accountId]) => accountId !== event.data.accountId)) };
  }
};

export const organisationDecider: Decider<
  OrganisationState,
  OrganisationCommand & At,
  OrganisationFacts,
  OrganisationEvent<'plain'>,
  OrganisationEvent<'sealed'>
> = { category: 'organisation', initial: { kind: 'none' }, decide, evolve };
