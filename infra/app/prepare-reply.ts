import type { MessageCommand } from '#domain/message/commands.ts';
import { sendFailures } from '#domain/message/events.ts';
import { plain } from '#domain/personal.ts';
import type { ViewStore } from '#domain/ports.ts';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Log } from '#infra/log.ts';
import type { Connection } from '#infra/whatsapp/client.ts';
import type { OutgoingContent, Recipient } from '#infra/whatsapp/outgoing.ts';
import type { Failure } from '#infra/whatsapp/results.ts';
import { CONTACT, type ContactView } from '#projections/contact/view.ts';
import type { OutboxItem } from '#projections/outbox/view.ts';
import type { Vault } from '#vault/vault.ts';
import type { Channels, OpenChannel } from './channels.ts';
import { fault } from './fault.ts';

/** A reply is tried this often by itself before a person is asked: with doubling waits that is about two minutes. */
const MAX_ATTEMPTS = 7;

type PrepareParts = { readonly views: ViewStore; readonly vault: Vault; readonly channels: Channels; readonly log: Log };

export type ReadyReply = {
  readonly kind: 'ready';
  readonly channel: OpenChannel;
  readonly connection: Connection;
  readonly to: Recipient;
  readonly content: OutgoingContent;
  readonly contextWamid: string | null;
};
type Prepared = ReadyReply | { readonly kind: 'failed'; readonly command: MessageCommand };

/** What the request needs, or why it cannot be made. `item.attempt`: the attempt under way, which a failure names. */
export const prepareReply = (parts: PrepareParts, item: OutboxItem): Promise<Prepared> =>
  prepare(parts, item).catch((error: unknown) => notPrepared(parts, item, error));

const failedAs = ({ attempt }: OutboxItem, failure: (typeof sendFailures)[number]): Prepared => ({
  kind: 'failed',
  command: { type: 'FailSend', attempt, failure, providerCode: null, details: null, willRetry: false },
});

/** Something of ours did not answer, and nothing of the message has left: later is as good. */
const notPrepared = ({ log }: PrepareParts, item: OutboxItem, error: unknown): Prepared => {
  log.error('outbox.not-prepared', { message: item.messageId, err: error });
  const { attempt } = item;
  const command = {
    type: 'FailSend',
    attempt,
    failure: 'transient',
    providerCode: null,
    details: null,
    willRetry: attempt < MAX_ATTEMPTS,
  } as const;
  return { kind: 'failed', command };
};

/** Opens what the request needs, for the machine itself, and hands the file over first. Nothing of the message has left yet. */
const prepare = async (parts: PrepareParts, item: OutboxItem): Promise<Prepared> => {
  const channel = await parts.channels.open(item.channelId);
  // Its view is being filled again, or its secrets do not open at the moment.
  if (channel === null) throw fault('APP_CHANNEL_NOT_OPEN', 'expected the number of a reply with its secrets');
  if (channel.state === 'stopped') return failedAs(item, 'token');
  const to = await recipientOf(parts, item);
  if (to === null) return failedAs(item, 'erased');
  const connection = { phoneNumberId: channel.phoneNumberId, accessToken: channel.accessToken };
  const [body, replyTo, mediaType, fileName] = await texts(parts.vault, [item.body, item.replyTo, item.mediaType, item.fileName]);
  if (item.body !== null && body === null) return failedAs(item, 'erased');
  if (item.kind === 'text')
    return { kind: 'ready', channel, connection, to, content: { kind: 'text', body: body ?? '' }, contextWamid: replyTo ?? null };
  const bytes = item.bytes === null ? null : await parts.vault.openBytes(item.bytes);
  if (bytes === null || bytes.kind === 'erased') return failedAs(item, 'erased');
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

const recipientOf = async ({ views, vault }: PrepareParts, item: OutboxItem): Promise<Recipient | null> => {
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

export const failCommand = ({ attempt }: OutboxItem, failure: Exclude<Failure, { kind: 'unknown' }>): MessageCommand => {
  const mayTry = attempt < MAX_ATTEMPTS;
  if (failure.kind === 'unreachable')
    return { type: 'FailSend', attempt, failure: 'unreachable', providerCode: null, details: null, willRetry: mayTry };
  return {
    type: 'FailSend',
    attempt,
    failure: sendFailures.find((known) => known === failure.class) ?? 'other',
    providerCode: failure.code,
    details: plain(failure.details),
    willRetry: failure.retryable && mayTry,
  };
};
