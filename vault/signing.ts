import { createPrivateKey, createPublicKey, hash, type KeyObject, sign } from 'node:crypto';

/** RFC 8410: the fixed DER head of an Ed25519 private key in PKCS #8; the 32-byte seed follows. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');
const ED25519_TYPE = 0x01;
const PUBLIC_KEY_BYTES = 32;

/** @param seed 32 random bytes; the copy made here is overwritten. */
export const signingKeyFromSeed = (seed: Uint8Array): KeyObject => {
  const der = Buffer.concat([PKCS8_HEAD, seed]);
  const key = createPrivateKey({ key: der, format: 'der', type: 'pkcs8' });
  der.fill(0);
  return key;
};

/** @returns the 32 raw bytes. */
export const publicKeyBytes = (privateKey: KeyObject): Uint8Array =>
  createPublicKey(privateKey).export({ format: 'der', type: 'spki' }).subarray(-PUBLIC_KEY_BYTES);

/** Ed25519 (RFC 8032), 64 bytes, deterministic. */
export const signBytes = (privateKey: KeyObject, bytes: Uint8Array): Uint8Array => sign(null, bytes, privateKey);

/** C2SP signed-note key id: `SHA-256(name ‖ 0x0A ‖ 0x01 ‖ public key)[:4]` as 8 hexadecimal digits. */
export const keyIdOf = (name: string, publicKey: Uint8Array): string =>
  hash('sha256', Buffer.concat([Buffer.from(name), Uint8Array.of(0x0a, ED25519_TYPE), publicKey]), 'hex').slice(0, 8);

/** C2SP signed-note verifier key: `<name>+<key id>+<base64(0x01 ‖ public key)>`. @param name without spaces and plus signs */
export const vkeyText = (name: string, publicKey: Uint8Array): string =>
  `${name}+${keyIdOf(name, publicKey)}+${Buffer.concat([Uint8Array.of(ED25519_TYPE), publicKey]).toString('base64')}`;

/** The key name of an organisation's signatures. */
export const signerName = (tenant: string): string => `vconnect/${tenant}`;
