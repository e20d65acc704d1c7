import { createHash, timingSafeEqual } from 'node:crypto';
import { MAX_DOCUMENT_BYTES, type MessageCommand } from '#domain/message/commands.ts';
import type { mediaFailures } from '#domain/message/events.ts';
import { plain } from '#domain/personal.ts';
import type { ViewPage, ViewStore } from '#domain/ports.ts';
import type { Log } from '#infra/log.ts';
import type { Connection, WhatsAppClient } from '#infra/whatsapp/client.ts';
import { MEDIA_QUEUE, type MediaItem } from '#projections/outbox/view.ts';
import type { Vault } from '#vault/vault.ts';
import { messageAggregate } from './aggregates.ts';
import type { Channels } from './channels.ts';
import { followingContext } from './context.ts';
import type { CommandHandler } from './handle-command.ts';
import { derivedId } from './new-id.ts';
import type { WorkInFlight } from './work-in-flight.ts';
import { createWorker, type Worker, type WorkLease } from './worker.ts';

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
  readonly lease: WorkLease;
  readonly log: Log;
};

/** Files handled in one round, two by each lane: what comes meanwhile waits for its end. */
const BATCH = 8;
/** Documents of the queue read at one go, to find those that are due. */
const PAGE = 100;
/** A file that could not be had waits this long, and twice as long each time, so that one number in trouble keeps nobody else's files waiting. */
const FIRST_WAIT_MS = 2_000;
const LONGEST_WAIT_MS = 5 * 60 * 1000;

type Waits = Map<MediaItem['messageId'], { readonly untilMs: number; readonly waitMs: number }>;

/** Fetches files as soon as their message is durable, before their ids expire, and seals them. */
export const createMediaWorker = (parts: Parts): Worker => {
  const waits: Waits = new Map();
  return createWorker({
    name: 'media',
    log: parts.log,
    lease: parts.lease,
    round: async ({ signal }) => {
      const due = await dueItems(parts.views, waits);
      const items = due.slice(0, BATCH).values();
      const lane = async (): Promise<boolean> => {
        let fetched = false;
        for (const item of items) if (!signal.aborted) fetched = (await attempt(parts, waits, item)) || fetched;
        return fetched;
      };
      const lanes = await Promise.all(Array.from({ length: CONCURRENCY }, lane));
      return lanes.includes(true) || due.length > BATCH;
    },
  });
};

/** What was never tried first, then what failed least often; the oldest first among equals. */
const dueItems = async (views: ViewStore, waits: Waits): Promise<readonly MediaItem[]> => {
  const due: MediaItem[] = [];
  const inQueue = new Set<MediaItem['messageId']>();
  let after: string | undefined;
  do {
    const sort = { field: 'receivedAt', direction: 'ascending' } as const;
    const page: ViewPage<MediaItem> = await views.find<MediaItem>(MEDIA_QUEUE, { where: {}, sort, limit: PAGE, ...(after && { after }) });
    for (const item of page.items) {
      inQueue.add(item.messageId);
      if ((waits.get(item.messageId)?.untilMs ?? 0) <= performance.now()) due.push(item);
    }
    after = page.next ?? undefined;
  } while (after !== undefined);
  for (const messageId of waits.keys()) if (!inQueue.has(messageId)) waits.delete(messageId);
  const waited = ({ messageId }: MediaItem): number => waits.get(messageId)?.waitMs ?? 0;
  return due.toSorted((one, other) => waited(one) - waited(other));
};

/** @returns whether the message's outcome is now recorded. */
const attempt = async (parts: Parts, waits: Waits, item: MediaItem): Promise<boolean> => {
  const { messageId } = item;
  const outcome = await parts.inFlight
    .during(item.tenant, () => fetchOne(parts, item))
    .catch((error: unknown) => {
      parts.log.error('media.failed', { message: messageId, err: error });
      return 'later' as const;
    });
  const waited = waits.get(messageId)?.waitMs ?? 0;
  // What is recorded leaves the queue when the view has seen it.
  const waitMs = outcome === 'later' ? Math.min(Math.max(waited * 2, FIRST_WAIT_MS), LONGEST_WAIT_MS) : FIRST_WAIT_MS;
  waits.set(messageId, { untilMs: performance.now() + waitMs, waitMs });
  return outcome === 'recorded';
};

const fetchOne = async (parts: Parts, item: MediaItem): Promise<'recorded' | 'known' | 'later'> => {
  const tried = await download(parts, item);
  const over = Date.parse(item.receivedAt) + GIVE_UP_AFTER_MS < Date.now();
  const result = tried.kind === 'later' && over ? ({ kind: 'failed', reason: 'unreachable' } as const) : tried;
  if (result.kind === 'later') return 'later';
  const command: MessageCommand =
    result.kind === 'failed'
      ? { type: 'RecordMediaFailure', reason: result.reason }
      : { type: 'StoreMedia', bytes: plain(result.bytes), mediaType: plain(result.mediaType), sizeBytes: result.bytes.length };
  const context = followingContext(item.tenant, 'media', derivedId<'command'>(item.messageId, 'media'));
  const outcome = await parts.handler.handle(messageAggregate, item.messageId, command, context, () => ({
    windowOpenUntil: null,
    bodyLength: 0,
    conversationErased: false,
  }));
  return outcome.kind === 'done' && outcome.changed ? 'recorded' : 'known';
};

type Result =
  | { readonly kind: 'stored'; readonly bytes: Uint8Array; readonly mediaType: string }
  | { readonly kind: 'failed'; readonly reason: Failure }
  | { readonly kind: 'later' };

const download = async (parts: Parts, item: MediaItem): Promise<Result> => {
  const channel = await parts.channels.open(item.channelId);
  const handles = [item.mediaId, item.mediaType, item.mediaDigest].filter((handle) => handle !== null);
  const opened = await parts.vault.open(handles);
  // Neither says that WhatsApp refuses: a view is being filled again, or a store does not answer.
  if (channel === null || opened.some(({ kind }) => kind === 'unavailable')) return { kind: 'later' };
  const [id, type, digest] = opened.map((each) => (each.kind === 'value' ? each.value : null));
  if (typeof id !== 'string') return { kind: 'failed', reason: 'refused' };
  const connection = { phoneNumberId: channel.phoneNumberId, accessToken: channel.accessToken };
  const result = await fetchBytes(parts.channels.client(channel), connection, id);
  if (result.kind !== 'stored') return result;
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
