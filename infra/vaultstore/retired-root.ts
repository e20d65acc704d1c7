import { readFileSync } from 'node:fs';
import { destroyKeyFile, nextFileOf, readKeyFile } from './key-file.ts';
import { assertGone, masked } from './keyring-destroy.ts';
import type { Keyring } from './keyring.ts';
import type { RotationHooks } from './rewrap.ts';
import { isRootOf, type RootKeySource } from './root-key.ts';
import type { StoredRoot } from './roots.ts';
import { idBytes } from './values.ts';

export { masked };
export const NEEDLE_BYTES = 32;

/**
 * Ends a root key that was replaced: reads the keyring's bytes for its wrapped forms, and destroys its file. Repeatable after a crash.
 * Copies that were made of the file elsewhere are not reached.
 */
export const destroyRetired = async (
  keyring: Keyring,
  root: StoredRoot,
  { current, onStep }: RotationHooks & { readonly current: RootKeySource },
): Promise<void> => {
  const { database } = keyring;
  const row = database.prepare('SELECT needles FROM roots WHERE id = ?').get(idBytes(root.id));
  const needles = row?.['needles'] instanceof Uint8Array ? row['needles'] : new Uint8Array(0);
  const each = Array.from({ length: needles.length / NEEDLE_BYTES }, (_, at) =>
    needles.subarray(at * NEEDLE_BYTES, (at + 1) * NEEDLE_BYTES),
  );
  await assertGone(database, each.map(masked));
  onStep?.('wrapped-forms-gone');
  const places = new Set([root.place, current.kind === 'file' ? current.path : null]);
  for (const place of places) if (place !== null) destroyFileOf(keyring, root, place);
  onStep?.('file-gone');
  database.transact(() => database.prepare(`UPDATE roots SET state = 'retired' WHERE id = ? AND state = 'retiring'`).run(idBytes(root.id)));
};

const destroyFileOf = ({ roots }: Keyring, root: StoredRoot, place: string): void => {
  const active = roots.list().find((one) => one.state === 'active');
  const waiting = nextFileOf(place);
  const successor = active !== undefined && holds(waiting, roots.ringId, active) ? waiting : null;
  if (successor !== null && holds(place, roots.ringId, active ?? root)) destroyKeyFile(successor, null);
  else if (successor !== null || holds(place, roots.ringId, root) || isOverwritten(place)) destroyKeyFile(place, successor);
};

const holds = (path: string, ringId: string, root: StoredRoot): boolean => {
  try {
    const key = readKeyFile(path);
    return key !== null && isRootOf(key, ringId, root.check);
  } catch {
    return false;
  }
};

// A crash came between overwriting and taking the name away.
const isOverwritten = (path: string): boolean => {
  try {
    return /^0{64}\n?$/.test(readFileSync(path, 'latin1'));
  } catch {
    return false;
  }
};
