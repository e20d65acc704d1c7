import { hasZodFastifySchemaValidationErrors } from '@fastify/type-provider-zod';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { type Log, toldCode, toldRoute } from '../log.ts';
import { type Fault, fault, HttpFault, type ProblemCode } from './problems.ts';

/** Every error of every route becomes a problem here, and nowhere else. */
export const answerErrors = (app: FastifyInstance, log: Log): void => {
  app.setNotFoundHandler((_request, reply) => sendProblem(reply, fault('no-such-route')));
  app.setErrorHandler((error, request, reply) => {
    const known = toHttpFault(error);
    if (known.problem.status >= 500)
      log.error('http.failed', { route: toldRoute(request.routeOptions.url ?? 'none'), code: toldCode(known.code), err: error });
    return sendProblem(reply, known);
  });
};

/** The answer to whatever was thrown. Messages of others never reach it: they may quote what was sent. */
const toHttpFault = (error: unknown): HttpFault => {
  if (error instanceof HttpFault) return error;
  if (hasZodFastifySchemaValidationErrors(error)) return invalid(error.validationContext ?? 'body', error.validation);
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : '';
  return fault(CODES[code] ?? 'internal');
};

const CODES: Readonly<Partial<Record<string, ProblemCode>>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: 'too-large',
  FST_REQ_FILE_TOO_LARGE: 'too-large',
  FST_FILES_LIMIT: 'too-large',
  FST_FIELDS_LIMIT: 'too-large',
  FST_PARTS_LIMIT: 'too-large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported-media-type',
  FST_INVALID_MULTIPART_CONTENT_TYPE: 'unsupported-media-type',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'malformed-request',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'malformed-json',
  FST_ERR_BAD_URL: 'malformed-request',
  FST_ERR_ASYNC_CONSTRAINT: 'malformed-request',
  // Faults of the stores that pass by themselves or that an operator can lift.
  STORE_BUSY: 'not-available',
  VIEWS_BUILDING: 'views-building',
  // A generation was dropped or switched to between the look and the step: the next look finds what is there now.
  VIEWS_GONE: 'not-available',
  VIEWS_LIVE: 'not-available',
  VIEWS_NOT_READY: 'not-available',
  STORE_FULL: 'storage-full',
  STORE_READ_ONLY: 'storage-read-only',
  STORE_DAMAGED: 'not-available',
  STORE_UNAVAILABLE: 'not-available',
  STORE_CLOSED: 'not-available',
  VAULT_STORE_BUSY: 'not-available',
  VAULT_STORE_FULL: 'storage-full',
  VAULT_STORE_READ_ONLY: 'storage-read-only',
  VAULT_STORE_FAILED: 'not-available',
  // The stream of that event stops; all others go on.
  EVENT_VERSION_UNKNOWN: 'newer-program',
  VAULT_CLOSED: 'not-available',
  VIEW_CURSOR_INVALID: 'invalid-request',
  // Many at once on the same object.
  APP_TOO_MANY_CONFLICTS: 'not-available',
};

type Issue = { readonly keyword: string; readonly instancePath: string; readonly params: unknown };

/** An id that is none names nothing, so a malformed path is "not found", like another organisation's id. */
const invalid = (context: string, issues: readonly Issue[]): HttpFault => {
  if (context === 'params') return fault('not-found');
  return fault('invalid-request', { errors: issues.map((issue) => toFault(context, issue)) });
};

const toFault = (context: string, { keyword, instancePath, params }: Issue): Fault => ({
  at: `${context}${instancePath === '/' ? '' : instancePath}`,
  expected: expectation(keyword, params),
});

/** Written from our own schema; zod's message may repeat a key that was sent. */
const expectation = (keyword: string, params: unknown): string => {
  const of = (name: string): string => {
    const value: unknown = typeof params === 'object' && params !== null ? Reflect.get(params, name) : undefined;
    return Array.isArray(value) ? value.map(String).join(', ') : String(value);
  };
  switch (keyword) {
    case 'invalid_type':
      return of('expected');
    case 'invalid_value':
      return `one of ${of('values')}`;
    case 'invalid_format':
      return of('format') === 'regex' ? `text of the form ${of('pattern')}` : of('format');
    case 'too_small':
      return `at least ${of('minimum')}`;
    case 'too_big':
      return `at most ${of('maximum')}`;
    case 'unrecognized_keys':
      return 'no other field';
    default:
      return 'the form that the API describes';
  }
};

export const sendProblem = (reply: FastifyReply, { problem: body, headers }: HttpFault): FastifyReply =>
  reply
    .code(body.status)
    .headers(headers)
    .type('application/problem+json')
    // A string passes by the route's response schema, which speaks of success.
    .serializer((text: string) => text)
    .send(JSON.stringify(body));
