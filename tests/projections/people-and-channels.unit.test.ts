import { describe, expect, it } from 'vitest';
import { PLATFORM_TENANT } from '#domain/ids.ts';
import { accountProjection } from '#projections/account/project.ts';
import { ACCOUNT, type AccountView } from '#projections/account/view.ts';
import { channelProjection } from '#projections/channel/project.ts';
import { CHANNEL, type ChannelView } from '#projections/channel/view.ts';
import { contactProjection } from '#projections/contact/project.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { organisationProjection } from '#projections/organisation/project.ts';
import { MEMBER, type MemberView, ORGANISATION, type OrganisationView } from '#projections/organisation/view.ts';
import { documentAfter, logFrom, organisationId } from '#tests/support/projected.ts';
import { minute, sampleCertificate, sampleId } from '#tests/support/sample.ts';

type Entry = Parameters<typeof logFrom>[0][number];
const contactId = sampleId<'contact'>(2);
const channelId = sampleId<'channel'>(3);
const conversationId = sampleId<'conversation'>(1);
const accountId = sampleId<'account'>(10);

describe('a contact', () => {
  const of = (type: string, data: object, personal = {}): Entry => [
    { category: 'contact', id: contactId },
    { type, data: { contactId, ...data }, personal },
  ];
  const started = of('ContactStarted', { channelId, startedAt: minute(0) }, { profileName: true, bsuid: true });
  const conversation: Entry = [
    { category: 'conversation', id: conversationId },
    { type: 'ConversationStarted', data: { conversationId, contactId, channelId, startedAt: minute(0) } },
  ];
  const view = (...events: readonly Entry[]) => documentAfter<ContactView>(contactProjection, logFrom(events), CONTACT, contactId);

  it('holds handles of what is known, and its conversations', async () => {
    expect(await view(started, conversation)).toMatchObject({
      contactId,
      phone: null,
      profileName: { field: 'profileName', subject: contactId, class: 'profile', period: 'static' },
      conversations: [conversationId],
      erased: null,
    });
  });
  it('takes what changed and keeps the rest', async () => {
    const before = await view(started);
    const after = await view(started, of('ContactProfileChanged', { changedAt: minute(5) }, { phone: true }));
    expect(after?.phone).toMatchObject({ schema: 'ContactProfileChanged/v1' });
    expect(after?.profileName?.event).toEqual(before?.profileName?.event);
  });
  it('knows its conversation in either order', async () =>
    expect(await view(conversation, started)).toMatchObject({ conversations: [conversationId], channelId }));
  it('holds no handle once erased', async () => {
    const gone = of('ContactErased', { erasureId: sampleId<'erasure'>(4), certificate: sampleCertificate, erasedAt: minute(9) });
    const shown = await view(started, conversation, gone);
    expect(shown).toMatchObject({ conversations: [conversationId], erased: { certificate: sampleCertificate, at: minute(9) } });
    expect(JSON.stringify(shown)).not.toContain('"ref"');
  });
});

describe('an organisation and its members', () => {
  const of = (type: string, data: object, personal = {}): Entry => [
    { category: 'organisation', id: organisationId },
    { type, data: { organisationId, ...data }, personal },
  ];
  const created = of('OrganisationCreated', { createdAt: minute(0), sample: true }, { name: true });
  const added = of('MemberAdded', { accountId, role: 'agent', addedAt: minute(1) });
  const member = (...events: readonly Entry[]) =>
    documentAfter<MemberView>(organisationProjection, logFrom(events), MEMBER, `${organisationId}:${accountId}`);

  it('holds its name as a handle, and its key', async () => {
    const log = logFrom([created, of('SigningKeyPublished', { publicKey: 'AAAA', publishedAt: minute(1) })]);
    expect(await documentAfter<OrganisationView>(organisationProjection, log, ORGANISATION, organisationId)).toMatchObject({
      sample: true,
      publicKey: 'AAAA',
      name: { subject: organisationId },
    });
  });
  it('knows members and their roles', async () => {
    expect(await member(created, added)).toEqual({ tenant: organisationId, accountId, role: 'agent', addedAt: minute(1), state: 'member' });
    expect(await member(created, added, of('MemberRoleChanged', { accountId, role: 'dpo', changedAt: minute(2) }))).toMatchObject({
      role: 'dpo',
      addedAt: minute(1),
    });
  });
  it('keeps who was removed as having left, so that the trail can go on naming them', async () =>
    expect(await member(created, added, of('MemberRemoved', { accountId, removedAt: minute(2) }))).toMatchObject({
      accountId,
      state: 'left',
    }));
});

describe('an account', () => {
  const of = (type: string, data: object, personal = {}): Entry => [
    { category: 'account', id: accountId, tenant: PLATFORM_TENANT },
    { type, data: { accountId, ...data }, personal },
  ];
  it('shows name and address as handles, and never the password', async () => {
    const registered = of('AccountRegistered', { registeredAt: minute(0) }, { name: true, email: true, passwordHash: true });
    const log = logFrom([registered, of('PasswordChanged', { changedAt: minute(1) }, { passwordHash: true })]);
    const shown = await documentAfter<AccountView>(accountProjection, log, ACCOUNT, accountId);
    expect(shown).toMatchObject({ name: { tenant: PLATFORM_TENANT, subject: accountId }, email: { field: 'email' } });
    expect(JSON.stringify(shown)).not.toContain('passwordHash');
  });
});

describe('a channel', () => {
  const of = (type: string, data: object, personal = {}): Entry => [
    { category: 'channel', id: channelId },
    { type, data: { channelId, ...data }, personal },
  ];
  const secrets = { label: true, displayNumber: true, phoneNumberId: true, accessToken: true, appSecret: true, verifyToken: true } as const;
  const connected = of('ChannelConnected', { provider: 'meta', connectedAt: minute(0) }, secrets);
  const handshaken = of('ChannelHandshaken', { confirmedAt: minute(1) });
  const stopped = of('ChannelStopped', { reason: 'token', providerCode: 190, stoppedAt: minute(2) });
  const replaced = of('ChannelCredentialsReplaced', { replacedAt: minute(3) }, { accessToken: true, appSecret: true });
  const view = (...events: readonly Entry[]) => documentAfter<ChannelView>(channelProjection, logFrom(events), CHANNEL, channelId);

  it.each([
    ['waiting', [connected]],
    ['live', [connected, handshaken]],
    ['stopped', [connected, handshaken, stopped]],
    ['stopped', [connected, stopped, handshaken]],
    ['live', [connected, handshaken, stopped, replaced]],
    ['waiting', [connected, stopped, replaced]],
  ] as const)('is %s', async (state, events) => expect(await view(...events)).toMatchObject({ state }));
  it('says why it stopped', async () => expect((await view(connected, stopped))?.stopped).toEqual({ reason: 'token', providerCode: 190 }));
  it('takes new credentials and keeps the rest', async () => {
    const shown = await view(connected, replaced);
    expect([shown?.accessToken?.schema, shown?.verifyToken?.schema]).toEqual(['ChannelCredentialsReplaced/v1', 'ChannelConnected/v1']);
  });
});
