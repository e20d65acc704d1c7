import fc from 'fast-check';
import type { AccountCommand } from '#domain/account/commands.ts';
import { accountDecider } from '#domain/account/decider.ts';
import type { ChannelCommand } from '#domain/channel/commands.ts';
import { channelDecider } from '#domain/channel/decider.ts';
import type { ContactCommand } from '#domain/contact/commands.ts';
import { contactDecider } from '#domain/contact/decider.ts';
import type { ConversationCommand } from '#domain/conversation/commands.ts';
import { conversationDecider } from '#domain/conversation/decider.ts';
import type { At, Decider, Decision } from '#domain/decider.ts';
import type { ErasureCommand } from '#domain/erasure/commands.ts';
import { erasureDecider } from '#domain/erasure/decider.ts';
import { erasureReasons } from '#domain/erasure/events.ts';
import { type IsoTime, parsePublicBytes, PLATFORM_TENANT, type StreamName, streamName, type TenantId } from '#domain/ids.ts';
import { type Actor, type RecordedEvent, roles } from '#domain/message.ts';
import type { MessageCommand } from '#domain/message/commands.ts';
import { messageDecider } from '#domain/message/decider.ts';
import { deliveryStatuses, messageKinds } from '#domain/message/events.ts';
import type { OrganisationCommand } from '#domain/organisation/commands.ts';
import { organisationDecider } from '#domain/organisation/decider.ts';
import { plain } from '#domain/personal.ts';
import type { RevealCommand } from '#domain/reveal/commands.ts';
import { revealDecider } from '#domain/reveal/decider.ts';
import { sealForm } from './decider-spec.ts';
import { minute, sampleCertificate, sampleDigest, sampleId, sampleRelease } from './sample.ts';

/** Generated histories of one organisation: commands in any order, as the deciders let them happen. */

type PlainEvent = { readonly type: string; readonly data: object; readonly personal: object };

/** One command to one stream. `again` decides it once more, with the facts as they are after it happened. */
export type Step = {
  readonly stream: StreamName;
  readonly name: string;
  readonly initial: unknown;
  readonly decide: (state: unknown, at: ReturnType<typeof minute>) => Decision<PlainEvent>;
  readonly again: (state: unknown, at: ReturnType<typeof minute>) => Decision<PlainEvent>;
  readonly evolve: (state: unknown, event: unknown) => unknown;
};

const organisationId = sampleId<'tenant'>(1);

const step = <S, C extends { readonly type: string }, F>(
  decider: Decider<S, C & At, F, PlainEvent, never>,
  where: { readonly tenant?: TenantId; readonly id: string },
  [command, facts, after]: readonly [C, F, F?],
): Step => ({
  stream: streamName(where.tenant ?? organisationId, decider.category, where.id),
  name: command.type,
  initial: decider.initial,
  decide: (state, at) => decider.decide(state as S, { ...command, at }, facts),
  again: (state, at) => decider.decide(state as S, { ...command, at }, after ?? facts),
  evolve: (state, event) => decider.evolve(state as S, event as never),
});

const personal = fc.constantFrom('a', 'b').map(plain);
const maybe = fc.option(personal);
const small = fc.integer({ min: 0, max: 2 });
const time = fc.integer({ min: -5, max: 60 }).map(minute);
const account = small.map((n) => sampleId<'account'>(10 + n));
const channelId = sampleId<'channel'>(20);
const sessionId = small.map((n) => sampleId<'session'>(30 + n));
const erasureId = fc.integer({ min: 0, max: 1 }).map((n) => sampleId<'erasure'>(40 + n));
const certificate = sampleCertificate;
/** Customer n has conversation n and the messages 100n, 100n + 1, … */
const customer = fc.integer({ min: 1, max: 2 });
const contactOf = (n: number) => sampleId<'contact'>(1000 + n);
const conversationOf = (n: number) => sampleId<'conversation'>(2000 + n);
const messageOf = (n: number, m: number) => sampleId<'message'>(3000 + 100 * n + m);
const messageIds = (n: number, m: number) => ({
  messageId: messageOf(n, m),
  conversationId: conversationOf(n),
  contactId: contactOf(n),
  channelId,
});

const organisationStep = fc
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

const accountStep = fc
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

const channelStep = fc
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

