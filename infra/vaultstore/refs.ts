import { type PayloadRef, parseId } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';
import type { RandomBytes } from '#vault/random.ts';

/** A reference: UUIDv7 (RFC 9562), random and ordered by time, so that new rows stand at the end of their index. */
export const newRef = (random: RandomBytes, nowMs: number = Date.now()): PayloadRef => {
  const bytes = Buffer.from(random(16));
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const ref = parseId<'payload'>(bytes.toString('hex'));
  if (ref === null) throw new VaultFault('VAULT_STORE_FAILED', 'expected an id of 32 hexadecimal digits');
  return ref;
};
