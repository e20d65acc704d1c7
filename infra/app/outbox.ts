import { subjectOf } from '#domain/ids.ts';
import type { MessageCommand } from '#domain/message/commands.ts';
import { plain } from '#domain/personal.ts';
import type { ViewPage, ViewStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import type { Failure } from '#infra/whatsapp/results.ts';
import { OUTBOX, type OutboxItem } from '#projections/outbox/view.ts';
import type { Vault } from '#vault/vault.ts';
import { channelAggregate, messageAggregate } from './aggregates.ts';
import type { Channels, OpenChannel } from './channels.ts';
import { followingContext, machineContext, now } from './context.ts';
import type { CommandHandler, Outcome } from './handle-command.ts';
import { failCommand, prepareReply, type ReadyReply } from './prepare-reply.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { createWorker, type Tenure, type Worker, type WorkLease } from './worker.ts';

/** Replies taken from the outbox in one round. */
const BATCH = 64;
/** Conversations served at once; WhatsApp takes 80 messages a second per number. */
const CONCURRENCY = 8;

type Parts = {
  readonly views: ViewStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly channels: Channels;
  readonly inFlight: WorkInFlight;
  readonly lease: WorkLease;
  readonly log: Log;
};

/**
 * Sends what waits, in the one process that holds the lease. `SendAttempted` is durable before the request leaves; an unknown outcome is
 * never sent again by itself. Two workers never send the same reply: the second one's attempt is refused by the message's own stream.
 */
export const createOutbox = (parts: Parts): Worker =>
  createWorker({ name: 'outbox', log: parts.log, lease: parts.lease, round: (tenure) => round(parts, tenure) });

/**
 * A round ends with everything it began, so what is in `sending` before it has nobody who sends it: a process died, froze and lost the lease,
 * or our own record of the answer could not be written. The message's stream decides; a view that lags behind it changes nothing.
 */
const recover = async (parts: Parts): Promise<void> => {
  for (let after: string | undefined, more = true; more;) {
    const page = await pageOf(parts.views, 'sending', after);
    for (const item of page.items) await tell(parts, item, { type: 'ReportOutcomeUnknown', attempt: item.attempt, reason: 'crashed' });
    [after, more] = [page.next ?? undefined, page.next !== null];
  }
};

const pageOf = (views: ViewStore, state: OutboxItem['state'], after: string | undefined): Promise<ViewPage<OutboxItem>> => {
  const due = { where: { state }, sort: { field: 'dueAt', direction: 'ascending' as const }, limit: BATCH, ...(after && { after }) };
  return views.find<OutboxItem>(OUTBOX, state === 'queued' ? { ...due, to: now() } : due);
};

/**
 * @returns whether anything was attempted. An item whose view lags behind its stream, or whose stream is parked, is refused its attempt: what
 * is due behind a page full of them has its turn in the same round.
 */
const round = async (parts: Parts, tenure: Tenure): Promise<boolean> => {
  await recover(parts);
  for (let after: string | undefined; !tenure.signal.aborted;) {
    const page = await pageOf(parts.views, 'queued', after);
    if (await sendAll(parts, page.items, tenure)) return true;
    if (page.next === null) return false;
    after = page.next;
  }
  return false;
};

const sendAll = async (parts: Parts, items: readonly OutboxItem[], tenure: Tenure): Promise<boolean> => {
  const conversations = Map.groupBy(items, (item) => item.conversationId).values();
  const failures: unknown[] = [];
  let attempted = false;
  await Promise.all(
    Array.from({ length: CONCURRENCY }, async () => {
      for (const conversation of conversations) {
        try {
          for (const item of conversation) if (!tenure.signal.aborted) attempted = (await send(parts, item, tenure)) || attempted;
        } catch (error) {
          // One reply that cannot be handled holds up its own conversation only.
          failures.push(error);
        }
      }
    }),
  );
  if (failures.length > 0) throw failures[0];
  return attempted;
};

const tell = ({ handler }: Parts, item: OutboxItem, command: MessageCommand): Promise<Outcome> => {
  const context = followingContext(item.tenant, 'outbox');
  return handler.handle(messageAggregate, item.messageId, command, context, () => ({
    windowOpenUntil: null,
    bodyLength: 0,
    conversationErased: false,
  }));
};

/**
 * A round that runs when the process is asked to stop is finished, not aborted: an aborted request has an unknown outcome. A process that was
 * frozen and wakes late leaves the attempt alone: whoever has the lease now has called its outcome unknown, or will.
 */
const send = (parts: Parts, item: OutboxItem, tenure: Tenure): Promise<boolean> =>
  // Opened text is in memory until the answer comes: an erasure waits for it before it says that nothing is left.
  parts.inFlight.during(item.tenant, async () => {
    // An attempt that nobody goes on with would be called unknown, and wait for a person.
    if (!tenure.stillHeld()) return false;
    const attempt = begunBy(await tell(parts, item, { type: 'AttemptSend' }));
    if (attempt === null) return false;
    const attempted = { ...item, attempt };
    const prepared = await prepareReply(parts, attempted);
    if (!tenure.stillHeld()) return false;
    await (prepared.kind === 'failed' ? tell(parts, item, prepared.command) : handOver(parts, attempted, prepared, tenure));
    return true;
  });

/** The number of the attempt as the message's stream counts it; the view may lag. Null when none was begun. */
const begunBy = (outcome: Outcome): number | null => {
  const begun = outcome.kind === 'done' ? outcome.events.find(({ type }) => type === 'SendAttempted') : undefined;
  const attempt = begun?.data['attempt'];
  return typeof attempt === 'number' ? attempt : null;
};

const handOver = async (parts: Parts, item: OutboxItem, prepared: ReadyReply, tenure: Tenure): Promise<void> => {
  const { channel, connection, to, content, contextWamid } = prepared;
  const result = await parts.channels
    .client(channel)
    .sendMessage(connection, { to, content, callbackData: item.messageId, ...(contextWamid === null ? {} : { contextWamid }) });
  if (result.kind === 'accepted') {
    // True whoever has the lease by now: the message is out, and this is its name.
    await accept(parts, item, result.wamid);
    return;
  }
  // Too late to tell of an attempt that somebody may have begun anew.
  if (!tenure.stillHeld()) return;
  if (result.kind === 'unknown') {
    await tell(parts, item, {
      type: 'ReportOutcomeUnknown',
      attempt: item.attempt,
      reason: result.reason === 'timeout' ? 'timeout' : 'connection-lost',
    });
    return;
  }
  await tell(parts, item, failCommand(item, result));
  await stopWhenRefused(parts, channel, result);
};

/** The wamid is claimed first, so that whoever quotes the reply finds it. */
const accept = async (parts: Parts, item: OutboxItem, wamid: string): Promise<void> => {
  const identifiers = [{ field: 'wamid' as const, value: plain(wamid) }];
  await parts.vault.claim({ tenant: item.tenant, identifiers, propose: item.messageId, subject: subjectOf(item.contactId) });
  await tell(parts, item, { type: 'AcceptSend', wamid: plain(wamid) });
};

/** WhatsApp no longer takes the number's credentials: every further attempt would fail the same way. */
const stopWhenRefused = async ({ handler }: Parts, channel: OpenChannel, failure: Failure): Promise<void> => {
  if (failure.kind !== 'refused') return;
  const reason = (['token', 'permission', 'policy'] as const).find((each) => each === failure.class);
  if (reason === undefined) return;
  const command = { type: 'StopChannel' as const, reason, providerCode: failure.code };
  await handler.handle(channelAggregate, channel.channelId, command, machineContext(channel.tenant, 'outbox'), () => ({
    credentialsUnchanged: false,
  }));
};
