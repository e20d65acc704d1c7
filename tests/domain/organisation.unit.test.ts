import { describe, it } from 'vitest';
import type { PublicBytes } from '#domain/ids.ts';
import { parsePublicBytes } from '#domain/ids.ts';
import type { Role } from '#domain/message.ts';
import { organisationDecider } from '#domain/organisation/decider.ts';
import type { OrganisationEvent } from '#domain/organisation/events.ts';
import { plain } from '#domain/personal.ts';
import { deciderSpec } from '#tests/support/decider-spec.ts';
import { minute, sampleId } from '#tests/support/sample.ts';

type Event = OrganisationEvent<'plain'>;
const organisationId = sampleId<'tenant'>(1);
const owner = sampleId<'account'>(10);
const other = sampleId<'account'>(11);
const at = minute(5);
const key = (text: string): PublicBytes => parsePublicBytes(text) ?? key('AAAA');

const created: Event = {
  type: 'OrganisationCreated',
  data: { organisationId, createdAt: minute(0), sample: false },
  personal: { name: plain('Nile') },
};
const added = (accountId = owner, role: Role = 'owner'): Event => ({
  type: 'MemberAdded',
  data: { organisationId, accountId, role, addedAt: minute(0) },
  personal: {},
});
const create = { type: 'CreateOrganisation', organisationId, name: plain('Nile'), owner, sample: false, at: minute(0) } as const;

const spec = deciderSpec(organisationDecider);
const byOwner = { byOwner: true };
const byAdmin = { byOwner: false };

describe('an organisation', () => {
  it('begins with its first owner', () => spec.given().when(create, byOwner).then(created, added()));
  it('is created once', () => spec.given(created, added()).when(create, byOwner).thenNothing());
  it('refuses to be created again for another owner', () =>
    spec
      .given(created, added())
      .when({ ...create, owner: other }, byOwner)
      .thenRefused('conflict', 'organisation-exists'));

  it.each([
    { type: 'PublishSigningKey', publicKey: key('AAAA') },
    { type: 'AddMember', accountId: other, role: 'agent' },
    { type: 'ChangeMemberRole', accountId: other, role: 'agent' },
    { type: 'RemoveMember', accountId: other },
  ] as const)('refuses $type before it exists', (command) =>
    spec
      .given()
      .when({ ...command, at }, byOwner)
      .thenRefused('conflict', 'organisation-unknown'),
  );

  describe('publishing its key', () => {
    const published = (text: string, time = at): Event => ({
      type: 'SigningKeyPublished',
      data: { organisationId, publicKey: key(text), publishedAt: time },
      personal: {},
    });
    it('makes it known', () =>
      spec
        .given(created)
        .when({ type: 'PublishSigningKey', publicKey: key('AAAA'), at }, byOwner)
        .then(published('AAAA')));
    it('says nothing of the same key', () =>
      spec
        .given(created, published('AAAA'))
        .when({ type: 'PublishSigningKey', publicKey: key('AAAA'), at }, byOwner)
        .thenNothing());
    it('replaces it by another', () =>
      spec
        .given(created, published('AAAA'))
        .when({ type: 'PublishSigningKey', publicKey: key('BBBB'), at }, byOwner)
        .then(published('BBBB')));
  });

  describe('adding a member', () => {
    const add = (role: Role) => ({ type: 'AddMember', accountId: other, role, at }) as const;
    it('adds', () =>
      spec
        .given(created, added())
        .when(add('agent'), byAdmin)
        .then({ type: 'MemberAdded', data: { organisationId, accountId: other, role: 'agent', addedAt: at }, personal: {} }));
    it('adds once', () => spec.given(created, added(), added(other, 'agent')).when(add('agent'), byAdmin).thenNothing());
    it('refuses another role for a member', () =>
      spec.given(created, added(), added(other, 'agent')).when(add('dpo'), byOwner).thenRefused('conflict', 'already-member'));
    it('lets only an owner make an owner', () =>
      spec.given(created, added()).when(add('owner'), byAdmin).thenRefused('forbidden', 'owner-only'));
  });

  describe('changing a role', () => {
    const change = (accountId: typeof owner, role: Role) => ({ type: 'ChangeMemberRole', accountId, role, at }) as const;
    const changed = (accountId: typeof owner, role: Role): Event => ({
      type: 'MemberRoleChanged',
      data: { organisationId, accountId, role, changedAt: at },
      personal: {},
    });
    it('changes it', () =>
      spec.given(created, added(), added(other, 'agent')).when(change(other, 'dpo'), byAdmin).then(changed(other, 'dpo')));
    it('says nothing of the same role', () => spec.given(created, added()).when(change(owner, 'owner'), byAdmin).thenNothing());
    it('refuses a stranger', () =>
      spec.given(created, added()).when(change(other, 'dpo'), byOwner).thenRefused('conflict', 'member-unknown'));
    it('refuses to demote the last owner', () =>
      spec.given(created, added()).when(change(owner, 'admin'), byOwner).thenRefused('conflict', 'last-owner'));
    it('demotes one of two owners', () =>
      spec.given(created, added(), added(other)).when(change(owner, 'admin'), byOwner).then(changed(owner, 'admin')));
    it('refuses to demote the one who became the last owner', () =>
      spec
        .given(created, added(), added(other), changed(owner, 'admin'))
        .when(change(other, 'agent'), byOwner)
        .thenRefused('conflict', 'last-owner'));
    it('lets only an owner promote to owner', () =>
      spec.given(created, added(), added(other, 'admin')).when(change(other, 'owner'), byAdmin).thenRefused('forbidden', 'owner-only'));
    it('lets only an owner demote an owner', () =>
      spec.given(created, added(), added(other)).when(change(owner, 'agent'), byAdmin).thenRefused('forbidden', 'owner-only'));
  });

  describe('removing a member', () => {
    const remove = (accountId: typeof owner) => ({ type: 'RemoveMember', accountId, at }) as const;
    const removed = (accountId: typeof owner): Event => ({
      type: 'MemberRemoved',
      data: { organisationId, accountId, removedAt: at },
      personal: {},
    });
    it('removes', () => spec.given(created, added(), added(other, 'agent')).when(remove(other), byAdmin).then(removed(other)));
    it('removes once', () =>
      spec.given(created, added(), added(other, 'agent'), removed(other)).when(remove(other), byAdmin).thenNothing());
    it('refuses to remove the last owner', () =>
      spec.given(created, added()).when(remove(owner), byOwner).thenRefused('conflict', 'last-owner'));
    it('lets only an owner remove an owner', () =>
      spec.given(created, added(), added(other)).when(remove(owner), byAdmin).thenRefused('forbidden', 'owner-only'));
  });
});
