import type { KeyObject } from 'node:crypto';
import type { BoxFailure, BoxOpened } from './box.ts';
import { openEnvelope, sealEnvelope } from './envelope.ts';
import { lp, u32 } from './lp.ts';
import { MAX_CHUNK_BYTES } from './padding.ts';

/** What does not fit into one envelope, or is given as bytes, stands in a file of chunks (SPEC.md §3), each `length (4 bytes) ‖ envelope`. */
const LENGTH_BYTES = 4;

/**
 * The largest value, before sealing: WhatsApp carries documents of up to 100 MiB, and a value is held in memory whole. 2,049 chunks: far
 * from where the index of four bytes ends.
 */
export const MAX_VALUE_BYTES = 128 * 1024 * 1024;

/** `lp("chunk/v1", ctx, index (4 bytes), final (1 byte))`: no chunk can be moved, left out, added or taken from another value. */
export const chunkContextBytes = (context: Uint8Array, index: number, final: boolean): Uint8Array =>
  lp('chunk/v1', context, u32(index), Uint8Array.of(final ? 1 : 0));

/**
 * A value as the chunks of its file, one at a time, so that the caller may let others work in between; the file is all of them in their
 * order. More than `MAX_VALUE_BYTES` throws a RangeError. @param nonce called once per chunk, 24 fresh random bytes each
 */
export function* sealChunks(
  dek: KeyObject,
  context: Uint8Array,
  plaintext: Uint8Array,
  nonce: () => Uint8Array,
): Generator<Uint8Array, void> {
  if (plaintext.length > MAX_VALUE_BYTES)
    throw new RangeError(`expected at most ${String(MAX_VALUE_BYTES)} bytes, got ${String(plaintext.length)}`);
  const last = Math.max(0, Math.ceil(plaintext.length / MAX_CHUNK_BYTES) - 1);
  for (let index = 0; index <= last; index += 1) {
    const chunk = plaintext.subarray(index * MAX_CHUNK_BYTES, (index + 1) * MAX_CHUNK_BYTES);
    const envelope = sealEnvelope(dek, chunkContextBytes(context, index, index === last), chunk, nonce());
    const stored = new Uint8Array(LENGTH_BYTES + envelope.length);
    stored.set(u32(envelope.length));
    stored.set(envelope, LENGTH_BYTES);
    yield stored;
  }
}

/**
 * Opens the file of `sealChunks`, one chunk a step; the value of the last step is the answer. Every chunk but the last must be full, the
 * last must be final, end the bytes, and hold something unless it is the only one.
 */
export function* openChunks(dek: KeyObject, context: Uint8Array, bytes: Uint8Array): Generator<void, BoxOpened> {
  const chunks: Uint8Array[] = [];
  for (let index = 0, at = 0; ; index += 1) {
    const envelope = chunkAt(bytes, at);
    if (envelope === null) return tampered('framing');
    at += LENGTH_BYTES + envelope.length;
    const final = at === bytes.length;
    const opened = openEnvelope(dek, chunkContextBytes(context, index, final), envelope);
    if (opened.kind === 'tampered') return opened;
    if (!isFitting(opened.bytes.length, index, final)) return tampered('framing');
    chunks.push(opened.bytes);
    if (final) return { kind: 'opened', bytes: index === 0 ? opened.bytes : Buffer.concat(chunks) };
    yield;
  }
}

/** One value has one form only. */
const isFitting = (length: number, index: number, final: boolean): boolean =>
  final ? length > 0 || index === 0 : length === MAX_CHUNK_BYTES;

const chunkAt = (bytes: Uint8Array, at: number): Uint8Array | null => {
  if (at + LENGTH_BYTES > bytes.length) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
  const end = at + LENGTH_BYTES + length;
  return end > bytes.length ? null : bytes.subarray(at + LENGTH_BYTES, end);
};

const tampered = (reason: BoxFailure): BoxOpened => ({ kind: 'tampered', reason });
