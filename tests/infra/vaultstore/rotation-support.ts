import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SealedHandle } from '#domain/sealed-handle.ts';
import type { Vault } from '#vault/vault.ts';
import type { RootKeySource } from '#infra/vaultstore/root-key.ts';
import type { RotationOrder } from './rotation-program.ts';
import { OMAR, sealOne } from './support.ts';

const PROGRAM = join(import.meta.dirname, 'rotation-program.ts');

/** Runs one rotation in a process of its own. @returns whether it came to its end */
export const rotation = (order: RotationOrder): Promise<boolean> => {
  const told = JSON.stringify(order, (name, value: unknown) =>
    name === 'key' && value instanceof Uint8Array ? Buffer.from(value).toString('base64') : value,
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', PROGRAM, told], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said += text.toString()));
  return new Promise((resolve, reject) => {
    child.once('exit', (code, signal) => {
      if (signal === 'SIGKILL') resolve(false);
      else if (code === 0) resolve(true);
      else reject(new Error(`the rotation failed: ${said}`));
    });
  });
};

export const fileKey = (path: string): RootKeySource => ({ kind: 'file', path });
export const bytesKey = (byte: number): RootKeySource => ({ kind: 'bytes', key: new Uint8Array(32).fill(byte) });
export const keyringOf = (folder: string): string => join(folder, 'keyring', 'keyring.db');

export const rowsOf = (folder: string, sql: string) => {
  const database = new DatabaseSync(keyringOf(folder), { readOnly: true });
  try {
    return database.prepare(sql).all();
  } finally {
    database.close();
  }
};

/** Every wrapped secret that is not overwritten, by its row, with its kind. */
export const wrappedIn = (folder: string): ReadonlyMap<number, { readonly kind: string; readonly wrapped: Buffer }> =>
  new Map(
    rowsOf(folder, 'SELECT k.id, k.kind, s.wrapped FROM keys k JOIN secrets s ON s.id = k.id WHERE destroyed_at IS NULL').map((row) => [
      Number(row['id']),
      { kind: String(row['kind']), wrapped: Buffer.from(row['wrapped'] as Uint8Array) },
    ]),
  );

/** The bytes of the keyring and its WAL. */
export const keyringBytes = (folder: string): Buffer =>
  Buffer.concat([keyringOf(folder), `${keyringOf(folder)}-wal`].flatMap((path) => (existsSync(path) ? [readFileSync(path)] : [])));

/** Commitment, nonce and ciphertext: whatever of a wrapping would tell that it is still there. */
export const partsOf = (wrapped: Buffer): readonly Buffer[] => [wrapped.subarray(1, 33), wrapped.subarray(33, 57), wrapped.subarray(57)];

export const allSealed = async (vault: Vault): Promise<readonly SealedHandle[]> => [
  await sealOne(vault, 'one'),
  await sealOne(vault, 'two', { subject: OMAR }),
  await sealOne(vault, 'three', { class: 'profile' }),
];
export const value = (text: string) => ({ kind: 'value', value: text });
export const texts = ['one', 'two', 'three'].map(value);
