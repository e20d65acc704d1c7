/** One HTTP exchange with the Graph API, bounded in time and size, ending in an answer or a named failure. */
import type { z } from 'zod';
import { meaningOf, meaningOfStatus } from './errors.ts';
import { errorReply } from './replies.ts';
import type { Failure, Refused, Unreachable, UnreachableReason, Unknown } from './results.ts';

/** Graph's answers are a few hundred bytes; more is not an answer. */
export const MAX_REPLY_BYTES = 256 * 1024;
const MAX_DETAILS_LENGTH = 500;

export type Exchange = {
  readonly fetch: typeof globalThis.fetch;
  readonly timeoutMs: number;
};

export type Ask = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly accessToken: string;
  readonly body?: string | FormData;
  readonly signal: AbortSignal | undefined;
};

export type Answered<T> = { readonly kind: 'answer'; readonly value: T };

/** Sends, reads within the caps, checks the shape. */
export async function ask<T>(exchange: Exchange, request: Ask, shape: z.ZodType<T>): Promise<Answered<T> | Failure> {
  return withResponse<Answered<T> | Failure>(exchange, request, async (response) => {
    const bytes = await readCapped(response, MAX_REPLY_BYTES);
    const json = bytes === 'too-large' ? undefined : parse(bytes);
    if (!response.ok) return failureOf(response.status, json);
    const checked = shape.safeParse(json);
    return checked.success ? { kind: 'answer', value: checked.data } : { kind: 'unknown', reason: 'unreadable-answer' };
  });
}

/** The deadline covers the headers and the body: a server that drips bytes cannot hold us. */
export async function withResponse<T>(
  exchange: Exchange,
  request: Ask,
  read: (response: Response) => Promise<T>,
): Promise<T | Unknown | Unreachable> {
  if (isAborted(request.signal)) return { kind: 'unreachable', reason: 'aborted' };
  const deadline = AbortSignal.timeout(exchange.timeoutMs);
  const signal = request.signal === undefined ? deadline : AbortSignal.any([deadline, request.signal]);
  const json = typeof request.body === 'string' ? { 'content-type': 'application/json' } : {};
  try {
    const response = await exchange.fetch(request.url, {
      method: request.method,
      headers: { authorization: `Bearer ${request.accessToken}`, ...json },
      body: request.body ?? null,
      // A redirect would carry the token elsewhere; Graph does not redirect.
      redirect: 'manual',
      signal,
    });
    return await read(response);
  } catch (error) {
    return lostExchange(error, { timedOut: deadline.aborted, aborted: isAborted(request.signal) });
  }
}

export async function readCapped(response: Response, maxBytes: number): Promise<Uint8Array | 'too-large'> {
  const announced = Number(response.headers.get('content-length') ?? 0);
  if (response.body === null) return new Uint8Array(0);
  if (announced > maxBytes) {
    await response.body.cancel();
    return 'too-large';
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> = response.body;
  for await (const chunk of body) {
    size += chunk.byteLength;
    // Leaving the loop cancels the body, so the rest is never read.
    if (size > maxBytes) return 'too-large';
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, size);
}

export function failureOf(status: number, json: unknown): Refused | Unknown {
  const graph = errorReply.safeParse(json);
  if (graph.success) return refusal(graph.data.error);
  // A gateway's 5xx: the request may be carried out behind it.
  if (status >= 500) return { kind: 'unknown', reason: 'server-error' };
  return { kind: 'refused', code: status, details: '', ...meaningOfStatus(status) };
}

function refusal(error: z.infer<typeof errorReply>['error']): Refused {
  const details = (error.error_data?.details ?? error.message ?? '').slice(0, MAX_DETAILS_LENGTH);
  const subcode = error.error_subcode === undefined ? {} : { subcode: error.error_subcode };
  return { kind: 'refused', code: error.code, ...subcode, details, ...meaningOf(error.code) };
}

function parse(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    // Not JSON is an answer of its own: no shape will match `undefined`.
    return undefined;
  }
}

/** Failures of which it is certain that the connection never stood, so no byte of the request left. */
const NOTHING_LEFT: ReadonlyMap<string, UnreachableReason> = new Map([
  ['ECONNREFUSED', 'refused'],
  ['EHOSTUNREACH', 'no-route'],
  ['ENETUNREACH', 'no-route'],
  ['EADDRNOTAVAIL', 'no-route'],
  ['ENOTFOUND', 'no-such-host'],
  ['EAI_AGAIN', 'no-such-host'],
  ['UND_ERR_CONNECT_TIMEOUT', 'connect-timeout'],
  ['CERT_HAS_EXPIRED', 'tls'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'tls'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'tls'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'tls'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'tls'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'tls'],
]);

function isAborted(signal: AbortSignal | undefined): boolean {
  return signal?.aborted ?? false;
}

type Ending = { readonly timedOut: boolean; readonly aborted: boolean };

function lostExchange(error: unknown, ending: Ending): Unknown | Unreachable {
  const reasons = codesOf(error).map((code) => NOTHING_LEFT.get(code));
  const first = reasons[0];
  // Several addresses tried (IPv6, IPv4): all must have failed before anything left.
  if (first !== undefined && reasons.every((reason) => reason !== undefined)) return { kind: 'unreachable', reason: first };
  if (ending.timedOut) return { kind: 'unknown', reason: 'timeout' };
  return { kind: 'unknown', reason: ending.aborted ? 'aborted' : 'connection-lost' };
}

function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  if (error instanceof AggregateError) return error.errors.flatMap(codesOf);
  if (error.cause instanceof Error) return codesOf(error.cause);
  return 'code' in error && typeof error.code === 'string' ? [error.code] : [''];
}
