import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import { createSecretKey, type KeyObject } from 'node:crypto';
import { dirname } from 'node:path';
import { VaultFault } from '#vault/fault.ts';
import { SECRET_BYTES } from '#vault/keys.ts';
import type { RandomBytes } from '#vault/random.ts';
import { isMissing, publishFile, syncDirectory } from './files.ts';

const KEY_FILE = /^([0-9a-f]{64})\n?$/;
const OTHERS_MAY_READ = 0o077;

/** Where the next root key waits while a rotation that keeps the file's name is under way. */
export const nextFileOf = (path: string): string => `${path}.next`;

/** @returns the key in a file of 64 hexadecimal digits, null when there is no file. Throws `VAULT_ROOT_KEY_PERMISSIONS | _MALFORMED`. */
export const readKeyFile = (path: string): KeyObject | null => {
  let text: string;
  try {
    const mode = statSync(path).mode & 0o777;
    if ((mode & OTHERS_MAY_READ) !== 0) {
      throw new VaultFault(
        'VAULT_ROOT_KEY_PERMISSIONS',
        `expected the root key file with mode 600, got ${mode.toString(8)}: run chmod 600 on it`,
      );
    }
    text = readFileSync(path, 'latin1');
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
  const digits = KEY_FILE.exec(text)?.[1];
  if (digits === undefined) throw malformed('another content');
  const bytes = Buffer.from(digits, 'hex');
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
};

/** Makes a key file for its owner alone, unless there is one. Complete before it has its name: a crash leaves no half key behind. */
export const createKeyFile = (path: string, random: RandomBytes): void => {
  if (existsSync(path)) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const draft = `${path}.${String(process.pid)}.new`;
  rmSync(draft, { force: true });
  const secret = random(SECRET_BYTES);
  const descriptor = openSync(draft, 'wx', 0o600);
  try {
    writeSync(descriptor, `${Buffer.from(secret).toString('hex')}\n`);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
    secret.fill(0);
  }
  publishFile(draft, path);
};

/** Overwrites a key file where it stands and takes its name away; with `successor`, that file gets the name in the same step. */
export const destroyKeyFile = (path: string, successor: string | null): void => {
  const descriptor = openSync(path, 'r+');
  try {
    writeSync(descriptor, '0'.repeat(2 * SECRET_BYTES), 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (successor === null) rmSync(path, { force: true });
  else renameSync(successor, path);
  syncDirectory(dirname(path));
};

export const malformed = (got: string): VaultFault =>
  new VaultFault('VAULT_ROOT_KEY_MALFORMED', `expected a root key of 64 hexadecimal digits (32 bytes) or a passphrase, got ${got}`);
