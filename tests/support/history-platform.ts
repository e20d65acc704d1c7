import fc from 'fast-check';
import type { AccountCommand } from '#domain/account/commands.ts';
import { accountDecider } from '#domain/account/decider.ts';
import type { ChannelCommand } from '#domain/channel/commands.ts';
import { channelDecider } from '#domain/channel/decider.ts';
import type { ErasureCommand } from '#domain/erasure/commands.ts';
import { erasureDecider } from '#domain/erasure/decider.ts';
import { erasureReasons } from '#domain/erasure/events.ts';
import { parsePublicBytes, PLATFORM_TENANT } from '#domain/ids.ts';
import { roles } from '#domain/message.ts';
import type { OrganisationCommand } from '#domain/organisation/commands.ts';
import { organisationDecider } from '#domain/organisation/decider.ts';
import type { RevealCommand } from '#domain/reveal/commands.ts';
import { revealDecider } from '#domain/reveal/decider.ts';
import { minute, sampleDigest, sampleId, sampleRelease } from './sample.ts';
import {
  organisationId,
  step,
  personal,
  maybe,
  account,
  channelId,
  sessionId,
  erasureId,
  certificate,
  customer,
  contactOf,
  conversationOf,
} from './history-step.ts';

/** Steps of organisations, accounts, channels, reveals and erasures. */

export const organisationStep = fc
  .oneof(
    fc.record({
      type: fc.constant('CreateOrganisation' as const),
      organisationId: fc.constant(organisationId),
      name: personal,
      owner: account,
      sample: fc.boolean(),
    }),
    fc.record({
      type: fc.constant('PublishSigningKey' as const),
      publicKey: fc.constantFrom('AAAA', 'BBBB').map((text) => parsePublicBytes(text)!),
    }),
    fc.record({
      type: fc.constantFrom('AddMember' as const, 'ChangeMemberRole' as const),
      accountId: account,
      role: fc.constantFrom(...roles),
    }),
    fc.record({ type: fc.constant('RemoveMember' as const), accountId: account }),
  )
  .map((command: OrganisationCommand) => step(organisationDecider, { id: organisationId }, [command, { byOwner: true }]));

export const accountStep = fc
  .tuple(
    account,
    fc.boolean(),
    fc.oneof(
      fc.record({ type: fc.constant('RegisterAccount' as const), name: personal, email: personal, passwordHash: personal }),
      fc.record({ type: fc.constant('ChangePassword' as const), passwordHash: personal }),
      fc.record({
        type: fc.constant('SignIn' as const),
        sessionId,
        organisationId: fc.constant(organisationId),
        address: maybe,
        device: maybe,
      }),
      fc.record({
        type: fc.constant('EndSession' as const),
        sessionId,
        organisationId: fc.constant(organisationId),
        reason: fc.constant('revoked' as const),
      }),
    ),
  )
  .map(([accountId, passwordMatches, given]) => {
    const command: AccountCommand = given.type === 'RegisterAccount' ? { ...given, accountId } : given;
    const after = { passwordMatches: command.type === 'ChangePassword' ? true : passwordMatches };
    return step(accountDecider, { tenant: PLATFORM_TENANT, id: accountId }, [command, { passwordMatches }, after]);
  });

export const channelStep = fc
  .oneof(
    fc.record({
      type: fc.constant('ConnectChannel' as const),
      channelId: fc.constant(channelId),
      provider: fc.constant('simulator' as const),
      label: personal,
      displayNumber: personal,
      phoneNumberId: personal,
      accessToken: personal,
      appSecret: personal,
      verifyToken: personal,
      baseUrl: maybe,
    }),
    fc.record({ type: fc.constant('ReplaceCredentials' as const), accessToken: personal, appSecret: personal }),
    fc.record({ type: fc.constant('ConfirmHandshake' as const) }),
    fc.record({ type: fc.constant('StopChannel' as const), reason: fc.constant('token' as const), providerCode: fc.constant(190) }),
  )
  .map((command: ChannelCommand) =>
    step(channelDecider, { id: channelId }, [command, { credentialsUnchanged: false }, { credentialsUnchanged: true }]),
  );

export const revealStep = fc
  .tuple(
    sessionId,
    fc.constantFrom('full' as const, 'masked' as const, 'denied' as const, 'searched' as const, 'limited' as const),
    fc.array(
      fc.record({
        subjectId: customer.map((n) => sampleId<'subject'>(1000 + n)),
        classes: fc.subarray(['profile', 'message', 'media'] as const),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([session, outcome, items]) => {
    const who = { sessionId: session, accountId: sampleId<'account'>(10), role: 'agent', purpose: 'answer-customer' } as const;
    const commands: Readonly<Record<typeof outcome, RevealCommand>> = {
      full: { type: 'RecordReveal', ...who, items, level: 'full' },
      masked: { type: 'RecordReveal', ...who, items, level: 'masked' },
      denied: { type: 'RecordDenial', ...who, items, reason: 'role' },
      searched: { type: 'RecordSearch', ...who, by: 'name', found: items.length },
      limited: { type: 'RecordLimit', ...who, items, limit: 'identifiers' },
    };
    return step(revealDecider, { id: session }, [commands[outcome], null]);
  });

const counts = { message: 1, profile: 1, media: 0, note: 0, ai: 0, audit: 0, credential: 0 };
export const erasureStep = fc
  .tuple(
    erasureId,
    fc.constantFrom<ErasureCommand>(
      {
        type: 'RequestErasure',
        erasureId: sampleId<'erasure'>(40),
        contactId: contactOf(1),
        certificate,
        reason: erasureReasons[0],
        role: 'dpo',
        accountId: sampleId<'account'>(10),
        subjectHash: sampleDigest(1),
        counts,
        conversations: [conversationOf(1)],
      },
      { type: 'RecordFence', unlinkedIdentifiers: 1, acknowledgements: [{ processId: sampleId<'process'>(60), drainedAt: minute(1) }] },
      {
        type: 'RecordKeyDestroyed',
        keyId: sampleId<'key'>(61),
        commitment: sampleDigest(2),
        createdAt: minute(0),
        destroyedAt: minute(2),
        acknowledgements: [{ processId: sampleId<'process'>(60), drainedAt: minute(2) }],
      },
      { type: 'RecordRemoval', payloads: 1, mediaFiles: 0, identityRows: 1, streamsClosed: 3 },
      { type: 'RecordVerification', tried: 1, opened: 0, scannedFiles: 1, scannedBytes: 1, hits: 0 },
      { type: 'CompleteErasure', statementDigest: sampleDigest(3), release: sampleRelease },
      { type: 'RecordReturn', key: 'usable', fenceLost: true, payloads: 1, identityRows: 1 },
      { type: 'RecordRemovedAgain', scannedFiles: 6, scannedBytes: 1, hits: 0 },
    ),
  )
  .map(([id, given]) => {
    const command: ErasureCommand = given.type === 'RequestErasure' ? { ...given, erasureId: id } : given;
    return step(erasureDecider, { id }, [command, { processes: [sampleId<'process'>(60)], contactKnown: true }]);
  });
