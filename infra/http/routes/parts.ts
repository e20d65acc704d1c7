import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { CommandId } from '#domain/ids.ts';
import type { Done } from '#projections/shown.ts';
import type { Product } from '../../app/product.ts';
import { newId } from '../../app/new-id.ts';
import type { Access } from '../access.ts';
import type { Limiter } from '../limiter.ts';
import { fault, refusal } from '../problems.ts';
import { parseIdempotencyKey } from '../schemas/ids.ts';
import type { Streams } from '../streams.ts';

/** What the routes of the API are made from. */
export type Parts = { readonly product: Product; readonly access: Access; readonly streams: Streams; readonly signIns: Limiter };

/** What was done, or the refusal as a problem. */
export const doneOf = <T>(result: Done<T>): T => {
  if (!result.ok) throw refusal(result);
  return result;
};

export const DONE = { ok: true } as const;

/** A command sent twice with the same key is done once and answered alike. */
export const commandHeaders = z.looseObject({
  'idempotency-key': z.string().max(64).optional().describe('A UUID or 32 hexadecimal digits: the same command twice is done once'),
});

/** The command's id: the caller's key, or a new one. */
export const commandIdOf = (request: FastifyRequest): CommandId => {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return newId<'command'>();
  const id = typeof key === 'string' ? parseIdempotencyKey(key) : null;
  if (id === null) throw fault('invalid-idempotency-key');
  return id;
};

/** Answers carry opened values: no browser and no proxy keeps them. */
export const NO_STORE = 'no-store';

/** `T` with its optional fields absent instead of undefined, as `exactOptionalPropertyTypes` asks of the application's queries. */
export type Definite<T> = { readonly [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  readonly [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

export function definite<T extends object>(given: T): Definite<T>;
export function definite(given: object): object {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}
