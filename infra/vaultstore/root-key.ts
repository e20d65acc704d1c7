import { createHmac, createSecretKey, type KeyObject, scrypt, timingSafeEqual } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { VaultFault } from '#vault/fault.ts';
import { SECRET_BYTES } from '#vault/keys.ts';
import type { RandomBytes } from '#vault/random.ts';
import { rootCheckContext } from '#vault/wrap.ts';
import { publishFile } from './files.ts';

/** Where the root key comes from. `file`: made with mode 0600 on the very first start only. */
export type RootKeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly key: Uint8Array }
  | { readonly kind: 'passphrase'; readonly passphrase: string };

/** How a keyring's root key is made from a passphrase; stored in the keyring beside its check value. */
export type Scrypt = { readonly salt: Uint8Array; readonly cost: number; readonly blockSize: number; readonly parallelization: number };

/** RFC 7914; 128 MiB and about half a second, once per start. */
export const newScrypt = (random: RandomBytes): Scrypt => ({ salt: random(16), cost: 131_072, blockSize: 8, parallelization: 1 });
const SCRYPT_MEMORY_BYTES = 256 * 1024 * 1024;

const KEY_FILE = /^([0-9a-f]{64})\n?$/;
const OTHERS_MAY_READ = 0o077;

/** @param fresh the keyring does not exist yet: a missing key file is then made. @returns the 256-bit root key */
export const loadRootKey = async (source: RootKeySource, fresh: boolean, kdf: Scrypt, random: RandomBytes): Promise<KeyObject> => {
  switch (source.kind) {
    case 'file':
      return fromFile(source.path, fresh, random);
    case 'bytes':
      if (source.key.length !== SECRET_BYTES) throw malformed(`${String(source.key.length)} bytes`);
      return createSecretKey(source.key);
    case 'passphrase':
      return fromPassphrase(source.passphrase, kdf);
  }
};

const fromFile = (path: string, fresh: boolean, random: RandomBytes): KeyObject => {
  if (!existsSync(path)) {
    if (!fresh) {
      throw new VaultFault(
        'VAULT_ROOT_KEY_MISSING',
        'expected the root key file that opens the existing keyring, got none at the configured place',
      );
    }
    createKeyFile(path, random);
  }
  const mode = statSync(path).mode & 0o777;
  if ((mode & OTHERS_MAY_READ) !== 0) {
    throw new VaultFault(
      'VAULT_ROOT_KEY_PERMISSIONS',
      `expected the root key file with mode 600, got ${mode.toString(8)}: run chmod 600 on it`,
    );
  }
  const digits = KEY_FILE.exec(readFileSync(path, 'latin1'))?.[1];
  if (digits === undefined) throw malformed('another content');
  const bytes = Buffer.from(digits, 'hex');
  const key = createSecretKey(bytes);
  bytes.fill(0);
  return key;
};

// Complete before it has its name: a crash leaves no half key behind that a keyring could be made under.
const createKeyFile = (path: string, random: RandomBytes): void => {
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

const fromPassphrase = (passphrase: string, kdf: Scrypt): Promise<KeyObject> =>
  new Promise((resolve, reject) => {
    if (passphrase === '') {
      reject(malformed('an empty passphrase'));
      return;
    }
    const options = { N: kdf.cost, r: kdf.blockSize, p: kdf.parallelization, maxmem: SCRYPT_MEMORY_BYTES };
    scrypt(passphrase.normalize('NFC'), kdf.salt, SECRET_BYTES, options, (error, key) => {
      if (error !== null) reject(error);
      else {
        resolve(createSecretKey(key));
        key.fill(0);
      }
    });
  });

const malformed = (got: string): VaultFault =>
  new VaultFault('VAULT_ROOT_KEY_MALFORMED', `expected a root key of 64 hexadecimal digits (32 bytes) or a passphrase, got ${got}`);

/** 32 bytes by which a root key recognises its keyring (SPEC.md §5). */
export const rootCheck = (root: KeyObject, keyringId: string): Uint8Array =>
  createHmac('sha256', root).update(rootCheckContext(keyringId)).digest();

export const isRootOf = (root: KeyObject, keyringId: string, check: Uint8Array): boolean => {
  const own = rootCheck(root, keyringId);
  return own.length === check.length && timingSafeEqual(own, check);
};
