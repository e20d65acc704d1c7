/** The Cloud API, as far as the product uses it. The simulator is reached by the same code with another base URL. */
import { outgoingBody, type OutgoingMessage } from './outgoing.ts';
import { mediaReply, phoneNumberReply, sendReply, successReply, uploadReply } from './replies.ts';
import { ask, failureOf, readCapped, withResponse, type Ask, type Exchange } from './request.ts';
import type { DownloadResult, MarkReadResult, MediaInfoResult, PhoneNumberResult, SendResult, UploadResult } from './results.ts';

export type Connection = { readonly phoneNumberId: string; readonly accessToken: string };

export type MediaFile = { readonly bytes: Uint8Array; readonly mimeType: string; readonly filename: string };

type Bound = { readonly signal?: AbortSignal };

export type WhatsAppClient = {
  /** Never repeat after `unknown`: the API has no idempotency key, `callbackData` comes back in the statuses instead. */
  readonly sendMessage: (at: Connection, message: OutgoingMessage, bound?: Bound) => Promise<SendResult>;
  readonly markRead: (at: Connection, wamid: string, bound?: Bound) => Promise<MarkReadResult>;
  readonly uploadMedia: (at: Connection, file: MediaFile, bound?: Bound) => Promise<UploadResult>;
  readonly mediaInfo: (at: Connection, mediaId: string, bound?: Bound) => Promise<MediaInfoResult>;
  readonly downloadMedia: (
    at: Connection,
    media: { readonly url: string; readonly maxBytes: number },
    bound?: Bound,
  ) => Promise<DownloadResult>;
  /** Checks a connection: the token opens this number. */
  readonly phoneNumber: (at: Connection, bound?: Bound) => Promise<PhoneNumberResult>;
};

export type WhatsAppClientOptions = {
  readonly baseUrl: string;
  readonly graphVersion: string;
  readonly timeoutMs: number;
  /** Media transfers are larger than messages; default ten times `timeoutMs`. */
  readonly mediaTimeoutMs?: number;
  /** Hosts besides the base URL's that media may come from, since the token travels along. */
  readonly mediaHosts?: readonly string[];
  readonly fetch?: typeof globalThis.fetch;
};

/** Where Meta serves media from. */
export const META_MEDIA_HOSTS: readonly string[] = ['lookaside.fbsbx.com'];

export function createWhatsAppClient(options: WhatsAppClientOptions): WhatsAppClient {
  const root = `${options.baseUrl.replace(/\/+$/, '')}/${options.graphVersion}`;
  const fetch = options.fetch ?? globalThis.fetch;
  const exchange: Exchange = { fetch, timeoutMs: options.timeoutMs };
  const transfer: Exchange = { fetch, timeoutMs: options.mediaTimeoutMs ?? options.timeoutMs * 10 };

  const post = (at: Connection, path: string, body: object | FormData, bound?: Bound): Ask => ({
    method: 'POST',
    url: `${root}/${encodeURIComponent(at.phoneNumberId)}/${path}`,
    accessToken: at.accessToken,
    body: body instanceof FormData ? body : JSON.stringify(body),
    signal: bound?.signal,
  });
  const get = (at: Connection, url: string, bound?: Bound): Ask => ({
    method: 'GET',
    url,
    accessToken: at.accessToken,
    signal: bound?.signal,
  });

  return {
    sendMessage: async (at, message, bound) => {
      const reply = await ask(exchange, post(at, 'messages', outgoingBody(message), bound), sendReply);
      if (reply.kind !== 'answer') return reply;
      const wamid = reply.value.messages[0]?.id;
      return wamid === undefined ? { kind: 'unknown', reason: 'unreadable-answer' } : { kind: 'accepted', wamid };
    },

    markRead: async (at, wamid, bound) => {
      const body = { messaging_product: 'whatsapp', status: 'read', message_id: wamid };
      const reply = await ask(exchange, post(at, 'messages', body, bound), successReply);
      return reply.kind === 'answer' ? { kind: 'marked' } : reply;
    },

    uploadMedia: async (at, file, bound) => {
      const reply = await ask(transfer, post(at, 'media', uploadForm(file), bound), uploadReply);
      return reply.kind === 'answer' ? { kind: 'uploaded', mediaId: reply.value.id } : reply;
    },

    mediaInfo: async (at, mediaId, bound) => {
      const url = `${root}/${encodeURIComponent(mediaId)}?phone_number_id=${encodeURIComponent(at.phoneNumberId)}`;
      const reply = await ask(exchange, get(at, url, bound), mediaReply);
      if (reply.kind !== 'answer') return reply;
      const { url: address, mime_type: mimeType, sha256, file_size: fileSize } = reply.value;
      return { kind: 'found', url: address, mimeType, sha256, fileSize };
    },

    downloadMedia: async (at, media, bound) => {
      if (!trusted(media.url, options)) return { kind: 'foreign-host' };
      return withResponse(transfer, get(at, media.url, bound), (response) => readMedia(response, media.maxBytes));
    },

    phoneNumber: async (at, bound) => {
      const url = `${root}/${encodeURIComponent(at.phoneNumberId)}?fields=id,display_phone_number,verified_name,quality_rating`;
      const reply = await ask(exchange, get(at, url, bound), phoneNumberReply);
      if (reply.kind !== 'answer') return reply;
      const { id, display_phone_number: displayPhoneNumber, verified_name: name, quality_rating: quality } = reply.value;
      return { kind: 'found', id, displayPhoneNumber, verifiedName: name ?? null, qualityRating: quality ?? null };
    },
  };
}

function uploadForm(file: MediaFile): FormData {
  const form = new FormData();
  form.set('messaging_product', 'whatsapp');
  form.set('type', file.mimeType);
  form.set('file', new Blob([new Uint8Array(file.bytes)], { type: file.mimeType }), file.filename);
  return form;
}

async function readMedia(response: Response, maxBytes: number): Promise<DownloadResult> {
  if (!response.ok) {
    await response.body?.cancel();
    return response.status === 404 || response.status === 410 ? { kind: 'expired' } : failureOf(response.status, undefined);
  }
  const bytes = await readCapped(response, maxBytes);
  if (bytes === 'too-large') return { kind: 'too-large', maxBytes };
  return { kind: 'downloaded', bytes, mimeType: response.headers.get('content-type') };
}

/** The token goes only to the API's own origin, or over TLS to a named media host. */
function trusted(address: string, options: WhatsAppClientOptions): boolean {
  if (!URL.canParse(address)) return false;
  const url = new URL(address);
  if (url.origin === new URL(options.baseUrl).origin) return true;
  return url.protocol === 'https:' && (options.mediaHosts ?? META_MEDIA_HOSTS).includes(url.host);
}
