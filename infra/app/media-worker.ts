import { createHash, timingSafeEqual } from 'node:crypto';
import { MAX_DOCUMENT_BYTES, type MessageCommand } from '#domain/message/commands.ts';
import type { mediaFailures } from '#domain/message/events.ts';
import { plain } from '#domain/personal.ts';
import type { ViewStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import type { Connection, WhatsAppClient } from '#infra/whatsapp/client.ts';
import { MEDIA_QUEUE, type MediaItem } from '#projections/outbox/view.ts';
import type { Vault } from '#vault/vault.ts';
import { messageAggregate } from './aggregates.ts';
import type { Channels } from './channels.ts';
import { machineContext } from './context.ts';
import type { CommandHandler } from './handle-command.ts';
import { derivedId } from './new-id.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { createWorker, type Worker } from './worker.ts';

/** Files fetched at once: each is held in memory until it is sealed. */
const CONCURRENCY = 4;
/** An unreachable API is asked again for this long; then WhatsApp's ids (7 days) may have expired as well. */
const GIVE_UP_AFTER_MS = 6 * 24 * 60 * 60 * 1000;

type Failure = (typeof mediaFailures)[number];
type Parts = {
  readonly views: ViewStore;
  readonly vault: Vault;
  readonly handler: CommandHandler;
  readonly channels: Channels;
  readonly inFlight: WorkInFlight;
  readonly log: Log;
};

/** Fetches files as soon as their message is durable, before their ids expire, and seals them. */
export const createMediaWorker = (parts: Parts): Worker =>
  createWorker({
    name: 'media',
    log: parts.log,
    round: async (signal) => {
      const page = await parts.views.find<MediaItem>(MEDIA_QUEUE, {
        where: {},
        sort: { field: 'receivedAt', direction: 'ascending' },
        limit: 32,
      });
      const items = page.items.values();
      let fetched = false;
      await Promise.all(
        Array.from({ length: CONCURRENCY }, async () => {
          for (const item of items)
            if (!signal.aborted) fetched = (await parts.inFlight.during(item.tenant, () => fetchOne(parts, item))) || fetched;
        }),
      );
      return fetched;
    },
  });

/** @returns whether the message's outcome is now recorded. */
const fetchOne = async (parts: Parts, item: MediaItem): Promise<boolean> => {
  const result = await download(parts, item);
  if (result.kind === 'later') return false;
  const command: MessageCommand =
    result.kind === 'failed'
      ? { type: 'RecordMediaFailure', reason: result.reason }
      : { type: 'StoreMedia', bytes: plain(result.bytes), mediaType: plain(result.mediaType), sizeBytes: result.bytes.length };
  const context = machineContext(item.tenant, 'media', derivedId<'command'>(item.messageId, 'media'));
  const outcome = await parts.handler.handle(messageAggregate, item.messageId, command, context, () => ({
    windowOpenUntil: null,
    bodyLength: 0,
    conversationErased: false,
  }));
  return outcome.kind === 'done' && outcome.changed;
};

type Result =
  | { readonly kind: 'stored'; readonly bytes: Uint8Array; readonly mediaType: string }
  | { readonly kind: 'failed'; readonly reason: Failure }
  | { readonly kind: 'later' };

const download = async (parts: Parts, item: MediaItem): Promise<Result> => {
  const channel = await parts.channels.open(item.channelId);
  const handles = [item.mediaId, item.mediaType, item.mediaDigest].filter((handle) => handle !== null);
  const [id, type, digest] = (await parts.vault.open(handles)).map((opened) => (opened.kind === 'value' ? opened.value : null));
  if (channel === null || typeof id !== 'string') return { kind: 'failed', reason: 'refused' };
  const connection = { phoneNumberId: channel.phoneNumberId, accessToken: channel.accessToken };
  const result = await fetchBytes(parts.channels.client(channel), connection, id);
  if (result.kind === 'later')
    return Date.parse(item.receivedAt) + GIVE_UP_AFTER_MS < Date.now() ? { kind: 'failed', reason: 'unreachable' } : result;
  if (result.kind === 'failed') return result;
  if (typeof digest === 'string' && digest !== '' && !sameDigest(result.bytes, digest))
    return { kind: 'failed', reason: 'digest-mismatch' };
  return { ...result, mediaType: typeof type === 'string' ? type : result.mediaType };
};

const fetchBytes = async (client: WhatsAppClient, connection: Connection, id: string): Promise<Result> => {
  const info = await client.mediaInfo(connection, id);
  if (info.kind === 'unknown' || info.kind === 'unreachable') return { kind: 'later' };
  if (info.kind === 'refused') return info.retryable ? { kind: 'later' } : { kind: 'failed', reason: 'expired' };
  if (info.fileSize > MAX_DOCUMENT_BYTES) return { kind: 'failed', reason: 'too-large' };
  const file = await client.downloadMedia(connection, { url: info.url, maxBytes: MAX_DOCUMENT_BYTES });
  switch (file.kind) {
    case 'downloaded':
      return { kind: 'stored', bytes: file.bytes, mediaType: file.mimeType ?? info.mimeType };
    case 'too-large':
      return { kind: 'failed', reason: 'too-large' };
    case 'foreign-host':
      return { kind: 'failed', reason: 'refused' };
    case 'refused':
      return file.retryable ? { kind: 'later' } : { kind: 'failed', reason: 'refused' };
    case 'expired':
    case 'unknown':
    case 'unreachable':
      return { kind: 'later' };
  }
};

/** Webhooks name the file's SHA-256 in base64. */
const sameDigest = (bytes: Uint8Array, base64: string): boolean => {
  const expected = Buffer.from(base64, 'base64');
  const actual = createHash('sha256').update(bytes).digest();
  return expected.length === actual.length && timingSafeEqual(expected, actual);
};
