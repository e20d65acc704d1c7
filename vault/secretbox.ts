import nacl from 'tweetnacl';

/**
 * XSalsa20-Poly1305 (NaCl `crypto_secretbox`), by one of two implementations whose bytes are the same: libsodium in machine code where the
 * optional package sodium-native loads and agrees with tweetnacl here and now, tweetnacl in JavaScript elsewhere.
 */
export type Secretbox = {
  readonly name: 'sodium-native' | 'tweetnacl';
  /** Writes tag (16) ‖ ciphertext into `out`, which is exactly 16 bytes longer than `plaintext`. @param nonce 24 bytes @param key 32 bytes */
  readonly sealInto: (out: Uint8Array, plaintext: Uint8Array, nonce: Uint8Array, key: Uint8Array) => void;
  /** @returns null when the tag does not fit */
  readonly open: (boxed: Uint8Array, nonce: Uint8Array, key: Uint8Array) => Uint8Array | null;
};

export const SECRETBOX_KEY_BYTES = 32;
export const SECRETBOX_NONCE_BYTES = 24;
export const SECRETBOX_TAG_BYTES = 16;

export const TWEETNACL: Secretbox = {
  name: 'tweetnacl',
  sealInto: (out, plaintext, nonce, key) => {
    out.set(nacl.secretbox(plaintext, nonce, key));
  },
  open: (boxed, nonce, key) => nacl.secretbox.open(boxed, nonce, key),
};

type Sodium = (typeof import('sodium-native'))['default'];

/** libsodium behind the same interface, or null where the package is absent or has no binary for this machine. */
export const loadSodium = async (
  load: () => Promise<{ readonly default: Sodium }> = () => import('sodium-native'),
): Promise<Secretbox | null> => {
  try {
    const { default: sodium } = await load();
    return {
      name: 'sodium-native',
      sealInto: (out, plaintext, nonce, key) => {
        sodium.crypto_secretbox_easy(out, plaintext, nonce, key);
      },
      open: (boxed, nonce, key) => {
        // Memory of its own: what is opened must not lie beside other values.
        const out = new Uint8Array(boxed.length - SECRETBOX_TAG_BYTES);
        return sodium.crypto_secretbox_open_easy(out, boxed, nonce, key) ? out : null;
      },
    };
  } catch {
    return null; // An optional package: its absence is no fault, and every way in which it fails to load has the same answer.
  }
};

// Around the ends of a Salsa20 block (64, the first of them 32 shorter), of a Poly1305 block (16), and of the buckets of a frame.
const PROBED_BYTES = [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 128, 1_024, 4_097];

/** True when `candidate` seals to the same bytes as tweetnacl, opens them, and refuses them with one bit changed. */
export const agreesWithTweetnacl = (candidate: Secretbox): boolean => {
  try {
    return PROBED_BYTES.every((length) => agreesOn(candidate, length));
  } catch {
    return false;
  }
};

const agreesOn = (candidate: Secretbox, length: number): boolean => {
  const plaintext = pattern(length, 3);
  const [nonce, key] = [pattern(SECRETBOX_NONCE_BYTES, 5), pattern(SECRETBOX_KEY_BYTES, 7)];
  const sealed = new Uint8Array(length + SECRETBOX_TAG_BYTES);
  candidate.sealInto(sealed, plaintext, nonce, key);
  if (!nacl.verify(sealed, nacl.secretbox(plaintext, nonce, key))) return false;
  const opened = candidate.open(sealed, nonce, key);
  if (opened === null || !sameBytes(opened, plaintext)) return false;
  return [0, sealed.length - 1].every((at) => candidate.open(flipped(sealed, at), nonce, key) === null);
};

/** Fixed bytes that repeat only after 256: the same on every start. */
const pattern = (length: number, step: number): Uint8Array => new Uint8Array(length).map((_, index) => index * step + (index >> 8));

// `nacl.verify` calls two empty arrays different.
const sameBytes = (a: Uint8Array, b: Uint8Array): boolean => a.length + b.length === 0 || nacl.verify(a, b);

const flipped = (bytes: Uint8Array, at: number): Uint8Array => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));

/** The candidate where there is one that agrees, else tweetnacl. */
export const chooseSecretbox = (candidate: Secretbox | null): Secretbox =>
  candidate !== null && agreesWithTweetnacl(candidate) ? candidate : TWEETNACL;

/** Chosen once, when this module loads. */
export const secretbox: Secretbox = chooseSecretbox(await loadSodium());
