import { createHash, randomBytes } from 'node:crypto';
import { type CommandId, type EventId, type Id, parseId, type StreamName } from '#domain/ids.ts';

const TIME_HEX = 12;

const branded = <Kind extends string>(hex: string): Id<Kind> => {
  const id = parseId<Kind>(hex);
  if (id === null) throw new Error('expected 32 hexadecimal digits');
  return id;
};

/** A new random, time-ordered id: UUIDv7 (RFC 9562 §5.7) as 32 hexadecimal digits. */
export const newId = <Kind extends string>(): Id<Kind> => {
  const time = Date.now().toString(16).padStart(TIME_HEX, '0');
  const random = randomBytes(10).toString('hex');
  const variant = (0x8 | (parseInt(random.slice(3, 4), 16) & 0x3)).toString(16);
  return branded<Kind>(`${time}7${random.slice(0, 3)}${variant}${random.slice(4, 19)}`);
};

/**
 * An id that follows from `from`: the same on every retry, with the time of `from`, so that it sorts where it belongs (UUIDv8,
 * RFC 9562 §5.8). Only random ids and codes go in, never a personal value.
 */
export const derivedId = <Kind extends string>(from: string, ...parts: readonly string[]): Id<Kind> => {
  const hash = createHash('sha256')
    .update([from, ...parts].join('/'))
    .digest('hex');
  return branded<Kind>(`${from.slice(0, TIME_HEX)}8${hash.slice(0, 3)}8${hash.slice(3, 18)}`);
};

/** Event ids follow from the command: a repeated command finds its own events in the store. */
export const eventIdOf = (commandId: CommandId, stream: StreamName, index: number): EventId =>
  derivedId<'event'>(commandId, stream, String(index));
