import fc from 'fast-check';
import type { ContactCommand } from '#domain/contact/commands.ts';
import { contactDecider } from '#domain/contact/decider.ts';
import type { ConversationCommand } from '#domain/conversation/commands.ts';
import { conversationDecider } from '#domain/conversation/decider.ts';
import type { IsoTime } from '#domain/ids.ts';
import type { MessageCommand } from '#domain/message/commands.ts';
import { messageDecider } from '#domain/message/decider.ts';
import { deliveryStatuses, messageKinds } from '#domain/message/events.ts';
import { minute, sampleId } from './sample.ts';
import {
  step,
  personal,
  maybe,
  small,
  time,
  account,
  channelId,
  erasureId,
  certificate,
  customer,
  contactOf,
  conversationOf,
  messageOf,
  messageIds,
} from './history-step.ts';

/** Steps of contacts, conversations and messages. */

const unchanged = (value: boolean) => ({ unchanged: { profileName: value, phone: value, bsuid: value, username: value } });
export const contactStep = fc
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

export const conversationStep = fc
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
    case 'AssignConversation':
    case 'ResolveConversation':
    case 'ReopenConversation':
    case 'AddNote':
    case 'EraseConversation':
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
/** Of the attempt under way, or of one that is over. */
const attempts = fc.integer({ min: 1, max: 2 });
const laterStep = fc
  .tuple(
    customer,
    fc.oneof(small, outgoing, outgoing),
    fc.oneof(
      { weight: 3, arbitrary: fc.record({ type: fc.constant('AttemptSend' as const) }) },
      { weight: 2, arbitrary: fc.record({ type: fc.constant('AcceptSend' as const), wamid: personal }) },
      fc.record({
        type: fc.constant('FailSend' as const),
        attempt: attempts,
        failure: fc.constant('rate' as const),
        providerCode: fc.constant(4),
        details: maybe,
        willRetry: fc.boolean(),
      }),
      fc.record({ type: fc.constant('ReportOutcomeUnknown' as const), attempt: attempts, reason: fc.constant('timeout' as const) }),
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
export const messageStep = fc
  .oneof(receiveStep, queueStep, { weight: 3, arbitrary: laterStep })
  .map(([id, command]) =>
    step(messageDecider, { id }, [command, { windowOpenUntil: minute(100_000), bodyLength: 1, conversationErased: false }]),
  );
