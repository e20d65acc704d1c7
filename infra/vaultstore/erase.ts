import { setImmediate as nextTurn } from 'node:timers/promises';
import { type IsoTime, parseDigest, parseTime, type SubjectId, type TenantId } from '#domain/ids.ts';
import type { Clock } from '#domain/ports.ts';
import { VaultFault } from '#vault/fault.ts';
import { oldestWeek } from '#vault/seen-week.ts';
import type { DestroyedKey, ErasureMark, FenceReport, RemovalReport, ScanReport } from '#vault/vault.ts';
import type { DataKeys } from './data-keys.ts';
import { type Database, truncateWithin } from './database.ts';
import { searchFile } from './files.ts';
import type { IdentityRows } from './identity-rows.ts';
import { destroySecrets, needleOf } from './keyring-destroy.ts';
import type { Keyring, Wanted } from './keyring.ts';
import type { MediaFiles } from './media-files.ts';
import type { Payloads } from './payload-rows.ts';
import { bytesOf, hexOf, idBytes, textOf } from './values.ts';

type Parts = {
  readonly keyring: Keyring;
  readonly dataKeys: DataKeys;
  readonly payloads: Payloads;
  readonly identity: IdentityRows;
  readonly media: MediaFiles;
  readonly clock: Clock;
};

const subjectKey = (tenant: TenantId, subject: SubjectId): Wanted => ({ kind: 'subject', tenant, name: subject });

/** The steps of an erasure inside the vault, each idempotent and resumable after a crash at any point. */
export const createEraser = (parts: Parts) => {
  const { keyring, dataKeys, payloads, identity, media } = parts;

  const needFence = (tenant: TenantId, subject: SubjectId): ErasureMark => {
    const fence = payloads.fence(tenant, subject);
    if (fence === null) throw new VaultFault('VAULT_NOT_FENCED', 'expected the subject to be fenced before its keys are destroyed');
    return fence.mark;
  };

  // Payloads first: once nothing new can be stored, nothing new may point at the subject either.
  const fence = async (tenant: TenantId, subject: SubjectId, mark: ErasureMark): Promise<FenceReport> => {
    payloads.setFence(tenant, subject, mark);
    return { unlinkedIdentifiers: identity.setFence(tenant, subject) };
  };

  const destroy = async (tenant: TenantId, subject: SubjectId, at: IsoTime): Promise<DestroyedKey> => {
    const wanted = subjectKey(tenant, subject);
    const mark = needFence(tenant, subject);
    dataKeys.purge(tenant, subject);
    await destroySecrets(keyring, [wanted], at, mark);
    dataKeys.purge(tenant, subject);
    return describe(keyring, wanted);
  };

  const remove = async (tenant: TenantId, subject: SubjectId): Promise<RemovalReport> => {
    needFence(tenant, subject);
    // A key that lives would still open a copy of what is removed here, and nothing would be left to tell of it.
    if (needleOf(keyring.rowOf(subjectKey(tenant, subject))) === null)
      throw new VaultFault('VAULT_NOT_DESTROYED', 'expected the key to be destroyed before what it opens is removed');
    while (payloads.removeBatch(tenant, subject) > 0) await nextTurn();
    await media.removeAllOf(tenant, subject, (names) => {
      payloads.mediaGoes(tenant, subject, names);
    });
    payloads.mediaGone(tenant, subject);
    const tags = identity.namingTags(tenant, subject);
    const words = identity.words.needlesOf(tenant, subject);
    while (identity.removeBatch(tenant, subject, oldestWeek(Date.parse(parts.clock.now()))) > 0) await nextTurn();
    const traces = subjectNeedles(tenant, subject);
    await cleanPages(payloads.database, traces, 'VACUUM');
    await cleanPages(identity.database, tags, 'REINDEX claim_tag');
    await cleanPages(identity.database, words, 'REINDEX word_tag');
    await cleanPages(identity.database, traces, 'VACUUM');
    const counted = payloads.fence(tenant, subject);
    const rows = identity.fence(tenant, subject);
    return { payloads: counted?.payloads ?? 0, mediaFiles: counted?.media ?? 0, identityRows: rows?.removed ?? 0 };
  };

  const scan = async (tenant: TenantId, subject: SubjectId): Promise<ScanReport> => {
    const wrapped = needleOf(keyring.rowOf(subjectKey(tenant, subject)));
    if (wrapped === null) throw new VaultFault('VAULT_NOT_DESTROYED', 'expected the key to be destroyed before its traces are searched');
    const traces = subjectNeedles(tenant, subject);
    const plan = [
      { database: keyring.database, needles: [wrapped] },
      { database: payloads.database, needles: [wrapped, ...traces] },
      { database: identity.database, needles: [wrapped, ...traces] },
    ];
    let report: ScanReport = { files: 0, bytes: 0, hits: 0 };
    for (const { database, needles } of plan) {
      for (const file of [database.file, `${database.file}-wal`]) {
        const found = await searchFile(file, needles);
        report = { files: report.files + 1, bytes: report.bytes + found.bytes, hits: report.hits + found.hits };
      }
    }
    const left = await media.listOf(tenant, subject);
    return { ...report, hits: report.hits + left.length };
  };

  return { fence, destroy, remove, scan };
};

// Tenant and subject side by side: as every row and index entry of the two files holds them, and as text.
const subjectNeedles = (tenant: string, subject: string): readonly Uint8Array[] => [
  Buffer.concat([idBytes(tenant), idBytes(subject)]),
  Buffer.from(subject),
];

/**
 * Empties the WAL and reads the file. SQLite may leave copies of index entries behind when pages split (seen once in some thousand tags);
 * they go when `rewrite` builds the index, or as a last resort the file, anew.
 */
const cleanPages = async (
  database: Database,
  needles: readonly Uint8Array[],
  rewrite: 'VACUUM' | 'REINDEX claim_tag' | 'REINDEX word_tag',
): Promise<void> => {
  await emptyWal(database);
  const { hits } = await searchFile(database.file, needles);
  if (hits === 0) return;
  database.prepare(rewrite).run();
  await emptyWal(database);
};

const emptyWal = async (database: Database): Promise<void> => {
  if (await truncateWithin(database)) return;
  throw new VaultFault('VAULT_NOT_REMOVED', 'expected the store to give up its old pages, another reader still holds them: try again');
};

const describe = (keyring: Keyring, wanted: Wanted): DestroyedKey => {
  const row = keyring.rowOf(wanted) ?? {};
  const commitment = parseDigest(hexOf(bytesOf(row, 'commitment')));
  const createdAt = parseTime(textOf(row, 'created_at'));
  const destroyedAt = parseTime(row['destroyed_at']);
  if (commitment === null || createdAt === null || destroyedAt === null) {
    throw new VaultFault('VAULT_STORE_DAMAGED', 'expected a complete record of the destroyed key: restore the keyring from a backup');
  }
  return {
    keyId: hexOf(bytesOf(row, 'key_id')),
    algorithm: 'HMAC-SHA-512 two-dimensional secret, XSalsa20-Poly1305',
    createdAt,
    destroyedAt,
    commitment,
  };
};
