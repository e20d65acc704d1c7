import { type ChannelId, parseId } from '#domain/ids.ts';
import { plain } from '#domain/personal.ts';
import type { EventStore } from '#domain/ports.ts';
import { type Log, toldCode } from '#infra/log.ts';
import type { DeliveryItem } from '#infra/whatsapp/delivery.ts';
import { parseDelivery, verifySignature } from '#infra/whatsapp/webhook.ts';
import type { Vault } from '#vault/vault.ts';
import type { Channels, OpenChannel } from './channels.ts';
import type { CommandHandler } from './handle-command.ts';
import { takeMessage } from './ingest-message.ts';
import { takeStatus } from './ingest-status.ts';
import type { WebhookAnswer } from './product.ts';
import type { WorkInFlight } from './work-in-flight.ts';

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
      parts.log.info('webhook.item-not-used', { channel: channel.channelId, reason: toldCode(item.field) });
  }
};

/** An app may deliver for several numbers of the same organisation; a number of another organisation is never reached from here. */
const route = async ({ vault }: Parts, channel: OpenChannel, phoneNumberId: string): Promise<ChannelId | null> => {
  if (phoneNumberId === channel.phoneNumberId) return channel.channelId;
  const found = await vault.find(channel.tenant, { field: 'phoneNumberId', value: plain(phoneNumberId) });
  return found === null ? null : parseId<'channel'>(found.id);
};
