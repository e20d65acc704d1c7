import { derivedId } from './new-id.ts';
import { type MessageId, parseId, parseTime, streamName, subjectOf, type TenantId } from '#domain/ids.ts';
import type { CommandContext } from '#domain/message.ts';
import { plain } from '#domain/personal.ts';
import type { EventStore } from '#domain/ports.ts';
import type { StatusUpdate } from '#infra/whatsapp/delivery.ts';
import type { Vault } from '#vault/vault.ts';
import { messageAggregate } from './aggregates.ts';
import { machineContext } from './context.ts';
import type { CommandHandler } from './handle-command.ts';

type Parts = { readonly store: EventStore; readonly vault: Vault; readonly handler: CommandHandler };

/** A status names the message by our own id (callback data), else by its wamid. One of a message that is not ours, or erased, is dropped. */
export const takeStatus = async (parts: Parts, tenant: TenantId, status: StatusUpdate): Promise<void> => {
  const occurredAt = parseTime(status.occurredAt);
  const messageId = await messageOf(parts, tenant, status);
  if (occurredAt === null || messageId === null) return;
  const outcome = await parts.handler.handle(
    messageAggregate,
    messageId,
    {
      type: 'ReportStatus',
      status: status.status,
      occurredAt,
      providerCode: status.errorCode ?? null,
      details: status.errorDetails === undefined ? null : plain(status.errorDetails),
    },
    statusContext(tenant, messageId, 'status', status.status, occurredAt),
    () => NO_FACTS,
  );
  if (outcome.kind === 'done' && outcome.changed) await learnName(parts, tenant, messageId, status.wamid);
};

const NO_FACTS = { windowOpenUntil: null, bodyLength: 0, conversationErased: false };

const statusContext = (tenant: TenantId, messageId: MessageId, ...step: readonly string[]): CommandContext => ({
  ...machineContext(tenant, 'webhook', derivedId<'command'>(messageId, ...step)),
  correlationId: derivedId<'correlation'>(messageId, 'delivery'),
});

/** When the answer to a send was lost, its first status is the first to say WhatsApp's name for the message: quotes need it. */
const learnName = async ({ vault, handler }: Parts, tenant: TenantId, messageId: MessageId, wamid: string): Promise<void> => {
  const { state } = await handler.load(messageAggregate, tenant, messageId);
  if (state.kind !== 'outgoing' || state.delivery.answered) return;
  const { attempt } = state.delivery;
  await vault.claim({
    tenant,
    identifiers: [{ field: 'wamid', value: plain(wamid) }],
    propose: messageId,
    subject: subjectOf(state.ids.contactId),
  });
  const context = statusContext(tenant, messageId, 'accepted', String(attempt));
  await handler.handle(messageAggregate, messageId, { type: 'AcceptSend', wamid: plain(wamid) }, context, () => NO_FACTS);
};

const messageOf = async ({ vault, store }: Parts, tenant: TenantId, status: StatusUpdate): Promise<MessageId | null> => {
  const ours = parseId<'message'>(status.callbackData);
  if (ours !== null && (await store.readStream(streamName(tenant, 'message', ours), { limit: 1 })).length > 0) return ours;
  const found = await vault.find(tenant, { field: 'wamid', value: plain(status.wamid) });
  return found === null ? null : parseId<'message'>(found.id);
};
