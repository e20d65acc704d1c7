import { REPLY_WINDOW_MS } from '#domain/conversation/commands.ts';
import {
  type ChannelId,
  type ContactId,
  type ConversationId,
  type IsoTime,
  type MessageId,
  parseId,
  parseTime,
  type TenantId,
} from '#domain/ids.ts';
import type { CommandContext } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import type { EventStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import type { DeliveryItem, IncomingMessage } from '#infra/whatsapp/delivery.ts';
import { parseDelivery, verifySignature } from '#infra/whatsapp/webhook.ts';
import type { Identifier, Vault } from '#vault/vault.ts';
import { contactAggregate, conversationAggregate, messageAggregate } from './aggregates.ts';
import type { Channels, OpenChannel } from './channels.ts';
import { contactFacts, profileOf } from './contact-facts.ts';
import { now, timeAt } from './context.ts';
import { fault } from './fault.ts';
import type { CommandHandler, Outcome } from './handle-command.ts';
import { takeStatus } from './ingest-status.ts';
import { derivedId, newId } from './new-id.ts';
import type { WebhookAnswer } from './product.ts';
import type { WorkInFlight } from './work-in-flight.ts';

/**
 * WhatsApp retries for at most 7 days; "already seen" tags stand for 15. Older deliveries are refused: nobody could tell any more whether
 * they belong to an erased person.
 */
const OLDEST_DELIVERY_MS = 14 * 24 * 60 * 60 * 1000;

type Parts = {
  readonly store: EventStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly channels: Channels;
  readonly inFlight: WorkInFlight;
  readonly log: Log;
};

export type Ingest = (channelId: ChannelId, rawBody: Uint8Array, signature: string | null) => Promise<WebhookAnswer>;

/** A delivery of WhatsApp: 200 only after everything in it is durable. Redelivery makes nothing. */
export const createIngest =
  (parts: Parts): Ingest =>
  async (channelId, rawBody, signature) => {
    const channel = await parts.channels.open(channelId);
    if (channel === null) return { status: 404, code: 'unknown-channel' };
    if (!verifySignature(rawBody, signature ?? undefined, channel.appSecret)) return { status: 401, code: 'wrong-signature' };
    const delivery = parseDelivery(rawBody);
    if (!delivery.ok) {
      const { reason } = delivery;
      return reason.kind === 'json'
        ? { status: 400, code: 'malformed-json', place: `line ${String(reason.line)}, column ${String(reason.column)}` }
        : { status: 400, code: 'malformed-delivery', place: reason.path };
    }
    const results = await Promise.allSettled(bySender(delivery.items).map((items) => takeInOrder(parts, channel, items)));
    const failed = results.find((result) => result.status === 'rejected');
    if (failed === undefined) return { status: 200 };
    parts.log.error('webhook.not-durable', { channel: channelId, err: failed.reason });
    return { status: 503, code: 'not-durable' };
  };

/** Items of one sender keep their order; senders do not wait for each other. */
const bySender = (items: readonly DeliveryItem[]): readonly (readonly DeliveryItem[])[] => {
  const groups = new Map<string, DeliveryItem[]>();
  for (const item of items) {
    const key =
      item.kind === 'message'
        ? (item.message.from.bsuid ?? item.message.from.phone ?? '')
        : item.kind === 'status'
          ? item.status.wamid
          : '';
    const group = groups.get(key) ?? [];
    group.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
};

const takeInOrder = async (parts: Parts, channel: OpenChannel, items: readonly DeliveryItem[]): Promise<void> => {
  for (const item of items) await take(parts, channel, item);
};

const take = async (parts: Parts, channel: OpenChannel, item: DeliveryItem): Promise<void> => {
  switch (item.kind) {
    case 'message':
    case 'status': {
      const channelId = await route(parts, channel, item.phoneNumberId);
      if (channelId === null) {
        parts.log.warn('webhook.item-for-unknown-number', { channel: channel.channelId });
        return;
      }
      // Claim and commands are one piece of work: an erasure that unlinks the sender in between waits for its end.
      await parts.inFlight.during(channel.tenant, () =>
        item.kind === 'message'
          ? takeMessage(parts, channel.tenant, channelId, item.message)
          : takeStatus(parts, channel.tenant, item.status),
      );
      return;
    }
    case 'malformed':
      parts.log.warn('webhook.item-malformed', { channel: channel.channelId });
      return;
    case 'other':
      parts.log.info('webhook.item-not-used', { channel: channel.channelId, reason: item.field });
  }
};

/** An app may deliver for several numbers of the same organisation; a number of another organisation is never reached from here. */
const route = async ({ vault }: Parts, channel: OpenChannel, phoneNumberId: string): Promise<ChannelId | null> => {
  if (phoneNumberId === channel.phoneNumberId) return channel.channelId;
  const found = await vault.find(channel.tenant, { field: 'phoneNumberId', value: plain(phoneNumberId) });
  return found === null ? null : parseId<'channel'>(found.id);
};

type Claimed = { readonly contactId: ContactId; readonly conversationId: ConversationId; readonly messageId: MessageId };

const takeMessage = async (parts: Parts, tenant: TenantId, channelId: ChannelId, message: IncomingMessage): Promise<void> => {
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
