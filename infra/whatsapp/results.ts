/**
 * What may come of a call. Nothing is thrown: each outcome asks something else of the caller.
 * - refused: Meta said no, nothing happened; `retryable` says whether later may help.
 * - unknown: the request may have been carried out; never repeat a send, wait for its status webhook.
 * - unreachable: nothing left this machine; repeating is safe.
 */
import type { ErrorClass, WayOut } from './errors.ts';

export type Refused = {
  readonly kind: 'refused';
  /** Graph's code; where the answer had none, the HTTP status (400–499, which Graph does not use as codes). */
  readonly code: number;
  readonly subcode?: number;
  /** Graph's explanation. It may name the recipient, so it is personal data: seal it or drop it. */
  readonly details: string;
  readonly class: ErrorClass;
  readonly retryable: boolean;
  readonly wayOut: WayOut;
};

export type UnknownReason = 'timeout' | 'aborted' | 'connection-lost' | 'server-error' | 'unreadable-answer';
export type Unknown = { readonly kind: 'unknown'; readonly reason: UnknownReason };

export type UnreachableReason = 'refused' | 'no-route' | 'no-such-host' | 'connect-timeout' | 'tls' | 'aborted';
export type Unreachable = { readonly kind: 'unreachable'; readonly reason: UnreachableReason };

export type Failure = Refused | Unknown | Unreachable;

export type SendResult = { readonly kind: 'accepted'; readonly wamid: string } | Failure;
export type UploadResult = { readonly kind: 'uploaded'; readonly mediaId: string } | Failure;
export type MarkReadResult = { readonly kind: 'marked' } | Failure;

export type MediaInfo = {
  readonly url: string;
  readonly mimeType: string;
  /** As sent: hex from this call, base64 in webhooks. */
  readonly sha256: string;
  readonly fileSize: number;
};
export type MediaInfoResult = ({ readonly kind: 'found' } & MediaInfo) | Failure;

export type DownloadResult =
  | { readonly kind: 'downloaded'; readonly bytes: Uint8Array; readonly mimeType: string | null }
  | { readonly kind: 'too-large'; readonly maxBytes: number }
  /** The URL lived its five minutes (or the id its days): ask for the media again. */
  | { readonly kind: 'expired' }
  /** The address is not the API's: the token is not sent there. */
  | { readonly kind: 'foreign-host' }
  | Failure;

export type PhoneNumber = {
  readonly id: string;
  readonly displayPhoneNumber: string;
  readonly verifiedName: string | null;
  readonly qualityRating: string | null;
};
export type PhoneNumberResult = ({ readonly kind: 'found' } & PhoneNumber) | Failure;
