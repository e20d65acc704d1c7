import type { KeyObject } from 'node:crypto';
import { keyObject } from '#vault/keys.ts';
import { type SecretKind, type SecretName, unwrapSecret } from '#vault/wrap.ts';
import type { Row } from './database.ts';
import { createKeyCache } from './key-cache.ts';
import type { OpenKeyring } from './keyring-file.ts';
import { bytesOf, hexOf, idBytes, numberOf, textOf } from './values.ts';

/** A key that wraps others; rows name it by its id. */
export type Wrapper = { readonly id: string; readonly key: KeyObject };

/** Which kind of secret wraps each kind; null: a root key. */
export const WRAPPED_BY: Readonly<Record<SecretKind, 'tenant' | 'hold' | null>> = {
  root: null,
  tenant: null,
  signing: null,
  subject: 'tenant',
  bucket: 'tenant',
  blind: 'tenant',
  seen: 'tenant',
  hold: 'tenant',
  held: 'hold',
};

/** Keys that wrap others, by the id that each row names, unwrapped once and kept for a bounded time. */
export const createWrappers = ({ database, roots }: OpenKeyring) => {
  const select = database.prepare(
    'SELECT k.*, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE kind = ? AND tenant = ? AND key_id = ?',
  );
  const selectTenantKeys = database.prepare(
    `SELECT key_id, CAST(name AS TEXT) AS generation FROM keys WHERE kind = 'tenant' AND tenant = ? AND destroyed_at IS NULL ORDER BY id DESC`,
  );
  const cache = createKeyCache<KeyObject>();

  /** The secret of a row, under the key that the row names. */
  const unwrapRow = (kind: SecretKind, tenant: string, row: Row): Uint8Array | null => {
    const under = wrapperOf(kind, tenant, hexOf(bytesOf(row, 'wrapper')));
    const name = nameOf(kind, bytesOf(row, 'name'));
    const named: SecretName = { kind, tenant, name, keyId: hexOf(bytesOf(row, 'key_id')), shares: numberOf(row, 'shares') };
    return under === null ? null : unwrapSecret(under, named, bytesOf(row, 'wrapped'), bytesOf(row, 'commitment'));
  };

  /** The key with this id that wraps secrets of a kind; null when it is destroyed, or cannot be unwrapped itself. */
  const wrapperOf = (kind: SecretKind, tenant: string, id: string): KeyObject | null => {
    const by = WRAPPED_BY[kind];
    if (by === null) return roots.get(id);
    const cached = cache.get(tenant, id);
    if (cached !== undefined) return cached;
    const row = select.get(by, idBytes(tenant), idBytes(id));
    const secret = row === undefined || row['destroyed_at'] !== null ? null : unwrapRow(by, tenant, row);
    if (secret === null) return null;
    const key = keyObject(secret);
    secret.fill(0);
    cache.set(tenant, id, key);
    return key;
  };

  return {
    unwrapRow,
    wrapperOf,
    /** Living tenant keys, the one that new secrets come under first: two while a rotation lasts. */
    tenantKeys: (tenant: string): readonly { readonly id: string; readonly generation: string }[] =>
      selectTenantKeys.all(idBytes(tenant)).map((row) => ({ id: hexOf(bytesOf(row, 'key_id')), generation: textOf(row, 'generation') })),
    clear: cache.clear,
    sweep: cache.sweep,
  };
};

export const nameBytes = (kind: SecretKind, name: string): Uint8Array => (kind === 'subject' ? idBytes(name) : Buffer.from(name));
/** The name as it is bound into the wrapping, from its column. */
export const nameOf = (kind: SecretKind, bytes: Uint8Array): string =>
  kind === 'subject' ? hexOf(bytes) : Buffer.from(bytes).toString('utf8');
