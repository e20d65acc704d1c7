import { z } from 'zod';
import { roles } from '#domain/message.ts';
import { id, time } from './ids.ts';

/** A list that goes out. Typed as readonly without zod's `.readonly()`, which would freeze every answer. */
export const listOf = <T extends z.ZodType>(item: T): z.ZodType<readonly z.output<T>[]> => z.array(item);

/** A personal value as the product shows it: never blank, always one of these five. */
export const shown = z
  .discriminatedUnion('state', [
    z.object({ state: z.literal('value'), text: z.string(), masked: z.boolean() }),
    z.object({ state: z.literal('erased'), certificate: z.string(), at: time }),
    z.object({ state: z.literal('unavailable'), reason: z.string() }),
    z.object({ state: z.literal('tampered') }),
    z.object({ state: z.literal('absent') }),
  ])
  .meta({ id: 'Shown', description: 'A personal value: shown, erased, unavailable, tampered with, or never given' });

export const role = z.enum(roles);
export const person = z.object({ accountId: id, name: shown, role }).meta({ id: 'Person' });
export const personDetail = person.extend({ email: shown, addedAt: time });

export const actor = z
  .discriminatedUnion('kind', [
    z.object({ kind: z.literal('person'), person }),
    z.object({ kind: z.literal('customer'), contactId: id }),
    z.object({ kind: z.literal('machine'), part: z.string() }),
  ])
  .meta({ id: 'Actor' });

export const erasedMark = z.object({ certificate: z.string(), at: time }).nullable();
export const cursor = z.string().nullable().describe('Give it back as `after` (or `before`) for the next page; null at the end');

/** Answer of a command that has nothing to tell. */
export const done = z.object({ ok: z.literal(true) });