const unchanged = (value: boolean) => ({ unchanged: { profileName: value, phone: value, bsuid: value, username: value } });
const contactStep = fc
  .tuple(
    customer,
    fc.oneof(
      fc.record({
        type: fc.constant('RecordContact' as const),
        profile: fc.record({ profileName: maybe, phone: maybe, bsuid: maybe, username: maybe }),
      }),
      fc.record({ type: fc.constant('EraseContact' as const), erasureId, certificate: fc.constant(certificate) }),
    ),
  )
  .map(([n, given]) => {
    const command: ContactCommand = given.type === 'RecordContact' ? { ...given, contactId: contactOf(n), channelId } : given;
    return step(contactDecider, { id: contactOf(n) }, [command, unchanged(false), unchanged(true)]);
  });

const conversationStep = fc
  .tuple(
    customer,
    fc.oneof(
      {
        weight: 3,
        arbitrary: fc.record({ type: fc.constant('RecordCustomerMessage' as const), m: small, sentAt: time, windowUntil: time }),
      },
      fc.record({ type: fc.constant('AssignConversation' as const), assignee: fc.option(account) }),
      fc.record({ type: fc.constantFrom('ResolveConversation' as const, 'ReopenConversation' as const) }),
      fc.record({ type: fc.constant('MarkConversationRead' as const), m: small }),
      fc.record({ type: fc.constant('AddNote' as const), noteId: small.map((n) => sampleId<'note'>(50 + n)), body: personal }),
      fc.record({ type: fc.constant('EraseConversation' as const), erasureId, certificate: fc.constant(certificate) }),
    ),
  )
  .map(([n, given]) =>
    step(conversationDecider, { id: conversationOf(n) }, [conversationCommand(n, given), { assigneeIsMember: true, noteLength: 1 }]),
  );

type WithPlace<C> = C extends { readonly type: 'RecordCustomerMessage' }
  ? { readonly type: 'RecordCustomerMessage'; readonly m: number; readonly sentAt: IsoTime; readonly windowUntil: IsoTime }
  : C extends { readonly type: 'MarkConversationRead' }
    ? { readonly type: 'MarkConversationRead'; readonly m: number }
    : C;

const conversationCommand = (n: number, given: WithPlace<ConversationCommand>): ConversationCommand => {
  switch (given.type) {
    case 'RecordCustomerMessage':
      return { ...messageIds(n, given.m), type: given.type, sentAt: given.sentAt, windowUntil: given.windowUntil };
    case 'MarkConversationRead':
      return { type: given.type, upTo: messageOf(n, given.m) };
    default:
      return given;
  }
};

const media = fc.option(fc.record({ id: personal, type: personal, digest: personal, fileName: maybe }));
const receiveStep = fc
  .tuple(
    customer,
    small,
    fc.record({ kind: fc.constantFrom(...messageKinds), sentAt: time, wamid: personal, body: maybe, replyTo: maybe, raw: maybe, media }),
  )
  .map(([n, m, given]): readonly [string, MessageCommand] => [messageOf(n, m), { type: 'ReceiveMessage', ...messageIds(n, m), ...given }]);
/** Outgoing messages have numbers of their own. */
const outgoing = small.map((n) => 10 + n);
const queueStep = fc.tuple(customer, outgoing, personal, fc.boolean()).map(([n, m, body, asImage]): readonly [string, MessageCommand] => [
  messageOf(n, m),
  {
    type: 'QueueMessage',
    ...messageIds(n, m),
    kind: asImage ? 'image' : 'text',
    body,
    replyTo: null,
    media: asImage ? { bytes: body, type: body, fileName: null, sizeBytes: 3 } : null,
  },
]);
const laterStep = fc
  .tuple(
    customer,
    fc.oneof(small, outgoing, outgoing),
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ type: fc.constant('AttemptSend' as const) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('AcceptSend' as const), wamid: personal }) },
      fc.record({
        type: fc.constant('FailSend' as const),
        failure: fc.constant('rate' as const),
        providerCode: fc.constant(4),
        details: maybe,
        willRetry: fc.boolean(),
      }),
      fc.record({ type: fc.constant('ReportOutcomeUnknown' as const), reason: fc.constant('timeout' as const) }),
      fc.record({ type: fc.constant('RetrySend' as const) }),
      {
        weight: 4,
        arbitrary: fc.record({
          type: fc.constant('ReportStatus' as const),
          status: fc.constantFrom(...deliveryStatuses),
          occurredAt: time,
          providerCode: fc.constant(null),
          details: maybe,
        }),
      },
      fc.record({ type: fc.constant('StoreMedia' as const), bytes: personal, mediaType: personal, sizeBytes: fc.constant(3) }),
      fc.record({ type: fc.constant('RecordMediaFailure' as const), reason: fc.constant('expired' as const) }),
      fc.record({ type: fc.constant('EraseMessage' as const), erasureId, certificate: fc.constant(certificate) }),
    ),
  )
  .map(([n, m, command]): readonly [string, MessageCommand] => [messageOf(n, m), command]);
