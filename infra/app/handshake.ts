import { timingSafeEqual } from 'node:crypto';
import type { Product } from './product.ts';
import { channelAggregate } from './aggregates.ts';
import type { Channels } from './channels.ts';
import { machineContext } from './context.ts';
import type { CommandHandler } from './handle-command.ts';

type Parts = { readonly channels: Channels; readonly handler: CommandHandler };

/** WhatsApp asks whether the webhook address is ours: mode and token must match; then the number is live. */
export const createHandshake =
  ({ channels, handler }: Parts): Product['webhook']['handshake'] =>
  async (channelId, mode, verifyToken) => {
    const channel = await channels.open(channelId);
    if (channel === null || mode !== 'subscribe' || !sameText(verifyToken, channel.verifyToken)) return false;
    const facts = (): { readonly credentialsUnchanged: boolean } => ({ credentialsUnchanged: true });
    await handler.handle(channelAggregate, channelId, { type: 'ConfirmHandshake' }, machineContext(channel.tenant, 'webhook'), facts);
    return true;
  };

const sameText = (given: string, expected: string): boolean => {
  const [left, right] = [Buffer.from(given), Buffer.from(expected)];
  return left.length === right.length && timingSafeEqual(left, right);
};
