/**
 * Cloud API error codes: what each means for us and what a person can do about it.
 * Only `code` decides; messages come back in different words and are never matched on.
 * Source: Meta, "WhatsApp Cloud API: error codes", state of November 2026.
 */

export const ERROR_CLASSES = [
  'token',
  'permission',
  'rate',
  'contact-rate',
  'spam-rate',
  'window-closed',
  'undeliverable',
  'opted-out',
  'transient',
  'parameter',
  'policy',
  'payment',
  'registration',
  'media',
  'template',
  'other',
] as const;
export type ErrorClass = (typeof ERROR_CLASSES)[number];

export const WAYS_OUT = [
  'reconnect-channel',
  'grant-permission',
  'wait',
  'send-template',
  'use-another-channel',
  'do-not-send-again',
  'change-message',
  'contact-meta',
  'fix-payment',
  'register-number',
  'change-file',
  'choose-template',
  'report',
] as const;
export type WayOut = (typeof WAYS_OUT)[number];

export type ErrorMeaning = {
  readonly class: ErrorClass;
  /** True when the same request, sent later, may succeed without a person doing anything. */
  readonly retryable: boolean;
  readonly wayOut: WayOut;
};

const stop = (cls: ErrorClass, wayOut: WayOut): ErrorMeaning => ({ class: cls, retryable: false, wayOut });
const later = (cls: ErrorClass): ErrorMeaning => ({ class: cls, retryable: true, wayOut: 'wait' });

const TOKEN = stop('token', 'reconnect-channel');
const PERMISSION = stop('permission', 'grant-permission');
const PARAMETER = stop('parameter', 'change-message');
const POLICY = stop('policy', 'contact-meta');
const OPTED_OUT = stop('opted-out', 'do-not-send-again');
const REGISTRATION = stop('registration', 'register-number');
const MEDIA = stop('media', 'change-file');
const TEMPLATE = stop('template', 'choose-template');
const OTHER = stop('other', 'report');

const MEANINGS: ReadonlyMap<number, ErrorMeaning> = new Map<number, ErrorMeaning>([
  [0, TOKEN],
  [190, TOKEN],
  [3, PERMISSION],
  [10, PERMISSION],
  [4, later('rate')],
  [613, later('rate')],
  [80007, later('rate')],
  [130429, later('rate')],
  [131056, later('contact-rate')],
  [131048, stop('spam-rate', 'contact-meta')],
  [33, PARAMETER],
  [100, PARAMETER],
  [131008, PARAMETER],
  [131009, PARAMETER],
  [131021, PARAMETER],
  [131030, PARAMETER],
  [368, POLICY],
  [130497, POLICY],
  [131031, POLICY],
  [131047, stop('window-closed', 'send-template')],
  [131026, stop('undeliverable', 'use-another-channel')],
  [131062, stop('undeliverable', 'use-another-channel')],
  [131049, OPTED_OUT],
  [131050, OPTED_OUT],
  [1, later('transient')],
  [2, later('transient')],
  [131000, later('transient')],
  [131016, later('transient')],
  [131057, later('transient')],
  [131042, stop('payment', 'fix-payment')],
  [131045, REGISTRATION],
  [133010, REGISTRATION],
  [133016, REGISTRATION],
  [131051, MEDIA],
  [131052, MEDIA],
  [131053, MEDIA],
  ...[132000, 132001, 132005, 132007, 132012, 132015, 132016, 132018, 132068].map((code): [number, ErrorMeaning] => [code, TEMPLATE]),
]);

export function meaningOf(code: number): ErrorMeaning {
  const known = MEANINGS.get(code);
  if (known !== undefined) return known;
  // 200–299 are Graph's permission codes as a range.
  return code >= 200 && code <= 299 ? PERMISSION : OTHER;
}

/**
 * An answer without a readable Graph error (a proxy, an edge): the HTTP status decides.
 * 5xx is not here: such an answer says nothing about what happened behind it.
 */
export function meaningOfStatus(status: number): ErrorMeaning {
  if (status === 401) return TOKEN;
  if (status === 403) return PERMISSION;
  if (status === 413 || status === 415) return MEDIA;
  if (status === 429) return later('rate');
  return PARAMETER;
}