const messageStep = fc
  .oneof(receiveStep, queueStep, { weight: 3, arbitrary: laterStep })
  .map(([id, command]) =>
    step(messageDecider, { id }, [command, { windowOpenUntil: minute(100_000), bodyLength: 1, conversationErased: false }]),
  );

const revealStep = fc
  .tuple(
    sessionId,
    fc.constantFrom('full' as const, 'masked' as const, 'denied' as const),
    fc.array(
      fc.record({
        subjectId: customer.map((n) => sampleId<'subject'>(1000 + n)),
        classes: fc.subarray(['profile', 'message', 'media'] as const),
      }),
      { maxLength: 3 },
    ),
  )
  .map(([session, outcome, items]) => {
    const who = { sessionId: session, accountId: sampleId<'account'>(10), role: 'agent', purpose: 'answer-customer', items } as const;
    const command: RevealCommand =
      outcome === 'denied' ? { type: 'RecordDenial', ...who, reason: 'role' } : { type: 'RecordReveal', ...who, level: outcome };
    return step(revealDecider, { id: session }, [command, null]);
  });

const counts = { message: 1, profile: 1, media: 0, note: 0, ai: 0, audit: 0, credential: 0 };
const erasureStep = fc
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
      { type: 'RecordKeyDestroyed', keyId: sampleId<'key'>(61), commitment: sampleDigest(2), createdAt: minute(0), destroyedAt: minute(2) },
      { type: 'RecordRemoval', payloads: 1, mediaFiles: 0, identityRows: 1, streamsClosed: 3 },
      { type: 'RecordVerification', tried: 1, opened: 0, scannedFiles: 1, scannedBytes: 1, hits: 0 },
      { type: 'CompleteErasure', statementDigest: sampleDigest(3), release: sampleRelease },
    ),
  )
  .map(([id, given]) => {
    const command: ErasureCommand = given.type === 'RequestErasure' ? { ...given, erasureId: id } : given;
    return step(erasureDecider, { id }, [command, { processes: [sampleId<'process'>(60)], contactKnown: true }]);
  });

export const stepArbitraries = {
  organisation: organisationStep,
  account: accountStep,
  channel: channelStep,
  contact: contactStep,
  conversation: conversationStep,
  message: messageStep,
  reveal: revealStep,
  erasure: erasureStep,
} as const;

export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  organisationStep,
  accountStep,
  channelStep,
  contactStep,
  { weight: 3, arbitrary: conversationStep },
  { weight: 5, arbitrary: messageStep },
  revealStep,
  erasureStep,
);

const actor: Actor = { kind: 'account', id: sampleId<'account'>(10), role: 'owner' };

/** What the log holds after the steps, one minute apart. */
export const logOf = (steps: readonly Step[]): readonly RecordedEvent[] => {
  const states = new Map<StreamName, { state: unknown; revision: bigint }>();
  const log: RecordedEvent[] = [];
  steps.forEach(({ stream, initial, decide, evolve }, n) => {
    const held = states.get(stream) ?? { state: initial, revision: -1n };
    const decision = decide(held.state, minute(n));
    for (const event of decision.kind === 'accepted' ? decision.events : []) {
      const sealed = sealForm<Pick<RecordedEvent, 'type' | 'data' | 'personal'>>(event);
      held.state = evolve(held.state, sealed);
      held.revision += 1n;
      const position = BigInt(log.length + 1);
      const meta = {
        commandId: sampleId<'command'>(n),
        correlationId: sampleId<'correlation'>(n),
        causationId: null,
        recordedAt: minute(n),
        actor,
      };
      const id = sampleId<'event'>(10_000 + log.length);
      log.push({ ...sealed, id, version: 1, meta, tenant: stream.slice(0, 32) as TenantId, stream, revision: held.revision, position });
    }
    states.set(stream, held);
  });
  return log;
};
