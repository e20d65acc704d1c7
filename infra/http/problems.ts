import type { Refused } from '#projections/shown.ts';
import { RETRY_AFTER_SECONDS } from './limits.ts';

/**
 * The codes of the server itself: what a caller may match on, for good. The rules of the product add theirs (`window-closed`,
 * `last-owner`, …), which come through as they are; README.md lists both.
 */
export const problems = {
  'malformed-json': { status: 400, title: 'The body is not JSON.' },
  'malformed-delivery': { status: 400, title: 'The delivery does not have the shape that the Cloud API promises.' },
  'malformed-request': { status: 400, title: 'The request cannot be read as HTTP.' },
  'invalid-request': { status: 400, title: 'The request does not have the form that the API describes.' },
  'invalid-idempotency-key': { status: 400, title: 'Idempotency-Key must be a UUID or 32 hexadecimal digits.' },
  'wrong-signature': { status: 401, title: 'The signature does not belong to these bytes and this channel.' },
  'not-signed-in': { status: 401, title: 'A bearer token or a session cookie is needed.' },
  'session-expired': { status: 401, title: 'The session or token is unknown or has expired.' },
  'wrong-credentials': { status: 401, title: 'E-mail address and password do not belong together.' },
  'wrong-verify-token': { status: 403, title: 'Mode or verify token do not belong to this channel.' },
  'cross-site-request': { status: 403, title: 'With a session cookie, changes must come from the pages of this server.' },
  role: { status: 403, title: 'The role does not allow it.' },
  'not-found': { status: 404, title: 'There is no such thing in this organisation.' },
  'no-such-route': { status: 404, title: 'There is no such address.' },
  'unknown-channel': { status: 404, title: 'There is no such channel.' },
  conflict: { status: 409, title: 'It cannot be done in the present state.' },
  'too-large': { status: 413, title: 'The body is larger than allowed.' },
  'unsupported-media-type': { status: 415, title: 'The body has a content type that this address does not take.' },
  refused: { status: 422, title: 'It cannot be done with these values.' },
  'too-many-requests': { status: 429, title: 'Too many requests from this address: wait and try again.' },
  'too-many-streams': { status: 429, title: 'Too many open streams: close a page and try again.' },
  'reveal-limit': {
    status: 429,
    title: 'This account has looked at as many people as one hour allows; it goes on as the hour passes. The trail has it.',
  },
  'search-limit': {
    status: 429,
    title: 'This account has searched as often as one hour allows; it goes on as the hour passes. The trail has it.',
  },
  internal: { status: 500, title: 'Something failed on the server; its log has the details.' },
  'provider-failed': { status: 502, title: 'WhatsApp did not do it.' },
  'not-durable': { status: 503, title: 'Nothing was stored: send it again later.' },
  'storage-full': { status: 503, title: 'The disk of the server is full: nothing was stored, and nothing stored is lost.' },
  'storage-read-only': {
    status: 503,
    title: 'The disk of the server takes no writes: nothing was stored, and nothing stored is lost.',
  },
  'newer-program': { status: 503, title: 'A newer release of the server wrote this; the running one does not guess what it means.' },
  'views-building': { status: 503, title: 'The lists are being prepared: try again in a moment.' },
  'not-available': { status: 503, title: 'A part of the server is not available: try again later.' },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof problems;

/** Where a request is wrong: a path of ours or a place in the text, never what stood there. */
export type Fault = { readonly at: string; readonly expected: string };
export type Place = { readonly line: number; readonly column: number };

/** `application/problem+json` (RFC 9457). */
export type Problem = {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: string;
  readonly detail?: string;
  readonly place?: string | Place;
  readonly errors?: readonly Fault[];
};

export type ProblemDetails = Pick<Problem, 'detail' | 'place' | 'errors'>;

/** Thrown by routes and hooks, answered in one place (errors.ts). */
export class HttpFault extends Error {
  readonly code: string;
  readonly problem: Problem;
  readonly headers: Readonly<Record<string, string>>;
  constructor(problem: Problem, headers: Readonly<Record<string, string>> = {}) {
    super(problem.title);
    this.name = 'HttpFault';
    this.code = problem.code;
    this.problem = problem;
    this.headers = headers;
  }
}

export const problem = (code: ProblemCode, details: ProblemDetails = {}): Problem => ({ ...shape(code, problems[code]), ...details });

export const fault = (code: ProblemCode, details: ProblemDetails = {}): HttpFault =>
  new HttpFault(problem(code, details), headersOf(problems[code].status));

export const tooManyRequests = (seconds: number): HttpFault =>
  new HttpFault(problem('too-many-requests'), { 'retry-after': String(seconds) });

/** The answer to a refusal of the product: its own code, with the title of its status unless the code is in the table. */
export const refusal = ({ status, code }: Refused): HttpFault => {
  const { title } = problems[isKnown(code) ? code : STATUS[status]];
  return new HttpFault(shape(code, { status, title }), headersOf(status));
};

const isKnown = (code: string): code is ProblemCode => Object.hasOwn(problems, code);

const STATUS = {
  401: 'session-expired',
  403: 'role',
  404: 'not-found',
  409: 'conflict',
  413: 'too-large',
  422: 'refused',
  429: 'too-many-requests',
  502: 'provider-failed',
  503: 'not-available',
} as const satisfies Readonly<Record<Refused['status'], ProblemCode>>;

const shape = (code: string, { status, title }: { readonly status: number; readonly title: string }): Problem => ({
  type: `urn:vconnect:problem:${code}`,
  title,
  status,
  code,
});

const headersOf = (status: number): Readonly<Record<string, string>> => {
  if (status === 401) return { 'www-authenticate': 'Bearer' };
  if (status === 503) return { 'retry-after': String(RETRY_AFTER_SECONDS) };
  return {};
};
