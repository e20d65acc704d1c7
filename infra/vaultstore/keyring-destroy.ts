import type { ErasureMark } from '#vault/vault.ts';
import { VaultFault } from '#vault/fault.ts';
import { SECRET_BYTES } from '#vault/keys.ts';
import { WRAPPED_BYTES } from '#vault/wrap.ts';
import { type Database, type Row, truncateWithin } from './database.ts';
import { searchFile } from './files.ts';
import type { Keyring, Wanted } from './keyring.ts';
import { bytesOf, idBytes, numberOf } from './values.ts';

/** Where a wrapping keeps its commitment (SPEC.md §2): the same for every wrapping of this secret under this key, and for no other. */
const MARK = { from: 1, to: 33 } as const;

/**
 * Destroys secrets in three steps: overwrite in place (one transaction), empty the WAL, read the file's bytes. Repeatable after a crash
 * between any two of them. A name that never had a secret gets the record of a destroyed one, so that none can be provisioned later.
 * Throws `VAULT_NOT_DESTROYED` while old pages or bytes remain, `VAULT_HELD` for a person under a legal hold.
 * @param also what becomes true in the same transaction, before anything is overwritten; @returns further secrets to destroy
 */
export const destroySecrets = async (
  keyring: Keyring,
  wanted: readonly Wanted[],
  at: string,
  mark: ErasureMark | null,
  also: () => readonly Wanted[] = () => [],
): Promise<void> => {
  const { database } = keyring;
  const overwrite = database.prepare('UPDATE secrets SET wrapped = ? WHERE id = ?');
  const record = database.prepare('UPDATE keys SET destroyed_at = ?, erasure = ?, certificate = ?, needle = ? WHERE id = ?');
  const held = database.prepare('SELECT 1 FROM hold_subjects WHERE tenant = ? AND subject = ?');
  const all = database.transact(() => {
    const ending = [...wanted, ...also()];
    for (const one of ending) {
      if (one.kind === 'subject' && held.get(idBytes(one.tenant), idBytes(one.name)) !== undefined)
        throw new VaultFault('VAULT_HELD', 'expected a person without a legal hold, got one under a hold: release it first');
      if (keyring.rowOf(one) === undefined) keyring.provision(one, keyring.random(SECRET_BYTES));
      const row = keyring.rowOf(one);
      if (row === undefined || row['destroyed_at'] !== null) continue;
      const needle = masked(bytesOf(row, 'wrapped').subarray(MARK.from, MARK.to));
      overwrite.run(new Uint8Array(WRAPPED_BYTES), numberOf(row, 'id'));
      record.run(at, mark?.erasureId ?? null, mark?.certificate ?? null, needle, numberOf(row, 'id'));
    }
    return ending;
  });
  // From the commit on, not only once the file was read: what is cached of it opens nothing more in this process either.
  keyring.forget();
  await assertGone(
    database,
    all.map((one) => needleOf(keyring.rowOf(one))).filter((needle) => needle !== null),
  );
};

/** Empties the WAL and reads the keyring's bytes. Throws `VAULT_NOT_DESTROYED` while old pages, or any of the needles, are there. */
export const assertGone = async (database: Database, needles: readonly Uint8Array[]): Promise<void> => {
  if (!(await truncateWithin(database))) {
    throw new VaultFault(
      'VAULT_NOT_DESTROYED',
      'expected the keyring to give up its old pages, another reader still holds them: try again',
    );
  }
  for (const file of [database.file, `${database.file}-wal`]) {
    if ((await searchFile(file, needles)).hits > 0) {
      throw new VaultFault('VAULT_NOT_DESTROYED', 'expected no byte of the wrapped secret in the keyring, found it still there');
    }
  }
};

/** What to search files for once a secret is destroyed: the commitment of its wrapping, 32 bytes that occurred in its wrappings alone. */
export const needleOf = (row: Row | undefined): Uint8Array | null => {
  const needle = row?.['needle'];
  return needle instanceof Uint8Array ? masked(needle) : null;
};

/** Kept inverted, so that the record itself is not what the search finds. */
export const masked = (bytes: Uint8Array): Uint8Array => bytes.map((byte) => byte ^ 0xff);
