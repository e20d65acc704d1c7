import { readdirSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { digestSchema, idOf, parseStream, streamParts } from '#domain/ids.ts';
import { metaSchema, type RecordedEvent } from '#domain/message.ts';

/**
 * One stored event per type and version, as the log of a released version holds it. These files are never changed: a new field gets a new
 * version and an upcaster, or is optional and gets a second file (`<Type>.v1.<what>.json`). Made-up ids; no value of any person.
 */
const folder = new URL('./events/', import.meta.url);

const fileSchema = z.strictObject({
  stream: z.string().transform((text, context) => {
    const stream = parseStream(text);
    if (stream !== null) return stream;
    context.addIssue('expected a stream name');
    return z.NEVER;
  }),
  id: idOf<'event'>(),
  type: z.string(),
  version: z.number().int(),
  data: z.record(z.string(), z.unknown()),
  personal: z.record(z.string(), z.strictObject({ ref: idOf<'payload'>(), digest: digestSchema })),
  meta: metaSchema,
});

export const goldenNames = (): readonly string[] => readdirSync(folder).sort();

export const goldenEvent = (name: string): RecordedEvent => {
  const file = fileSchema.parse(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  return { ...file, tenant: streamParts(file.stream).tenant, revision: 0n, position: 1n };
};

export const goldenEvents = () => goldenNames().map((name) => ({ name, event: goldenEvent(name) }));
