import { z } from 'zod';
import { type Id, type IsoTime, parseId, parseTime } from '#domain/ids.ts';

const ID = /^[0-9a-f]{32}$/;
const ID_OR_UUID = /^(?:[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/i;

/** An id that comes in: 32 lower-case hexadecimal digits, branded. */
export const idParam = <Kind extends string>() =>
  z
    .string()
    .regex(ID)
    .transform((text, context): Id<Kind> => {
      const id = parseId<Kind>(text);
      if (id !== null) return id;
      context.addIssue('32 hexadecimal digits');
      return z.NEVER;
    });

/** An id that goes out. */
export const id = z.string().regex(ID).describe('32 hexadecimal digits');

export const timeParam = z
  .string()
  .max(32)
  .transform((text, context): IsoTime => {
    const time = Number.isNaN(Date.parse(text)) ? null : parseTime(new Date(text).toISOString());
    if (time !== null) return time;
    context.addIssue('a UTC time such as 2026-11-24T09:30:00.000Z');
    return z.NEVER;
  });

export const time = z.string().describe('UTC time, 2026-11-24T09:30:00.000Z');

/** The id of a command out of an `Idempotency-Key`, or null when it is neither a UUID nor 32 hexadecimal digits. */
export const parseIdempotencyKey = (text: string): Id<'command'> | null =>
  ID_OR_UUID.test(text) ? parseId<'command'>(text.replaceAll('-', '').toLowerCase()) : null;
