import { subjectOf } from '#domain/ids.ts';
import type { MessageCommand } from '#domain/message/commands.ts';
import { sendFailures } from '#domain/message/events.ts';
import { plain } from '#domain/personal.ts';
import type { ViewPage, ViewStore } from '#domain/ports.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Log } from '#infra/log.ts';
import type { Connection } from '#infra/whatsapp/client.ts';
import type { OutgoingContent, Recipient } from '#infra/whatsapp/outgoing.ts';
import type { Failure } from '#infra/whatsapp/results.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import { OUTBOX, type OutboxItem } from '#projections/outbox/view.ts';
import type { Vault } from '#vault/vault.ts';
import { channelAggregate, messageAggregate } from './aggregates.ts';
import type { Channels, OpenChannel } from './channels.ts';
import { followingContext, machineContext, now } from './context.ts';
import { fault } from './fault.ts';
import type { CommandHandler, Outcome } from './handle-command.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { createWorker, type Tenure, type Worker, type WorkLease } from './worker.ts';

/** A reply is tried this often by itself before a person is asked: with doubling waits that is about two minutes. */
const MAX_ATTEMPTS = 7;
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
    for (const item of page.items) await tell(parts, item, { type: 'ReportOutcomeUnknown', reason: 'crashed' });
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
    const attempt = await tell(parts, item, { type: 'AttemptSend' });
    if (attempt.kind === 'refused') return false;
    const prepared = await prepare(parts, item).catch((error: unknown) => notPrepared(parts, item, error));
    if (!tenure.stillHeld()) return false;
    await (prepared.kind === 'failed' ? tell(parts, item, prepared.command) : handOver(parts, item, prepared, tenure));
    return true;
  });

type Ready = Extract<Prepared, { kind: 'ready' }>;

const handOver = async (parts: Parts, item: OutboxItem, prepared: Ready, tenure: Tenure): Promise<void> => {
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
    await tell(parts, item, { type: 'ReportOutcomeUnknown', reason: result.reason === 'timeout' ? 'timeout' : 'connection-lost' });
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

type Prepared =
  | { readonly kind: 'failed'; readonly command: MessageCommand }
  | {
      readonly kind: 'ready';
      readonly channel: OpenChannel;
      readonly connection: Connection;
      readonly to: Recipient;
      readonly content: OutgoingContent;
      readonly contextWamid: string | null;
    };

const failedAs = (failure: (typeof sendFailures)[number]): Prepared => ({
  kind: 'failed',
  command: { type: 'FailSend', failure, providerCode: null, details: null, willRetry: false },
});

/** Something of ours did not answer, and nothing of the message has left: later is as good. */
const notPrepared = ({ log }: Parts, item: OutboxItem, error: unknown): Prepared => {
  log.error('outbox.not-prepared', { message: item.messageId, err: error });
  const willRetry = item.attempt + 1 < MAX_ATTEMPTS;
  return { kind: 'failed', command: { type: 'FailSend', failure: 'transient', providerCode: null, details: null, willRetry } };
};

/** Opens what the request needs, for the machine itself, and hands the file over first. Nothing of the message has left yet. */
const prepare = async (parts: Parts, item: OutboxItem): Promise<Prepared> => {
  const channel = await parts.channels.open(item.channelId);
  // Its view is being filled again, or its secrets do not open at the moment.
  if (channel === null) throw fault('APP_CHANNEL_NOT_OPEN', 'expected the number of a reply with its secrets');
  if (channel.state === 'stopped') return failedAs('token');
  const to = await recipientOf(parts, item);
  if (to === null) return failedAs('erased');
  const connection = { phoneNumberId: channel.phoneNumberId, accessToken: channel.accessToken };
  const [body, replyTo, mediaType, fileName] = await texts(parts.vault, [item.body, item.replyTo, item.mediaType, item.fileName]);
  if (item.body !== null && body === null) return failedAs('erased');
  if (item.kind === 'text')
    return { kind: 'ready', channel, connection, to, content: { kind: 'text', body: body ?? '' }, contextWamid: replyTo ?? null };
  const bytes = item.bytes === null ? null : await parts.vault.openBytes(item.bytes);
  if (bytes === null || bytes.kind === 'erased') return failedAs('erased');
  if (bytes.kind !== 'value') throw notOpened(bytes.kind);
  const file = { bytes: bytes.value, mimeType: mediaType ?? 'application/octet-stream', filename: fileName ?? 'file' };
  const uploaded = await parts.channels.client(channel).uploadMedia(connection, file);
  // Uploading again is harmless: nobody sees a file that no message names.
  if (uploaded.kind === 'unknown')
    return { kind: 'failed', command: failCommand(item, { kind: 'unreachable', reason: 'connect-timeout' }) };
  if (uploaded.kind !== 'uploaded') return { kind: 'failed', command: failCommand(item, uploaded) };
  const caption = body === null || body === undefined || body === '' ? {} : { caption: body };
  const content: OutgoingContent =
    item.kind === 'image'
      ? { kind: 'image', mediaId: uploaded.mediaId, ...caption }
      : { kind: 'document', mediaId: uploaded.mediaId, filename: file.filename, ...caption };
  return { kind: 'ready', channel, connection, to, content, contextWamid: replyTo ?? null };
};

const recipientOf = async ({ views, vault }: Parts, item: OutboxItem): Promise<Recipient | null> => {
  const contact = await views.get<ContactView>(CONTACT, item.contactId);
  // Not yet in a view that is being filled again: that is not "erased".
  if (contact === null) throw fault('APP_VIEWS_LAG', 'expected the contact of a reply in its view');
  if (contact.erased !== null) return null;
  const [phone, bsuid] = await texts(vault, [contact.phone, contact.bsuid]);
  if (typeof phone === 'string') return { kind: 'phone', value: phone.replace(/\D/gu, '') };
  return typeof bsuid === 'string' ? { kind: 'bsuid', value: bsuid } : null;
};

/** Null for what is absent or erased; throws for what cannot be opened. */
const texts = async (vault: Vault, handles: readonly (SealedHandle | null)[]): Promise<readonly (string | null)[]> => {
  const opened = (await vault.open(handles.filter((handle) => handle !== null))).values();
  return handles.map((handle) => {
    const next = handle === null ? undefined : opened.next().value;
    if (next?.kind === 'unavailable' || next?.kind === 'tampered') throw notOpened(next.kind);
    return next?.kind === 'value' ? next.value : null;
  });
};

const notOpened = (state: 'unavailable' | 'tampered') => fault('APP_VALUE_NOT_OPENED', `expected a value of a reply, got ${state}`);

const failCommand = (item: OutboxItem, failure: Exclude<Failure, { kind: 'unknown' }>): MessageCommand => {
  const mayTry = item.attempt + 1 < MAX_ATTEMPTS;
  if (failure.kind === 'unreachable')
    return { type: 'FailSend', failure: 'unreachable', providerCode: null, details: null, willRetry: mayTry };
  return {
    type: 'FailSend',
    failure: sendFailures.find((known) => known === failure.class) ?? 'other',
    providerCode: failure.code,
    details: plain(failure.details),
    willRetry: failure.retryable && mayTry,
  };
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
