import pino from 'pino';
import type { IsFreeText } from '#domain/define-events.ts';
import type { Id } from '#domain/ids.ts';
import type { LogLevel } from './config-variables.ts';
import { type ReducedError, reduceError } from './reduce-error.ts';

/**
 * The only names that a log line may carry, each with what its value may look like. Names, numbers of phones, texts, addresses and
 * file names of people have no place here, and a value of another form is dropped: a log cannot be searched for a person.
 */
const ID = /^[0-9a-f]{32}$/;
const CODE = /^[A-Za-z][A-Za-z0-9_.-]{0,63}$/;
const POSITION = /^\d{1,20}$/;
/** A route's pattern (`/api/v1/contacts/:contactId`), never the address that was asked for. */
const ROUTE = /^\/[A-Za-z0-9_.:*/-]{0,127}$/;
const SERVER_ADDRESS = /^https?:\/\/[A-Za-z0-9.:[\]-]{1,128}$/;
const STREAM = /^[0-9a-f]{32}\.[a-z][a-zA-Z]*-[0-9a-f]{32}$/;

const fields = {
  tenant: ID,
  account: ID,
  session: ID,
  contact: ID,
  conversation: ID,
  message: ID,
  channel: ID,
  erasure: ID,
  event: ID,
  command: ID,
  correlation: ID,
  process: ID,
  stream: STREAM,
  position: POSITION,
  code: CODE,
  reason: CODE,
  part: CODE,
  projection: CODE,
  step: CODE,
  state: CODE,
  signal: CODE,
  method: CODE,
  version: CODE,
  route: ROUTE,
  listening: SERVER_ADDRESS,
  status: 'number',
  durationMs: 'number',
  waitMs: 'number',
  bytes: 'number',
  count: 'number',
  attempt: 'number',
  providerCode: 'number',
  lag: 'number',
  ok: 'boolean',
} as const satisfies Readonly<Record<string, RegExp | 'number' | 'boolean'>>;

type FieldValue<K extends keyof typeof fields> = (typeof fields)[K] extends 'number'
  ? number
  : (typeof fields)[K] extends 'boolean'
    ? boolean
    : string | null;

export type LogFields = { readonly [K in keyof typeof fields]?: FieldValue<K> } & { readonly err?: unknown };

/**
 * `T`, with `never` for every free text: ids made by their parsers and closed lists of codes may be told, what somebody wrote may not. A value
 * that is opened, or that came with a request, is of type `string` and does not compile here.
 */
export type Told<T> = { readonly [K in keyof T]: ToldPart<T[K]> };
type ToldPart<V> = V extends string ? (IsFreeText<V> extends true ? never : V) : V;

/** A code, a pattern of a route or a server's own address, held against its form. */
export type ToldText = Id<'told'>;

/** For codes that the types do not close: of errors, of libraries, of projections. `unnamed` for what is not formed like one. */
export const toldCode = (text: string): ToldText => told(text, CODE);
/** The pattern of a route, `/api/v1/contacts/:contactId`; never the address that was asked for. */
export const toldRoute = (pattern: string): ToldText => told(pattern, ROUTE);
/** Where this server listens. */
export const toldAddress = (url: string): ToldText => told(url, SERVER_ADDRESS);

// eslint-disable-next-line no-restricted-syntax -- the brand's parser
const told = (text: string, form: RegExp): ToldText => (form.test(text) ? text : 'unnamed') as ToldText;

/** `event` is a fixed name such as `webhook.refused`: a code, not a sentence with values in it. */
type Write = <E extends string, const F extends LogFields = LogFields>(
  event: IsFreeText<E> extends true ? never : E,
  fields?: F & Told<F>,
) => void;
export type Log = { readonly debug: Write; readonly info: Write; readonly warn: Write; readonly error: Write };

export type LogSink = { readonly write: (line: string) => void };

/** Structured lines on stderr, so that results on stdout stay clean. */
export const createLog = (level: LogLevel, sink: LogSink = process.stderr): Log => {
  // Node's diagnostic reports print the environment, and with it the root key; and ask the name server who is connected.
  process.report.excludeEnv = true;
  // (Node 24 has the second; its types do not know it yet.)
  Object.assign(process.report, { excludeNetwork: true });
  const out = pino(
    {
      level,
      base: null,
      timestamp: () => `,"at":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      messageKey: 'event',
    },
    sink,
  );
  const writer =
    (at: 'debug' | 'info' | 'warn' | 'error'): Write =>
    (event: string, given?: LogFields) => {
      if (out.isLevelEnabled(at)) out[at](allowed(given ?? {}), CODE.test(event) ? event : 'unnamed');
    };
  return { debug: writer('debug'), info: writer('info'), warn: writer('warn'), error: writer('error') };
};

export const silentLog: Log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

type Line = Record<string, string | number | boolean | null | ReducedError>;

const allowed = (given: LogFields): Line => {
  const line: Line = {};
  for (const [name, form] of Object.entries(fields)) {
    const value: unknown = Reflect.get(given, name);
    if (value === null || fits(value, form)) line[name] = value;
  }
  if (given.err !== undefined) line.err = reduceError(given.err);
  return line;
};

const fits = (value: unknown, form: RegExp | 'number' | 'boolean'): value is string | number | boolean => {
  if (form === 'number') return typeof value === 'number' && Number.isFinite(value);
  if (form === 'boolean') return typeof value === 'boolean';
  return typeof value === 'string' && form.test(value);
};
