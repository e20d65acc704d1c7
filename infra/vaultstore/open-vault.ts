import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type IsoTime, parsePublicBytes, type TenantId } from '#domain/ids.ts';
import type { Clock } from '#domain/ports.ts';
import { VaultFault } from '#vault/fault.ts';
import { checkedRandom, type RandomBytes } from '#vault/random.ts';
import { keyIdOf, publicKeyBytes, signBytes, signerName, signingKeyFromSeed, vkeyText } from '#vault/signing.ts';
import type { Vault } from '#vault/vault.ts';
import { createClaims } from './claims.ts';
import { createCopyTrial } from './copy-trial.ts';
import { createDataKeys } from './data-keys.ts';
import { createReturns } from './erase-again.ts';
import { createEraser } from './erase.ts';
import { openIdentity } from './identity-rows.ts';
import { keepUp } from './keyring-keeper.ts';
import { openKeyringFile } from './keyring-file.ts';
import { createKeyring, type Keyring } from './keyring.ts';
import { createMediaFiles } from './media-files.ts';
import { createOpener } from './open.ts';
import { openPayloads } from './payload-rows.ts';
import type { RootKeySource } from './root-key.ts';
import { createRetention } from './retention.ts';
import { createSealer } from './seal.ts';
import { createOrphans } from './orphans.ts';
import { createSearch } from './search.ts';
import { expireSeen } from './seen.ts';
import { createTags } from './tags.ts';

export type VaultOptions = {
  /** Holds `keyring/keyring.db`, `payloads.db`, `identity.db` and `media/`; made when missing. */
  readonly dataDir: string;
  readonly rootKey: RootKeySource;
  readonly clock: Clock;
  /** Default: the operating system's. */
  readonly random?: RandomBytes;
  /** This process's id: a rotation of the root key waits for its acknowledgement. Default: nobody waits. */
  readonly holder?: string;
};

/**
 * The vault on embedded stores. With a wrong root key it throws `VAULT_WRONG_ROOT_KEY` and has changed no byte of any file; other faults of
 * opening: `VAULT_ROOT_KEY_MISSING | _PERMISSIONS | _MALFORMED`, `VAULT_KEYRING_MISSING`, `VAULT_STORE_DAMAGED | _VERSION`.
 */
export const createVault = async (options: VaultOptions): Promise<Vault> => {
  const { dataDir, clock } = options;
  const random = checkedRandom(options.random ?? randomBytes);
  const now = (): IsoTime => clock.now();
  const files = { payloads: join(dataDir, 'payloads.db'), identity: join(dataDir, 'identity.db') };
  const othersExist = existsSync(files.payloads) || existsSync(files.identity);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = join(dataDir, 'keyring', 'keyring.db');
  const ring = await openKeyringFile({ file, source: options.rootKey, random, now, othersExist });
  const opened: { close: () => void }[] = [ring.database];
  try {
    const payloads = openPayloads(files.payloads, now);
    opened.push(payloads.database);
    const identity = openIdentity(files.identity);
    opened.push(identity.database);
    const keyring = createKeyring(ring, random, now);
    const media = createMediaFiles(join(dataDir, 'media'));
    return compose({ keyring, payloads, identity, media, random, clock, holder: options.holder ?? null });
  } catch (error) {
    for (const database of opened) database.close();
    throw error;
  }
};

type Stores = {
  readonly keyring: Keyring;
  readonly payloads: ReturnType<typeof openPayloads>;
  readonly identity: ReturnType<typeof openIdentity>;
  readonly media: ReturnType<typeof createMediaFiles>;
  readonly random: RandomBytes;
  readonly clock: Clock;
  readonly holder: string | null;
};

const compose = (stores: Stores): Vault => {
  const { keyring, payloads, identity } = stores;
  const dataKeys = createDataKeys(keyring);
  const tags = createTags(keyring, stores.clock.now);
  const parts = { ...stores, dataKeys, tags };
  const sealer = createSealer(parts);
  const opener = createOpener(parts);
  const claims = createClaims(parts);
  const eraser = createEraser(parts);
  const signer = createSigner(keyring);
  const sweep = (): void => {
    for (const cache of [keyring, dataKeys, tags]) cache.sweep();
  };
  const stop = keepUp({ keyring, sweep, holder: stores.holder });
  return {
    seal: sealer.seal,
    ...opener,
    claim: claims.claim,
    claimMessage: claims.claimMessage,
    find: async (tenant, identifier) => claims.find(tenant, identifier),
    ...createSearch(parts),
    ...createOrphans(parts),
    preview: async (tenant, subject) => payloads.preview(tenant, subject),
    streamsOf: async (tenant, subject) => payloads.streamsOf(tenant, subject),
    ...eraser,
    ...createReturns(parts),
    ...createCopyTrial(parts),
    ...createRetention(parts),
    ...signer,
    expireSeen: (now) => expireSeen(parts, now),
    purge: dataKeys.purge,
    close: async () => {
      stop();
      sealer.close();
      claims.close();
      dataKeys.clear();
      tags.clear();
      for (const store of [payloads.database, identity.database, keyring]) store.close();
    },
  };
};

// The seed is unwrapped for each signature and overwritten after: signatures are rare, a cached signing key would not be.
const createSigner = (keyring: Keyring): Pick<Vault, 'sign' | 'signingKey'> => {
  const keyOf = (tenant: TenantId) => {
    const { secret } = keyring.need({ kind: 'signing', tenant, name: '' });
    const key = signingKeyFromSeed(secret);
    secret.fill(0);
    return key;
  };
  return {
    signingKey: async (tenant) => {
      const bytes = publicKeyBytes(keyOf(tenant));
      const publicKey = parsePublicBytes(Buffer.from(bytes).toString('base64'));
      if (publicKey === null) throw new VaultFault('VAULT_KEY_DAMAGED', 'expected a public key in base64');
      const name = signerName(tenant);
      return { keyId: keyIdOf(name, bytes), publicKey, vkey: vkeyText(name, bytes) };
    },
    sign: async (tenant, bytes) => signBytes(keyOf(tenant), bytes),
  };
};
