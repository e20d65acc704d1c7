import { unwritten, writeU32 } from './lp.ts';

/**
 * Padding to buckets (SPEC.md §3): the length of an envelope must not tell a phone number from a name, or one amount from another.
 * frame = length (4 bytes, big-endian) ‖ plaintext ‖ zeros, up to the next bucket.
 */
const LENGTH_BYTES = 4;
const SMALLEST_BUCKET_BYTES = 64;
const LARGEST_BUCKET_BYTES = 65_536;

/** The most plaintext that one envelope holds; longer values are cut into chunks of this size. */
export const MAX_CHUNK_BYTES = LARGEST_BUCKET_BYTES - LENGTH_BYTES;

/** Powers of two from 64 to 65,536 bytes. */
export const bucketBytes = (plaintextBytes: number): number => {
  let bucket = SMALLEST_BUCKET_BYTES;
  while (bucket < plaintextBytes + LENGTH_BYTES) bucket *= 2;
  return bucket;
};

/** @param plaintext at most `MAX_CHUNK_BYTES`; longer throws a RangeError (a mistake of the caller). */
export const pad = (plaintext: Uint8Array): Uint8Array => {
  if (plaintext.length > MAX_CHUNK_BYTES)
    throw new RangeError(`expected at most ${String(MAX_CHUNK_BYTES)} bytes, got ${String(plaintext.length)}`);
  const frame = unwritten(bucketBytes(plaintext.length));
  writeU32(frame, 0, plaintext.length);
  frame.set(plaintext, LENGTH_BYTES);
  return frame.fill(0, LENGTH_BYTES + plaintext.length);
};

/** @returns the plaintext, or null when the frame is not what `pad` makes: wrong bucket, wrong length, a byte of padding that is not zero. */
export const unpad = (frame: Uint8Array): Uint8Array | null => {
  if (frame.length < SMALLEST_BUCKET_BYTES) return null;
  const length = new DataView(frame.buffer, frame.byteOffset, frame.length).getUint32(0);
  if (length > MAX_CHUNK_BYTES || bucketBytes(length) !== frame.length) return null;
  // Every byte is looked at: how long this takes tells nothing of what the padding holds.
  let padding = 0;
  for (let at = LENGTH_BYTES + length; at < frame.length; at += 1) padding |= frame[at] ?? 0;
  return padding === 0 ? frame.subarray(LENGTH_BYTES, LENGTH_BYTES + length) : null;
};
