import { join } from 'node:path';
import { z } from 'zod';
import { idOf, timeSchema } from '#domain/ids.ts';
import { roles } from '#domain/message.ts';
import { CliFault } from './exit-codes.ts';

/**
 * How a verb talks to the running server that owns the data folder: one HTTP request over a socket file (0600) in the folder (0700), so
 * whoever may read the folder may ask. Input as JSON; the answer as lines of JSON: any number of `progress`, then `result` or `fault`.
 */
const SOCKET = 'control.sock';
/** `sun_path` of the smallest system we run on, without its closing zero. */
const LONGEST_PATH_BYTES = 103;

export const controlPath = (dataFolder: string): string => {
  if (process.platform === 'win32') return `\\\\.\\pipe\\vconnect-${Buffer.from(dataFolder).toString('hex').slice(-80)}`;
  return join(dataFolder, SOCKET);
};

export const fitsSocket = (path: string): boolean => Buffer.byteLength(path) <= LONGEST_PATH_BYTES;

export const tooLong = (path: string): CliFault =>
  new CliFault(
    'SERVER_NOT_REACHABLE',
    `The running server cannot be asked, because the path ${path} is longer than sockets may have: stop the server first.`,
  );

const refusedStatus = z.literal([401, 403, 404, 409, 413, 422, 429, 502, 503]);
const done = <T extends z.ZodRawShape>(shape: T) =>
  z.discriminatedUnion('ok', [
    z.object({ ok: z.literal(true), ...shape }),
    z.object({ ok: z.literal(false), status: refusedStatus, code: z.string() }),
  ]);
const bytes = z.base64().transform((text) => Uint8Array.from(Buffer.from(text, 'base64')));
const tenant = idOf<'tenant'>();

/** What goes in and what comes out of each verb of `Operator`. Bytes as base64, bigints as decimals. */
export const protocol = {
  organisations: { input: z.null(), output: z.array(z.object({ tenant, createdAt: z.string(), sample: z.boolean() })) },
  addPerson: {
    input: z.strictObject({
      tenant,
      person: z.strictObject({ name: z.string(), email: z.string(), role: z.enum(roles), password: z.string() }),
    }),
    output: done({ accountId: idOf<'account'>() }),
  },
  people: { input: tenant, output: z.array(z.object({ accountId: idOf<'account'>(), role: z.enum(roles) })) },
  createToken: {
    input: z.strictObject({ email: z.string(), days: z.number() }),
    output: done({ token: z.string(), expiresAt: timeSchema }),
  },
  setPassword: { input: z.strictObject({ email: z.string(), password: z.string() }), output: done({}) },
  erase: {
    input: z.strictObject({ email: z.string(), contactId: z.string(), reason: z.string() }),
    output: done({ erasureId: idOf<'erasure'>(), salt: z.string(), certificate: bytes }),
  },
  projections: {
    input: z.null(),
    output: z.array(
      z.object({
        projection: z.string(),
        version: z.number(),
        checkpoint: z.string(),
        lag: z.number(),
        secondsSinceProgress: z.number(),
        parked: z.number(),
      }),
    ),
  },
  rebuild: { input: z.string(), output: z.null() },
  vkey: { input: tenant, output: z.string() },
} as const;

export type Method = keyof typeof protocol;
export const isMethod = (name: string): name is Method => Object.hasOwn(protocol, name);

export const lineSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('progress'), says: z.array(z.string()) }),
  z.object({ kind: z.literal('result'), value: z.unknown() }),
  z.object({ kind: z.literal('fault'), code: z.string(), says: z.string().nullable() }),
]);
export type ControlLine = z.output<typeof lineSchema>;
