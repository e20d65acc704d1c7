import { createHmac, createSecretKey, type KeyObject, scrypt, timingSafeEqual } from 'node:crypto';
import { VaultFault } from '#vault/fault.ts';
import { keyCommitment, SECRET_BYTES } from '#vault/keys.ts';
import type { RandomBytes } from '#vault/random.ts';
import { rootCheckContext } from '#vault/wrap.ts';
import { createKeyFile, malformed, nextFileOf, readKeyFile } from './key-file.ts';
import { type TransitKey, transitKeyService } from './kms/transit.ts';
import { hexOf } from './values.ts';

/** Where a root key comes from. `file`: made with mode 0600 when a root key is first wanted there. `transit`: random, wrapped by a key service. */
export type RootKeySource =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'bytes'; readonly key: Uint8Array }
  | { readonly kind: 'passphrase'; readonly passphrase: string }
  | { readonly kind: 'transit'; readonly key: TransitKey };

/** How a root key is made from a passphrase. */
export type Scrypt = { readonly salt: Uint8Array; readonly cost: number; readonly blockSize: number; readonly parallelization: number };

/** What the keyring keeps of a root key. */
export type RootRecord = {
  /** Random, 32 hexadecimal digits. */
  readonly id: string;
  readonly source: RootKeySource['kind'];
  /** `HMAC-SHA-256(root, lp("root-check/v1", keyring id))` */
  readonly check: Uint8Array;
  readonly commitment: Uint8Array;
  readonly kdf: Scrypt;
  /** The root key wrapped by the key service, where there is one. */
  readonly ciphertext: string | null;
  /** Path of the key file, where there is one. */
  readonly place: string | null;
};

export type RootKey = { readonly id: string; readonly key: KeyObject };

/** RFC 7914; 128 MiB and about half a second, once per start. */
const newScrypt = (random: RandomBytes): Scrypt => ({ salt: random(16), cost: 131_072, blockSize: 8, parallelization: 1 });
const SCRYPT_MEMORY_BYTES = 256 * 1024 * 1024;
const ROOT_ID_BYTES = 16;

/** The root key of a new keyring, or the next one of a rotation. A key file is made when there is none. */
export const makeRoot = async (
  source: RootKeySource,
  ringId: string,
  random: RandomBytes,
): Promise<{ readonly key: KeyObject; readonly record: RootRecord }> => {
  const kdf = newScrypt(random);
  const { key, ciphertext } = await obtain(source, ringId, kdf, random);
  const secret = key.export();
  const commitment = keyCommitment(secret);
  secret.fill(0);
  const place = source.kind === 'file' ? source.path : null;
  const record = {
    id: hexOf(random(ROOT_ID_BYTES)),
    source: source.kind,
    check: rootCheck(key, ringId),
    commitment,
    kdf,
    ciphertext,
    place,
  };
  return { key, record };
};

const obtain = async (
  source: RootKeySource,
  ringId: string,
  kdf: Scrypt,
  random: RandomBytes,
): Promise<{ readonly key: KeyObject; readonly ciphertext: string | null }> => {
  switch (source.kind) {
    case 'file': {
      createKeyFile(source.path, random);
      return { key: readKeyFile(source.path) ?? missing(), ciphertext: null };
    }
    case 'bytes':
      return { key: fromBytes(source.key), ciphertext: null };
    case 'passphrase':
      return { key: await fromPassphrase(source.passphrase, kdf), ciphertext: null };
    case 'transit': {
      const secret = random(SECRET_BYTES);
      const ciphertext = await transitKeyService(source.key).wrap(secret, boundTo(ringId));
      const key = createSecretKey(secret);
      secret.fill(0);
      return { key, ciphertext };
    }
  }
};

/**
 * The root key that a source gives for one of the records, null when it fits none. A raw key may move between file and environment; a
 * passphrase and a key service are asked only for what was made with one.
 */
export const fitRoot = async (source: RootKeySource, ringId: string, records: readonly RootRecord[]): Promise<RootKey | null> => {
  const fitting = (key: KeyObject): RootKey | null => {
    const record = records.find((one) => isRootOf(key, ringId, one.check));
    return record === undefined ? null : { id: record.id, key };
  };
  switch (source.kind) {
    case 'file':
      return fitFile(source.path, fitting);
    case 'bytes':
      return fitting(fromBytes(source.key));
    case 'passphrase':
      for (const record of records.filter((one) => one.source === 'passphrase')) {
        const found = fitting(await fromPassphrase(source.passphrase, record.kdf));
        if (found !== null) return found;
      }
      return null;
    case 'transit':
      return fitTransit(source.key, ringId, records, fitting);
  }
};

// The name, then what waits to get it, then the name again: it may have changed hands between the two looks.
const fitFile = (path: string, fitting: (key: KeyObject) => RootKey | null): RootKey | null => {
  let present = false;
  let broken: Error | null = null;
  for (const file of [path, nextFileOf(path), path]) {
    try {
      const key = readKeyFile(file);
      const found = key === null ? null : fitting(key);
      if (found !== null) return found;
      present ||= key !== null;
    } catch (error) {
      broken ??= error instanceof Error ? error : null;
    }
  }
  if (broken !== null) throw broken;
  return present ? null : missing();
};

const fitTransit = async (
  key: TransitKey,
  ringId: string,
  records: readonly RootRecord[],
  fitting: (key: KeyObject) => RootKey | null,
): Promise<RootKey | null> => {
  let refusal: VaultFault | null = null;
  for (const { ciphertext } of records) {
    if (ciphertext === null) continue;
    try {
      const secret = await transitKeyService(key).unwrap(ciphertext, boundTo(ringId));
      const found = fitting(fromBytes(secret));
      secret.fill(0);
      if (found !== null) return found;
    } catch (error) {
      // During a rotation between two Transit keys one of the two ciphertexts is the other key's.
      if (!(error instanceof VaultFault) || error.code !== 'VAULT_KEY_SERVICE_REFUSED') throw error;
      refusal = error;
    }
  }
  if (refusal !== null) throw refusal;
  return null;
};

const boundTo = (ringId: string): string => `vconnect/keyring/${ringId}`;

const fromBytes = (bytes: Uint8Array): KeyObject => {
  if (bytes.length !== SECRET_BYTES) throw malformed(`${String(bytes.length)} bytes`);
  return createSecretKey(bytes);
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

const missing = (): never => {
  throw new VaultFault(
    'VAULT_ROOT_KEY_MISSING',
    'expected the root key file that opens the existing keyring, got none at the configured place',
  );
};

/** 32 bytes by which a root key recognises its keyring (SPEC.md §5). */
const rootCheck = (root: KeyObject, ringId: string): Uint8Array => createHmac('sha256', root).update(rootCheckContext(ringId)).digest();

export const isRootOf = (root: KeyObject, ringId: string, check: Uint8Array): boolean => {
  const own = rootCheck(root, ringId);
  return own.length === check.length && timingSafeEqual(own, check);
};
