import type { KeyObject } from 'node:crypto';
import { type BoxFailure, type BoxOpened, openBox, sealBox } from './box.ts';
import { lp, u32 } from './lp.ts';
import { MAX_CHUNK_BYTES, pad, unpad } from './padding.ts';
import type { SealContext } from './vault.ts';

/** Which two secrets a value's key is derived from; bound into the context, looked up by the opener itself. */
export type KeyIds = { readonly subject: string; readonly bucket: string };

const LENGTH_BYTES = 4;

/** `lp("seal/v1", tenant, subject, class, period, stream, eventId, fieldPath, schema, kidS, kidB)` (SPEC.md §3). */
export const sealContextBytes = (context: SealContext, keyIds: KeyIds): Uint8Array =>
  lp(
    'seal/v1',
    context.tenant,
    context.subject,
    context.class,
    context.period,
    context.stream,
    context.event,
    context.field,
    context.schema,
    keyIds.subject,
    keyIds.bucket,
  );

/** One envelope, for at most `MAX_CHUNK_BYTES`. @param nonce 24 random bytes */
export const sealEnvelope = (dek: KeyObject, context: Uint8Array, plaintext: Uint8Array, nonce: Uint8Array): Uint8Array => {
  const frame = pad(plaintext);
  const envelope = sealBox(dek, context, frame, nonce);
  frame.fill(0);
  return envelope;
};

/** Opens one envelope under the context that the caller expects. */
export const openEnvelope = (dek: KeyObject, context: Uint8Array, envelope: Uint8Array): BoxOpened => {
  const opened = openBox(dek, context, envelope);
  if (opened.kind === 'tampered') return opened;
  const bytes = unpad(opened.bytes);
  return bytes === null ? tampered('framing') : { kind: 'opened', bytes };
};

/** `lp("chunk/v1", ctx, index (4 bytes), final (1 byte))`: no chunk can be moved, left out, added or taken from another value. */
export const chunkContextBytes = (context: Uint8Array, index: number, final: boolean): Uint8Array =>
  lp('chunk/v1', context, u32(index), Uint8Array.of(final ? 1 : 0));

/** A value of any length as chunks, each `length (4 bytes) ‖ envelope`. @param nonce called once per chunk, 24 fresh random bytes each */
export const sealChunks = (dek: KeyObject, context: Uint8Array, plaintext: Uint8Array, nonce: () => Uint8Array): Uint8Array => {
  const parts: Uint8Array[] = [];
  const count = Math.max(1, Math.ceil(plaintext.length / MAX_CHUNK_BYTES));
  for (let index = 0; index < count; index += 1) {
    const chunk = plaintext.subarray(index * MAX_CHUNK_BYTES, (index + 1) * MAX_CHUNK_BYTES);
    const envelope = sealEnvelope(dek, chunkContextBytes(context, index, index === count - 1), chunk, nonce());
    parts.push(u32(envelope.length), envelope);
  }
  return Buffer.concat(parts);
};

/** Opens what `sealChunks` made. Every chunk but the last must be full; the last must be final and end the bytes. */
export const openChunks = (dek: KeyObject, context: Uint8Array, bytes: Uint8Array): BoxOpened => {
  const chunks: Uint8Array[] = [];
  let at = 0;
  for (let index = 0; ; index += 1) {
    const envelope = chunkAt(bytes, at);
    if (envelope === null) return tampered('framing');
    at += LENGTH_BYTES + envelope.length;
    const final = at === bytes.length;
    const opened = openEnvelope(dek, chunkContextBytes(context, index, final), envelope);
    if (opened.kind === 'tampered') return opened;
    if (!final && opened.bytes.length !== MAX_CHUNK_BYTES) return tampered('framing');
    chunks.push(opened.bytes);
    if (final) return { kind: 'opened', bytes: chunks.length === 1 ? opened.bytes : Buffer.concat(chunks) };
  }
};

const chunkAt = (bytes: Uint8Array, at: number): Uint8Array | null => {
  if (at + LENGTH_BYTES > bytes.length) return null;
  const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(at);
  const end = at + LENGTH_BYTES + length;
  return end > bytes.length ? null : bytes.subarray(at + LENGTH_BYTES, end);
};

const tampered = (reason: BoxFailure): BoxOpened => ({ kind: 'tampered', reason });
