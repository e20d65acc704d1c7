import type { KeyObject } from 'node:crypto';
import { type BoxFailure, type BoxOpened, openBox, sealBox } from './box.ts';
import { lp } from './lp.ts';
import { pad, unpad } from './padding.ts';
import { type Secretbox, secretbox } from './secretbox.ts';
import type { SealContext } from './vault.ts';

/** Which two secrets a value's key is derived from; bound into the context, looked up by the opener itself. */
export type KeyIds = { readonly subject: string; readonly bucket: string };

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

/** One envelope, for at most `MAX_CHUNK_BYTES`; more throws a RangeError. @param nonce 24 random bytes @param by see `sealBox` */
export const sealEnvelope = (
  dek: KeyObject,
  context: Uint8Array,
  plaintext: Uint8Array,
  nonce: Uint8Array,
  by: Secretbox = secretbox,
): Uint8Array => {
  const frame = pad(plaintext);
  const envelope = sealBox(dek, context, frame, nonce, by);
  frame.fill(0);
  return envelope;
};

/** Opens one envelope under the context that the caller expects. */
export const openEnvelope = (dek: KeyObject, context: Uint8Array, envelope: Uint8Array, by: Secretbox = secretbox): BoxOpened => {
  const opened = openBox(dek, context, envelope, by);
  if (opened.kind === 'tampered') return opened;
  const bytes = unpad(opened.bytes);
  return bytes === null ? tampered('framing') : { kind: 'opened', bytes };
};

const tampered = (reason: BoxFailure): BoxOpened => ({ kind: 'tampered', reason });
