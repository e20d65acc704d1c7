import { timingSafeEqual } from 'node:crypto';
import { VaultFault } from '#vault/fault.ts';
import { WRAPPED_BYTES } from '#vault/wrap.ts';
import { type Database, truncateWithin } from './database.ts';
import { hasSeen } from './keyring-keeper.ts';
import type { Keyring } from './keyring.ts';
import type { Wrapper } from './wrappers.ts';
import { destroyRetired, masked, NEEDLE_BYTES } from './retired-root.ts';
import { assertNothingUnder, rewrap, type RotationHooks, standingUnder, UNDER_ROOT } from './rewrap.ts';
import { nextFileOf } from './key-file.ts';
import { fitRoot, makeRoot, type RootKeySource } from './root-key.ts';
import { insertBridge, insertRoot, type StoredRoot } from './roots.ts';
import { bytesOf, idBytes, numberOf } from './values.ts';

export type RootRotation = RotationHooks & {
  /** The source that this process was started with. */
  readonly current: RootKeySource;
  /** Where the next root key comes from; null to go on with a rotation that was stopped. */
  readonly next: RootKeySource | null;
  /** Resolves when every other process that may hold keys has the next root key; throws, naming them, when some do not get it. */
  readonly untilSeen: (seen: (holder: string) => boolean) => Promise<void>;
};

const SCOPE = { kinds: UNDER_ROOT, tenant: null };

/**
 * Puts another root key in the place of the present one: record it, wrap everything anew, see that no old wrapping is left and that every
 * process has the new key, switch, destroy the old one. Goes on where an earlier call was stopped.
 */
export const rotateRoot = async (keyring: Keyring, rotation: RootRotation): Promise<StoredRoot> => {
  const { database, roots } = keyring;
  // An earlier call was stopped behind the switch: that rotation is what this call was for.
  if (await finishEarlier(keyring, rotation)) return need(roots.list(), 'active');
  const under = stateOf(roots.list(), 'next');
  if (under === undefined) await begin(keyring, rotation);
  else await assertSame(keyring, rotation, under);
  // Before anything stands under it: whoever is started with the next root key must find its record in the file itself.
  if (!(await truncateWithin(database)))
    throw new VaultFault('VAULT_STORE_BUSY', 'expected the keyring to give up its old pages, another reader still holds them: try again');
  rotation.onStep?.('recorded');
  roots.reload();
  const [old, next] = [wrapperOf(keyring, 'active'), wrapperOf(keyring, 'next')];
  await rewrap(keyring, SCOPE, old, next, rotation);
  await assertNothingUnder(keyring, SCOPE, old);
  rotation.onStep?.('searched');
  await rotation.untilSeen(hasSeen(database, next.id));
  rotation.onStep?.('seen');
  switchOver(keyring, old, next);
  rotation.onStep?.('switched');
  keyring.forget();
  await finishEarlier(keyring, rotation);
  return need(roots.list(), 'active');
};

const finishEarlier = async (keyring: Keyring, rotation: RootRotation): Promise<boolean> => {
  const retiring = keyring.roots.list().filter(({ state }) => state === 'retiring');
  for (const root of retiring) await destroyRetired(keyring, root, rotation);
  return retiring.length > 0;
};

const begin = async (keyring: Keyring, { current, next }: RootRotation): Promise<void> => {
  const { database, roots, random } = keyring;
  const source = next ?? current;
  if (next === null && (source.kind === 'bytes' || source.kind === 'passphrase'))
    throw refused('the next root key in a VCONNECT_NEXT_ROOT_… setting', 'none: a given key or passphrase cannot be made up here');
  const keepsName = source.kind === 'file' && current.kind === 'file' && source.path === current.path;
  const { key, record } = await makeRoot(keepsName ? { kind: 'file', path: nextFileOf(source.path) } : source, roots.ringId, random);
  if (roots.list().some((one) => timingSafeEqual(one.commitment, record.commitment)))
    throw refused('a root key that this keyring never had', 'one that it has or had');
  database.transact(() => {
    const active = roots.current();
    if (active === null) throw wrongKey();
    if (stateOf(roots.list(), 'next') !== undefined) throw refused('one rotation at a time', 'another one that began in this moment');
    const forth = insertBridge(database, active.key, roots.ringId, { id: record.id, key }, random);
    insertRoot(database, keepsName ? { ...record, place: source.path } : record, 'next', keyring.now(), forth);
    const back = insertBridge(database, key, roots.ringId, active, random);
    database.prepare('UPDATE roots SET bridge = ? WHERE id = ?').run(back, idBytes(active.id));
  });
};

