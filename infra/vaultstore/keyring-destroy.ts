import type { ErasureMark } from '#vault/vault.ts';
import { nonceOf } from '#vault/box.ts';
import { VaultFault } from '#vault/fault.ts';
import { SECRET_BYTES } from '#vault/keys.ts';
import { WRAPPED_BYTES } from '#vault/wrap.ts';
import { type Row, truncateWithin } from './database.ts';
import { searchFile } from './files.ts';
import type { Keyring, Wanted } from './keyring.ts';
import { bytesOf, numberOf } from './values.ts';

/**
 * Destroys secrets in three steps: overwrite in place (one transaction), empty the WAL, read the file's bytes. Repeatable after a crash
 * between any two of them. A name that never had a secret gets the record of a destroyed one, so that none can be provisioned later.
 * Throws `VAULT_NOT_DESTROYED` while old pages or bytes remain.
 */
export const destroySecrets = async (keyring: Keyring, wanted: readonly Wanted[], at: string, mark: ErasureMark | null): Promise<void> => {
  const { database } = keyring;
  const overwrite = database.prepare('UPDATE secrets SET wrapped = ? WHERE id = ?');
  const record = database.prepare('UPDATE keys SET destroyed_at = ?, erasure = ?, certificate = ?, needle = ? WHERE id = ?');
  database.transact(() => {
    for (const one of wanted) {
      if (keyring.rowOf(one) === undefined) keyring.provision(one, keyring.random(SECRET_BYTES));
      const row = keyring.rowOf(one);
      if (row === undefined || row['destroyed_at'] !== null) continue;
      const needle = masked(nonceOf(bytesOf(row, 'wrapped')));
      overwrite.run(new Uint8Array(WRAPPED_BYTES), numberOf(row, 'id'));
      record.run(at, mark?.erasureId ?? null, mark?.certificate ?? null, needle, numberOf(row, 'id'));
    }
  });
  if (!(await truncateWithin(database))) {
    throw new VaultFault(
      'VAULT_NOT_DESTROYED',
      'expected the keyring to give up its old pages, another reader still holds them: try again',
    );
  }
  const needles = wanted.map((one) => needleOf(keyring.rowOf(one))).filter((needle) => needle !== null);
  for (const file of [database.file, `${database.file}-wal`]) {
    if ((await searchFile(file, needles)).hits > 0) {
      throw new VaultFault('VAULT_NOT_DESTROYED', 'expected no byte of the wrapped secret in the keyring, found it still there');
    }
  }
};

/** What to search files for once a secret is destroyed: the nonce of its wrapping, 24 bytes that occurred in it alone. */
export const needleOf = (row: Row | undefined): Uint8Array | null => {
  const needle = row?.['needle'];
  return needle instanceof Uint8Array ? masked(needle) : null;
};

// Kept inverted, so that the record itself is not what the search finds.
const masked = (nonce: Uint8Array): Uint8Array => nonce.map((byte) => byte ^ 0xff);
