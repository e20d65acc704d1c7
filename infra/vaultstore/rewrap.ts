import { setTimeout as sleep } from 'node:timers/promises';
import { NONCE_BYTES } from '#vault/box.ts';
import { VaultFault } from '#vault/fault.ts';
import { type SecretKind, type SecretName, unwrapSecret, wrapMark, wrapSecret } from '#vault/wrap.ts';
import type { Row } from './database.ts';
import { assertGone } from './keyring-destroy.ts';
import type { Keyring } from './keyring.ts';
import { nameOf, type Wrapper } from './wrappers.ts';
import { bytesOf, hexOf, idBytes, numberOf, textOf } from './values.ts';

/** Which secrets: of the tenant, or with null of everybody. */
export type Scope = { readonly kinds: readonly SecretKind[]; readonly tenant: string | null };

export type RotationHooks = {
  readonly onProgress?: (done: number, all: number) => void;
  /** After each step that a crash may come behind, by name. */
  readonly onStep?: (step: string) => void;
};

/** One transaction of some 10 ms: whoever seals meanwhile waits no longer. */
const ROWS_PER_BATCH = 200;
/** Lets other writers in between. */
const PAUSE_MS = 1;
/** Needles held in memory at once, some 60 MB; the file is read once for each lot. */
const MARKS_PER_PASS = 250_000;
/** Rows read at once to make them: a row is ten times as large as its mark. */
const ROWS_PER_READ = 5_000;

/** Wraps what stands under one key under another, in place. May be stopped anywhere and called again: each row names the key it stands under. */
export const rewrap = async (keyring: Keyring, scope: Scope, from: Wrapper, to: Wrapper, hooks: RotationHooks): Promise<void> => {
  const rewrapOne = rewrapper(keyring, from, to);
  for (let ids = standingUnder(keyring, scope, from.id); ids.length > 0; ids = standingUnder(keyring, scope, from.id)) {
    for (let at = 0; at < ids.length; at += ROWS_PER_BATCH) {
      keyring.database.transact(() => {
        for (const id of ids.slice(at, at + ROWS_PER_BATCH)) rewrapOne(id);
      });
      hooks.onProgress?.(Math.min(at + ROWS_PER_BATCH, ids.length), ids.length);
      hooks.onStep?.('moved');
      await sleep(PAUSE_MS);
    }
  }
};

const rewrapper = ({ database, random }: Keyring, from: Wrapper, to: Wrapper) => {
  const select = database.prepare(
    'SELECT k.*, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE k.id = ? AND wrapper = ? AND destroyed_at IS NULL',
  );
  const overwrite = database.prepare('UPDATE secrets SET wrapped = ? WHERE id = ?');
  const name = database.prepare('UPDATE keys SET wrapper = ? WHERE id = ?');
  return (id: number): void => {
    const row = select.get(id, idBytes(from.id));
    if (row === undefined) return; // Destroyed meanwhile, or wrapped anew by another process.
    const secret = unwrapSecret(from.key, secretName(row), bytesOf(row, 'wrapped'), bytesOf(row, 'commitment'));
    if (secret === null)
      throw new VaultFault(
        'VAULT_KEY_DAMAGED',
        'expected every key row to unwrap, got a damaged one: no key was destroyed; restore the keyring',
      );
    overwrite.run(wrapSecret(to.key, secretName(row), secret, random(NONCE_BYTES)), id);
    name.run(idBytes(to.id), id);
    secret.fill(0);
  };
};

/** Living rows under a key. */
export const standingUnder = ({ database }: Keyring, scope: Scope, wrapper: string): readonly number[] =>
  inScope(scope).flatMap(({ where, values }) =>
    database
      .prepare(`SELECT id FROM keys WHERE ${where} AND wrapper = ? AND destroyed_at IS NULL ORDER BY id`)
      .all(...values, idBytes(wrapper))
      .map((row) => numberOf(row, 'id')),
  );

/**
 * Empties the WAL and reads the keyring's bytes for any wrapping of these secrets under the key: not the present ones alone, but every one
 * that ever was, because the first 32 bytes of all of them are the same and can be computed. Throws `VAULT_NOT_DESTROYED` when one is there.
 */
export const assertNothingUnder = async (keyring: Keyring, scope: Scope, { key }: Wrapper): Promise<void> => {
  const marks: Uint8Array[] = [];
  const search = async (): Promise<void> => {
    await assertGone(keyring.database, marks);
    marks.length = 0;
  };
  for (const kind of scope.kinds) {
    for (const rows of pagesOf(keyring, kind, scope.tenant)) {
      for (const row of rows) marks.push(wrapMark(key, secretName(row)));
      if (marks.length >= MARKS_PER_PASS) await search();
    }
  }
  await search();
};

/** All rows of a kind, in the order of the index: any other would be sorted anew for each page. */
function* pagesOf({ database }: Keyring, kind: SecretKind, tenant: string | null): Generator<readonly Row[]> {
  const next = tenant === null ? '(tenant, name) > (?, ?)' : 'tenant = ? AND name > ?';
  const select = database.prepare(`SELECT * FROM keys WHERE kind = ? AND ${next} ORDER BY tenant, name LIMIT ${String(ROWS_PER_READ)}`);
  const first = tenant === null ? new Uint8Array(0) : idBytes(tenant);
  for (let rows = select.all(kind, first, new Uint8Array(0)); ;) {
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows;
    rows = select.all(kind, bytesOf(last, 'tenant'), bytesOf(last, 'name'));
  }
}

const inScope = ({ kinds, tenant }: Scope) =>
  kinds.map((kind) =>
    tenant === null ? { where: 'kind = ?', values: [kind] } : { where: 'kind = ? AND tenant = ?', values: [kind, idBytes(tenant)] },
  );

const secretName = (row: Row): SecretName => {
  const kind = KINDS.find((one) => one === textOf(row, 'kind'));
  if (kind === undefined) throw new VaultFault('VAULT_STORE_DAMAGED', 'expected a key row of a known kind: restore the keyring');
  const tenant = hexOf(bytesOf(row, 'tenant'));
  return { kind, tenant, name: nameOf(kind, bytesOf(row, 'name')), keyId: hexOf(bytesOf(row, 'key_id')), shares: numberOf(row, 'shares') };
};

/** What stands under a tenant key, and what under a root key. */
export const UNDER_TENANT = ['subject', 'bucket', 'blind', 'seen', 'hold'] as const satisfies readonly SecretKind[];
export const UNDER_ROOT = ['tenant', 'signing'] as const satisfies readonly SecretKind[];
const KINDS = [...UNDER_TENANT, ...UNDER_ROOT, 'held'] as const;