const assertSame = async ({ roots }: Keyring, { current, next }: RootRotation, under: StoredRoot): Promise<void> => {
  if (next === null) return;
  const keepsName = next.kind === 'file' && current.kind === 'file' && next.path === current.path;
  const source = keepsName ? { kind: 'file' as const, path: nextFileOf(next.path) } : next;
  if ((await fitRoot(source, roots.ringId, [under])) === null)
    throw refused('the root key to which a rotation is under way', 'another one: finish that rotation first, without naming a next key');
};

const wrapperOf = ({ roots }: Keyring, state: 'active' | 'next'): Wrapper => {
  const { id } = need(roots.list(), state);
  const key = roots.get(id);
  if (key === null) throw wrongKey();
  return { id, key };
};

/** From here on the old root key opens nothing: its wrapped forms are overwritten in the same transaction. */
const switchOver = (keyring: Keyring, old: Wrapper, next: Wrapper): void => {
  const { database, roots } = keyring;
  database.transact(() => {
    // Another process carried the same rotation out and was faster.
    if (stateOf(roots.list(), 'next')?.id !== next.id) return;
    if (standingUnder(keyring, SCOPE, old.id).length > 0)
      throw refused('nothing under the old root key any more', 'a row: call the rotation again');
    const needles = [...overwriteBridge(database, old.id), ...overwriteBridge(database, next.id), ...overwriteCiphertext(database, old.id)];
    database
      .prepare(`UPDATE roots SET state = 'retiring', retired_at = ?, needles = ? WHERE id = ?`)
      .run(keyring.now(), Buffer.concat(needles.map(masked)), idBytes(old.id));
    database.prepare(`UPDATE roots SET state = 'active' WHERE id = ?`).run(idBytes(next.id));
    database.prepare('DELETE FROM adopted').run();
  });
};

const overwriteBridge = (database: Database, id: string): readonly Uint8Array[] => {
  const row = database.prepare('SELECT s.id, s.wrapped FROM roots r JOIN secrets s ON s.id = r.bridge WHERE r.id = ?').get(idBytes(id));
  if (row === undefined) return [];
  database.prepare('UPDATE secrets SET wrapped = ? WHERE id = ?').run(new Uint8Array(WRAPPED_BYTES), numberOf(row, 'id'));
  return [bytesOf(row, 'wrapped').slice(1, 1 + NEEDLE_BYTES)];
};

const overwriteCiphertext = (database: Database, id: string): readonly Uint8Array[] => {
  const row = database
    .prepare('SELECT c.id, c.bytes FROM roots r JOIN ciphertexts c ON c.id = r.ciphertext WHERE r.id = ?')
    .get(idBytes(id));
  if (row === undefined) return [];
  const bytes = bytesOf(row, 'bytes');
  database.prepare('UPDATE ciphertexts SET bytes = ? WHERE id = ?').run(new Uint8Array(bytes.length), numberOf(row, 'id'));
  return bytes.length < NEEDLE_BYTES ? [] : [bytes.slice(-NEEDLE_BYTES)];
};

const stateOf = (roots: readonly StoredRoot[], state: StoredRoot['state']): StoredRoot | undefined =>
  roots.find((one) => one.state === state);
const need = (roots: readonly StoredRoot[], state: StoredRoot['state']): StoredRoot => {
  const found = stateOf(roots, state);
  if (found !== undefined) return found;
  throw new VaultFault('VAULT_STORE_DAMAGED', `expected the record of a root key that is ${state}: restore the keyring from a backup`);
};

const refused = (expected: string, got: string): VaultFault => new VaultFault('VAULT_ROTATION_REFUSED', `expected ${expected}, got ${got}`);
const wrongKey = (): VaultFault =>
  new VaultFault('VAULT_WRONG_ROOT_KEY', 'expected the root key under which this keyring stands, got another: nothing was changed');
