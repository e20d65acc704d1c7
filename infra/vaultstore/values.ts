import { hash } from 'node:crypto';
import { certificateNumberSchema, parseId } from '#domain/ids.ts';
import { VaultFault } from '#vault/fault.ts';
import { lp } from '#vault/lp.ts';
import type { ErasureMark } from '#vault/vault.ts';
import type { Row } from './database.ts';

/** Readers of columns: a value of another type is damage, not a surprise to pass on. */
export const textOf = (row: Row, column: string): string => {
  const value = row[column];
  if (typeof value === 'string') return value;
  throw damaged(column);
};

export const bytesOf = (row: Row, column: string): Uint8Array => {
  const value = row[column];
  if (value instanceof Uint8Array) return value;
  throw damaged(column);
};

export const numberOf = (row: Row, column: string): number => {
  const value = row[column];
  if (typeof value === 'number') return value;
  throw damaged(column);
};

const damaged = (column: string): VaultFault =>
  new VaultFault('VAULT_STORE_DAMAGED', `expected column ${column} to hold its type, got another: restore the file from a backup`);

const ID = /^[0-9a-f]{32}$/;

/** An id as 16 bytes: half the size in every index. Throws `VAULT_BAD_INPUT` for anything else than 32 lower-case hexadecimal digits. */
export const idBytes = (id: string): Uint8Array => {
  if (!ID.test(id)) throw new VaultFault('VAULT_BAD_INPUT', 'expected an id of 32 lower-case hexadecimal digits');
  return Buffer.from(id, 'hex');
};

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('hex');

/** The erasure that a fence or a destroyed key names. */
export const markOf = (row: Row): ErasureMark => {
  const erasureId = parseId<'erasure'>(row['erasure']);
  const certificate = certificateNumberSchema.safeParse(row['certificate']);
  if (erasureId === null || !certificate.success) throw damaged('erasure');
  return { erasureId, certificate: certificate.data };
};

/** `SHA-256(lp("fence/v1", tenant, subject))`: a fence names a subject without keeping the pair of ids that the scan looks for. */
export const fenceKey = (tenant: string, subject: string): Uint8Array => hash('sha256', lp('fence/v1', tenant, subject), 'buffer');

const OWNER_BASE = 2 ** 32;

/**
 * A number of always 6 bytes by which rows of one subject are indexed: 46 bits of its fence key. SQLite leaves copies of index entries
 * behind when pages split; of this one nothing can be told. Two subjects may share it, so queries name tenant and subject too.
 */
export const ownerOf = (tenant: string, subject: string): number =>
  OWNER_BASE + (Buffer.from(fenceKey(tenant, subject)).readUIntBE(0, 6) % 2 ** 46);
