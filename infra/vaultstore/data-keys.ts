import type { KeyObject } from 'node:crypto';
import { type IsoTime, parseTime } from '#domain/ids.ts';
import type { KeyIds } from '#vault/envelope.ts';
import { VaultFault } from '#vault/fault.ts';
import { deriveDek, keyObject } from '#vault/keys.ts';
import type { ErasureMark, SealContext } from '#vault/vault.ts';
import type { Row } from './database.ts';
import { heldKeyOf } from './held-keys.ts';
import { createKeyCache } from './key-cache.ts';
import type { Keyring, Wanted } from './keyring.ts';
import { bytesOf, hexOf, markOf } from './values.ts';

type Cell = Pick<SealContext, 'tenant' | 'subject' | 'class' | 'period'>;

type Erased = ErasureMark & { readonly kind: 'erased'; readonly erasedAt: IsoTime };

export type DataKey =
  /** `held`: its period is over, a legal hold kept this key: it opens what was sealed, nothing more is sealed under it. */
  | { readonly kind: 'key'; readonly dek: KeyObject; readonly keyIds: KeyIds; readonly held: boolean }
  | Erased
  | { readonly kind: 'unavailable'; readonly reason: 'never-provisioned' | 'period-expired' | 'key-locked' };

export type DataKeys = ReturnType<typeof createDataKeys>;

/** The derived key of each subject × bucket, fetched once and kept for a bounded time. */
export const createDataKeys = (keyring: Keyring) => {
  type Cached = { readonly dek: KeyObject; readonly keyIds: KeyIds; readonly held: boolean };
  const deks = createKeyCache<Cached>();
  const buckets = createKeyCache<{ readonly keyId: string; readonly secret: Uint8Array }>({ onDrop: ({ secret }) => secret.fill(0) });

  const bucketOf = (cell: Cell) => {
    const name = bucketName(cell);
    const cached = buckets.get(cell.tenant, name);
    if (cached !== undefined) return { kind: 'active' as const, ...cached };
    const found = keyring.find({ kind: 'bucket', tenant: cell.tenant, name });
    if (found.kind === 'active') buckets.set(cell.tenant, name, found);
    return found;
  };

  const derive = (cell: Cell): DataKey => {
    const subject = keyring.find({ kind: 'subject', tenant: cell.tenant, name: cell.subject });
    if (subject.kind === 'destroyed') return erasedOf(subject.row);
    if (subject.kind !== 'active') return { kind: 'unavailable', reason: subject.kind === 'locked' ? 'key-locked' : 'never-provisioned' };
    const secret = keyObject(subject.secret);
    subject.secret.fill(0);
    const bucket = bucketOf(cell);
    const kept = bucket.kind === 'destroyed' ? heldKeyOf(keyring, cell) : null;
    if (kept !== null && bucket.kind === 'destroyed') {
      const keyIds = { subject: subject.keyId, bucket: hexOf(bytesOf(bucket.row, 'key_id')) };
      return remember(cell, { dek: kept, keyIds, held: true });
    }
    if (bucket.kind !== 'active') return { kind: 'unavailable', reason: BUCKET_REASON[bucket.kind] };
    const keyIds = { subject: subject.keyId, bucket: bucket.keyId };
    return remember(cell, { dek: deriveDek(secret, bucket.secret), keyIds, held: false });
  };
  const remember = (cell: Cell, key: Cached): DataKey => {
    deks.set(groupOf(cell.tenant, cell.subject), bucketName(cell), key);
    return { kind: 'key', ...key };
  };

  const clear = (): void => {
    deks.clear();
    buckets.clear();
  };
  keyring.onChange(clear);

  return {
    get: (cell: Cell): DataKey => {
      const cached = deks.get(groupOf(cell.tenant, cell.subject), bucketName(cell));
      return cached === undefined ? derive(cell) : { kind: 'key', ...cached };
    },
    /** Mints the secrets of these cells that do not exist yet; durable on return. */
    ensure: (cells: readonly Cell[]): void => {
      const unknown = cells.filter((cell) => deks.get(groupOf(cell.tenant, cell.subject), bucketName(cell)) === undefined);
      keyring.ensure(unknown.flatMap(wantedOf));
    },
    purge: (tenant: string, subject: string): void => {
      deks.drop(groupOf(tenant, subject));
    },
    clear,
    /** Drops what is past its time. */
    sweep: (): void => {
      deks.sweep();
      buckets.sweep();
    },
  };
};

const BUCKET_REASON = { missing: 'never-provisioned', destroyed: 'period-expired', locked: 'key-locked' } as const;

const groupOf = (tenant: string, subject: string): string => `${tenant}/${subject}`;
const bucketName = (cell: Cell): string => `${cell.class}/${cell.period}`;
const wantedOf = (cell: Cell): readonly Wanted[] => [
  { kind: 'subject', tenant: cell.tenant, name: cell.subject },
  { kind: 'bucket', tenant: cell.tenant, name: bucketName(cell) },
];

/** The answer for a destroyed subject key, from its record. */
const erasedOf = (row: Row): Erased => {
  const erasedAt = parseTime(row['destroyed_at']);
  if (erasedAt === null)
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected the record of a destroyed key to say when: restore the keyring');
  return { kind: 'erased', ...markOf(row), erasedAt };
};
