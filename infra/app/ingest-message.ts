import { REPLY_WINDOW_MS } from '#domain/conversation/commands.ts';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  type IsoTime,
  type MessageId,
  parseTime,
  type TenantId,
} from '#domain/ids.ts';
import type { CommandContext } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import type { Log } from '#infra/log.ts';
import type { IncomingMessage } from '#infra/whatsapp/delivery.ts';
import type { Identifier, Vault } from '#vault/vault.ts';
import { contactAggregate, conversationAggregate, messageAggregate } from './aggregates.ts';
import { contactFacts, profileOf } from './contact-facts.ts';
import { now, timeAt } from './context.ts';
import { fault } from './fault.ts';
import type { CommandHandler, Outcome } from './handle-command.ts';
import { derivedId, newId } from './new-id.ts';

type Parts = { readonly vault: Vault; readonly handler: CommandHandler; readonly log: Log };

/**
 * WhatsApp retries for at most 7 days; "already seen" tags stand for 15. Older deliveries are refused: nobody could tell any more whether
 * they belong to an erased person.
 */
const OLDEST_DELIVERY_MS = 14 * 24 * 60 * 60 * 1000;

type Claimed = { readonly contactId: ContactId; readonly conversationId: ConversationId; readonly messageId: MessageId };

/** Claims who wrote and what, then tells contact, conversation and message, in this order. A redelivery finds its own ids and changes nothing. */
export const takeMessage = async (parts: Parts, tenant: TenantId, channelId: ChannelId, message: IncomingMessage): Promise<void> => {
  const sentAt = parseTime(message.sentAt);
  if (sentAt === null || Date.parse(sentAt) < Date.now() - OLDEST_DELIVERY_MS) {
    parts.log.warn('webhook.message-too-old', { channel: channelId });
    return;
  }
  const { bsuid, phone } = message.from;
  const sender: readonly Identifier[] = [
    ...(bsuid === undefined ? [] : [{ field: 'bsuid' as const, value: plain(bsuid) }]),
    ...(phone === undefined ? [] : [{ field: 'phone' as const, value: plain(phone) }]),
  ];
  for (let round = 0; round < CLAIMS; round += 1) {
    const claim = await parts.vault.claimMessage({
      tenant,
      sender,
      channelId,
      wamid: plain(message.wamid),
      propose: { contactId: newId<'contact'>(), conversationId: newId<'conversation'>(), messageId: newId<'message'>() },
      at: now(),
    });
    if (claim.kind === 'seen') return;
    const steps = [
      () => recordContact(parts, tenant, channelId, claim, message),
      () => recordConversation(parts, tenant, channelId, claim, sentAt),
      () => recordMessage(parts, tenant, channelId, claim, message, sentAt),
    ];
    if (await allTaken(steps)) return;
  }
  throw fault('APP_MESSAGE_REFUSED', "expected to keep a customer's message, got erasures only");
};

/**
 * A claim of before a fence meets the fence when it seals. Then it is made again and names the new contact that the sender is from there on;
 * or says "seen", when the message was kept and is erased.
 */
const CLAIMS = 3;
const ERASED = ['contact-erased', 'conversation-erased', 'message-erased', 'subject-erased'];

/** False when the sender was erased meanwhile. Any other refusal would mean that a message is not kept, so it must not be answered with 200. */
const allTaken = async (steps: readonly (() => Promise<Outcome>)[]): Promise<boolean> => {
  for (const step of steps) {
    const outcome = await step();
    if (outcome.kind === 'done') continue;
    if (ERASED.includes(outcome.refusal.code)) return false;
    throw fault('APP_MESSAGE_REFUSED', `expected to keep a customer's message, got ${outcome.refusal.code}`);
  }
  return true;
};

/** Command ids follow from the reserved message id, so a redelivery repeats the very same commands. */
const contextOf = (tenant: TenantId, { contactId, messageId }: Claimed, step: string): CommandContext => ({
  tenant,
  commandId: derivedId<'command'>(messageId, step),
  correlationId: derivedId<'correlation'>(messageId, 'delivery'),
  causationId: null,
  actor: { kind: 'customer', id: contactId },
  at: now(),
});

const recordContact = async (
  parts: Parts,
  tenant: TenantId,
  channelId: ChannelId,
  claimed: Claimed,
  message: IncomingMessage,
): Promise<Outcome> => {
  const profile = profileOf(message.from);
  return parts.handler.handle(
    contactAggregate,
    claimed.contactId,
    { type: 'RecordContact', contactId: claimed.contactId, channelId, profile },
    contextOf(tenant, claimed, 'contact'),
    (_state, known) => contactFacts(parts.vault, known, profile),
  );
};

const recordConversation = async (
  { handler }: Parts,
  tenant: TenantId,
  channelId: ChannelId,
  claimed: Claimed,
  sentAt: IsoTime,
): Promise<Outcome> => {
  const { contactId, conversationId, messageId } = claimed;
  const windowUntil = timeAt(Date.parse(sentAt) + REPLY_WINDOW_MS);
  return handler.handle(
    conversationAggregate,
    conversationId,
    { type: 'RecordCustomerMessage', conversationId, contactId, channelId, messageId, sentAt, windowUntil },
    contextOf(tenant, claimed, 'conversation'),
    () => ({ assigneeIsMember: false, noteLength: 0 }),
  );
};

const SHOWN_KINDS = ['text', 'image', 'document'] as const;

const recordMessage = async (
  { handler }: Parts,
  tenant: TenantId,
  channelId: ChannelId,
  claimed: Claimed,
  message: IncomingMessage,
  sentAt: IsoTime,
): Promise<Outcome> => {
  const kind = SHOWN_KINDS.find((shown) => shown === message.type) ?? 'unsupported';
  const body = message.text ?? message.caption;
  const media = kind === 'image' || kind === 'document' ? message.media : undefined;
  return handler.handle(
    messageAggregate,
    claimed.messageId,
    {
      type: 'ReceiveMessage',
      messageId: claimed.messageId,
      conversationId: claimed.conversationId,
      contactId: claimed.contactId,
      channelId,
      kind,
      sentAt,
      wamid: plain(message.wamid),
      body: body === undefined ? null : plain(body),
      replyTo: message.replyTo === undefined ? null : plain(message.replyTo),
      raw: kind === 'unsupported' ? plain(message.raw) : null,
      media:
        media === undefined
          ? null
          : {
              id: plain(media.id),
              type: plain(media.mimeType),
              digest: plain(media.sha256 ?? ''),
              fileName: media.filename === undefined ? null : plain(media.filename),
            },
    },
    contextOf(tenant, claimed, 'message'),
    () => ({ windowOpenUntil: null, bodyLength: body?.length ?? 0, conversationErased: false }),
  );
};
